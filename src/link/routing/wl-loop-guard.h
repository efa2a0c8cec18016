/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Keeps a tunnel out of itself: a table of nf_tables that drops what WireGuard sends
 *  - through its own interface, as to an endpoint inside the tunnel, or
 *  - with a tunnel address as source, through an interface that does not have that address. The
 *    kernel chooses such a source while a route exists before the address of its interface. The
 *    peer would take it for the endpoint of this machine, which is then inside the tunnel.
 * Every packet would be encrypted again and again.
 *
 * A policy rule cannot do this, because the source is chosen after the rules were consulted.
 *
 * The table is named after the profile and belongs to this process: `nft flush ruleset` leaves it,
 * and it ends with the process (wl-own-table.h).
 * Errors are of WL_LINK_ERROR.
 */
typedef struct _WlLoopGuard WlLoopGuard;

/** A tunnel address. */
typedef struct {
    WlIp address;
    int ifindex; /* of its interface */
} WlLoopGuardAddress;

typedef struct {
    int ifindex;                         /* of the link */
    guint16 listen_port;                 /* of WireGuard, as bound */
    const WlLoopGuardAddress *addresses; /* not those that an uplink has, too */
    gsize n_addresses;
} WlLoopGuardConfig;

/** Creates the table, still without rules. @uuid: of the profile. */
WlLoopGuard *wl_loop_guard_new(const char *uuid, GError **error);
/** Replaces the rules, all at once. On an error the former ones stay. */
gboolean wl_loop_guard_set(WlLoopGuard *self, const WlLoopGuardConfig *config, GError **error);
/** Removes the table. */
void wl_loop_guard_free(WlLoopGuard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLoopGuard, wl_loop_guard_free)
