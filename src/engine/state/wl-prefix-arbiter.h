/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-verdict.h"

/* Which member owns a learned prefix when several claim it (docs/engine.md "What a fact may do"). A
 * pure decision; facts/wl-allowed-ips-arbitration.c gathers the claims and applies the verdicts. */

/** A claim: one source of one allowed-IPs fact that trust, policy and the profile permit. */
typedef struct {
    WlPrefix prefix;      /* masked */
    const WlKey *subject; /* the member that is to own the prefix; borrowed */
    gboolean transit;     /* a transit peer, inside whose prefixes others may own prefixes */
    gboolean vouched;     /* a router or a source with Membership says so too */
    gboolean dead;        /* vouched, but the member is silent: another one may have its address */
    gboolean stale;       /* the source expired and was kept */
    guint64 sequence;     /* order of the first advertisement */
    guint index;          /* the caller's */
    WlVerdict verdict;    /* the result: WL_VERDICT_ACCEPTED or WL_VERDICT_TAKEN */
} WlPrefixClaim;

/** Negative if @a counts before @b: live claims before stale ones, then vouched ones, of these
 * not those of silent members, then the first advertised. */
int wl_prefix_arbiter_compare(const WlPrefixClaim *a, const WlPrefixClaim *b);
/**
 * Decides all @claims (of WlPrefixClaim), which it sorts by wl_prefix_arbiter_compare(): among
 * overlapping claims of different members the first is accepted. Prefixes inside one of a transit
 * peer do not count as overlapping with it.
 */
void wl_prefix_arbiter_decide(GArray *claims);
