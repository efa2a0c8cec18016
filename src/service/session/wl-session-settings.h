/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-raw-sockets.h"

/**
 * One active profile: its link, fact socket, monitor and resolver around one engine. Carries events
 * in and outputs out; decides nothing itself.
 */
typedef struct _WlSession WlSession;

typedef struct {
    const char *uuid;
    const char *interface;
    guint16 fact_port;
    guint32 mtu;                            /* bytes */
    gboolean full_tunnel;                   /* default routes of peers lead into the link */
    gboolean kill_switch;                   /* only with full_tunnel */
    gboolean forwarding;                    /* IPv6, too, and whatever the role */
    const char *const *hide_interfaces;     /* patterns, NULL-terminated; (docs/protocol.md 8.2) */
    const char *const *announce_interfaces; /* patterns; empty: all */
    WlRawSockets raw;                       /* taken by the session */
} WlSessionSettings;

/**
 * Called from the main loop. `ready` and `failed` never come from within a call to the session; the
 * others may come from within wl_session_refresh_counters().
 */
typedef struct {
    void (*ready)(WlSession *self, gpointer user_data); /* the link is up and has its peers */
    void (*failed)(WlSession *self, const char *reason,
                   gpointer user_data); /* free the session now */
    void (*routes_changed)(WlSession *self, gpointer user_data);
    void (*peer_changed)(WlSession *self, const WlKey *key, gpointer user_data);
    void (*peer_gone)(WlSession *self, const WlKey *key, gpointer user_data);
    void (*uplink_changed)(WlSession *self, gpointer user_data);
    /* Whatever came of one event has been told: time to tell others in one go. */
    void (*settled)(WlSession *self, gpointer user_data);
} WlSessionEvents;
