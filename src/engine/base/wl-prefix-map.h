/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/**
 * A map from masked prefixes to values. Finds the prefixes that cover a prefix or lie within it
 * without visiting the others.
 */
typedef struct _WlPrefixMap WlPrefixMap;

/** @free_value may be NULL. */
WlPrefixMap *wl_prefix_map_new(GDestroyNotify free_value);
void wl_prefix_map_free(WlPrefixMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPrefixMap, wl_prefix_map_free)
/** Stores @value (not NULL), replacing an earlier one. Copies @prefix. */
void wl_prefix_map_set(WlPrefixMap *self, const WlPrefix *prefix, gpointer value);
/** NULL: no value. */
gpointer wl_prefix_map_get(const WlPrefixMap *self, const WlPrefix *prefix);
void wl_prefix_map_remove(WlPrefixMap *self, const WlPrefix *prefix);

/** Returns TRUE to end the search with @value as its result. */
typedef gboolean (*WlPrefixFunc)(const WlPrefix *prefix, gpointer value, gpointer user_data);
/** Visits the prefixes that equal or contain @prefix, shortest first. NULL if @func never returns
 * TRUE. */
gpointer wl_prefix_map_find_covering(const WlPrefixMap *self, const WlPrefix *prefix,
                                     WlPrefixFunc func, gpointer user_data);
/** Visits the prefixes that equal @prefix or lie within it, in order. */
gpointer wl_prefix_map_find_within(const WlPrefixMap *self, const WlPrefix *prefix,
                                   WlPrefixFunc func, gpointer user_data);
