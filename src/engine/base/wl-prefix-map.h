/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/**
 * Values by masked prefix. Finds what covers a prefix and what lies within it without walking the
 * rest of the map.
 */
typedef struct _WlPrefixMap WlPrefixMap;

/** @free_value may be NULL. */
WlPrefixMap *wl_prefix_map_new(GDestroyNotify free_value);
void wl_prefix_map_free(WlPrefixMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPrefixMap, wl_prefix_map_free)
/** Stores @value, which is not NULL, in place of an earlier one. Copies @prefix. */
void wl_prefix_map_set(WlPrefixMap *self, const WlPrefix *prefix, gpointer value);
/** NULL: no value. */
gpointer wl_prefix_map_get(const WlPrefixMap *self, const WlPrefix *prefix);
void wl_prefix_map_remove(WlPrefixMap *self, const WlPrefix *prefix);

/** TRUE ends the search with @value as its result. */
typedef gboolean (*WlPrefixFunc)(const WlPrefix *prefix, gpointer value, gpointer user_data);
/** Visits the prefixes that equal or contain @prefix, shortest first. NULL if @func never returns
 * TRUE. */
gpointer wl_prefix_map_find_covering(const WlPrefixMap *self, const WlPrefix *prefix,
                                     WlPrefixFunc func, gpointer user_data);
/** Visits the prefixes that equal @prefix or lie within it, in order. */
gpointer wl_prefix_map_find_within(const WlPrefixMap *self, const WlPrefix *prefix,
                                   WlPrefixFunc func, gpointer user_data);
