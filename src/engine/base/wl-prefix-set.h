/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/*
 * Sets of prefixes: a GArray of WlPrefix, masked, sorted by wl_prefix_compare() and without
 * duplicates. Sets are small (the allowed IPs of a peer, the networks of a profile), so a sorted
 * array is enough; wl-prefix-map.h serves the large tables.
 */

/** TRUE if @prefix was not in the set. */
gboolean wl_prefix_set_add(GArray *self, const WlPrefix *prefix);
gboolean wl_prefix_set_contains(const GArray *self, const WlPrefix *prefix);
/** FALSE if @prefix was not in the set. */
gboolean wl_prefix_set_remove(GArray *self, const WlPrefix *prefix);
gboolean wl_prefix_set_equal(const GArray *a, const GArray *b);
/** The index of the first element that is not less than @prefix. */
guint wl_prefix_set_search(const GArray *self, const WlPrefix *prefix);
/** Makes a set of any array of masked prefixes, without those that another one contains. */
void wl_prefix_set_make_outermost(GArray *self);
/** TRUE if an element equals or contains @prefix. @self comes from wl_prefix_set_make_outermost().
 */
gboolean wl_prefix_set_outermost_covers(const GArray *self, const WlPrefix *prefix);
