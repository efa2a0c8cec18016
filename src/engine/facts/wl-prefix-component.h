/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-prefix-table.h"

/**
 * The claimed prefixes that one arbitration evaluates: those that changed and all that can affect
 * their verdicts, which are the prefixes inside the outermost claimed prefix that covers the
 * changed one and belongs to no transit peer. Filled once, then only read.
 */
typedef struct {
    GPtrArray *claimed; /* of WlClaimedPrefix, owned by the prefix table */
    GArray *prefixes;   /* of WlPrefix: their keys, in the same order */
} WlPrefixComponent;

/** Collects the prefixes that the dirty ones of @table affect, each once. No prefix is dirty
 * afterwards. */
void wl_prefix_component_collect(WlPrefixComponent *self, WlPrefixTable *table);
/** Frees the lists of @self. */
void wl_prefix_component_clear(WlPrefixComponent *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WlPrefixComponent, wl_prefix_component_clear)
