/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-verdict.h"

/**
 * Who owns which learned prefix: filled in the order in which claims count, and among overlapping
 * ones of different members the first keeps.
 */
typedef struct _WlPrefixArbiter WlPrefixArbiter;

WlPrefixArbiter *wl_prefix_arbiter_new(void);
void wl_prefix_arbiter_free(WlPrefixArbiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPrefixArbiter, wl_prefix_arbiter_free)
/**
 * @prefix masked. @carrier: a member that the profile makes a router or trusts with allowed IPs;
 * others may have prefixes inside its own.
 */
WlVerdict wl_prefix_arbiter_add(WlPrefixArbiter *self, const WlPrefix *prefix, const WlKey *subject,
                                gboolean carrier);
