/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/**
 * Values by masked prefix, sorted, so that what covers a prefix and what is inside it are found
 * without looking at the rest.
 */
typedef struct _WlPrefixMap WlPrefixMap;

/** @free_value may be NULL. */
WlPrefixMap *wl_prefix_map_new(GDestroyNotify free_value);
void wl_prefix_map_free(WlPrefixMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPrefixMap, wl_prefix_map_free)
/** @value, not NULL, takes the place of one that is there. */
void wl_prefix_map_set(WlPrefixMap *self, const WlPrefix *prefix, gpointer value);
gpointer wl_prefix_map_get(const WlPrefixMap *self, const WlPrefix *prefix);
void wl_prefix_map_remove(WlPrefixMap *self, const WlPrefix *prefix);

/** TRUE ends the search, whose result is then @value. */
typedef gboolean (*WlPrefixFunc)(const WlPrefix *prefix, gpointer value, gpointer user_data);
/** Those that cover @prefix, itself included, the shortest first; NULL if none ends the search. */
gpointer wl_prefix_map_find_around(const WlPrefixMap *self, const WlPrefix *prefix,
                                   WlPrefixFunc func, gpointer user_data);
/** Those inside @prefix, itself included, in order. */
gpointer wl_prefix_map_find_inside(const WlPrefixMap *self, const WlPrefix *prefix,
                                   WlPrefixFunc func, gpointer user_data);
