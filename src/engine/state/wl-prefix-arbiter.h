/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-verdict.h"

/**
 * Which member owns which learned prefix. Claims are added in the order in which they count; among
 * overlapping claims of different members the first wins.
 */
typedef struct _WlPrefixArbiter WlPrefixArbiter;

WlPrefixArbiter *wl_prefix_arbiter_new(void);
void wl_prefix_arbiter_free(WlPrefixArbiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPrefixArbiter, wl_prefix_arbiter_free)
/**
 * Adds the claim of @subject on @prefix, which must be masked. @transit: @subject is a transit
 * peer, and other members may own prefixes inside @prefix. WL_VERDICT_ACCEPTED or WL_VERDICT_TAKEN.
 */
WlVerdict wl_prefix_arbiter_add(WlPrefixArbiter *self, const WlPrefix *prefix, const WlKey *subject,
                                gboolean transit);
