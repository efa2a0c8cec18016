/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-raw-sockets.h"

/**
 * One active profile: link, fact socket, network monitor and resolver around one engine. A session
 * passes events to the engine and carries out its outputs; it makes no decisions.
 */
typedef struct _WlSession WlSession;

/* Ethernet with 1500 bytes minus WireGuard over IPv6. */
#define WL_SESSION_DEFAULT_MTU 1420

typedef struct {
    const char *uuid;
    const char *interface;
    guint16 fact_port;
    guint32 mtu;            /* bytes */
    gboolean all_addresses; /* the session sets all addresses of the link, not only further ones */
    gboolean full_tunnel;   /* route default routes of peers into the link */
    gboolean kill_switch;   /* only with full_tunnel */
    gboolean port_mapping;  /* ask gateways to pass packets on to WireGuard's port */
    gboolean forwarding;    /* also IPv6, and in any role */
    gboolean offer_exit;    /* members reach the internet through this machine */
    const GArray *shared_networks;      /* of WlPrefix: what they reach behind it; NULL: none */
    const char *const *hide_interfaces; /* patterns, NULL-terminated; see docs/protocol.md 8.2 */
    const char *const *announce_interfaces; /* patterns; empty: all */
    WlRawSockets raw;                       /* owned by the session from wl_session_new() on */
} WlSessionSettings;

/**
 * For the front end that has the session. Called from the main loop; `ready` and `failed` are never
 * called from within a function of the session, `routes_changed` may be called from within
 * wl_session_refresh_counters().
 */
typedef struct {
    void (*ready)(WlSession *self, gpointer user_data); /* the link is up with its peers */
    void (*failed)(WlSession *self, const char *reason,
                   gpointer user_data); /* free the session then */
    void (*routes_changed)(WlSession *self, gpointer user_data);
    /* The link is another one than before, or NULL: that does not matter. */
    void (*link_recreated)(WlSession *self, gpointer user_data);
} WlSessionEvents;

/**
 * What changed, for the one that publishes it (wl_session_observe()). Called from the main loop,
 * also from within wl_session_refresh_counters().
 */
typedef struct {
    void (*peer_changed)(WlSession *self, const WlKey *key, gpointer user_data);
    void (*peer_gone)(WlSession *self, const WlKey *key, gpointer user_data);
    void (*uplink_changed)(WlSession *self, gpointer user_data);
    /* All changes of one event have been reported. */
    void (*settled)(WlSession *self, gpointer user_data);
} WlSessionObserver;
