/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/* A GArray of WlPrefix, masked, sorted and without duplicates. */

/** TRUE if it was new. */
gboolean wl_prefixes_add(GArray *self, const WlPrefix *prefix);
gboolean wl_prefixes_have(const GArray *self, const WlPrefix *prefix);
/** Sorts any array of masked prefixes and leaves only those that no other one contains. */
void wl_prefixes_make_outermost(GArray *self);
/** TRUE if one of the outermost ones, of which @self is an array, is equal to or contains @prefix.
 */
gboolean wl_prefixes_outermost_cover(const GArray *self, const WlPrefix *prefix);
/** FALSE if it is not there. */
gboolean wl_prefixes_remove(GArray *self, const WlPrefix *prefix);
gboolean wl_prefixes_equal(const GArray *a, const GArray *b);
/** The index of the first that is not less than @prefix. */
guint wl_prefixes_search(const GArray *self, const WlPrefix *prefix);
