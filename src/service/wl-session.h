/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-link.h"
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
    const char *const *hide_interfaces;     /* patterns, NULL-terminated (docs/protocol.md 8.2) */
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

/** Takes @config, copies @settings; @events must stay. Starts at once, in the background. */
WlSession *wl_session_new(WlEngineConfig *config, const WlSessionSettings *settings,
                          const WlSessionEvents *events, gpointer user_data);
/** Takes everything down that was made: socket, link, userspace WireGuard. Wipes the keys. */
void wl_session_free(WlSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSession, wl_session_free)

/* Owned by the session. */
/** NULL before `ready`. */
const WlEngine *wl_session_get_engine(const WlSession *self);
/** The same; another one after somebody deleted it. */
WlLink *wl_session_get_link(const WlSession *self);
/** Without the private key from `ready` on. */
const WlEngineConfig *wl_session_get_config(const WlSession *self);
const WlSessionSettings *wl_session_get_settings(const WlSession *self);
/** Interface of the default route, or "". */
const char *wl_session_get_uplink(const WlSession *self);
/** Reads the device if the last snapshot is over a second old: for counters shown on demand. Peers
 * may come and go by that. */
void wl_session_refresh_counters(WlSession *self);
/** µs to the peer's link-local address and back, 0: not known. Of a peer with a live session a
 * value older than a second is measured again, for the next who asks. */
guint32 wl_session_get_round_trip(WlSession *self, const WlKey *key);
/** See the inputs of the engine with these names. At any time, also before `ready`. */
void wl_session_set_connectivity(WlSession *self, WlConnectivity connectivity);
void wl_session_uplink_changed(WlSession *self);
void wl_session_resumed(WlSession *self);
/** @servers: of WlNameServer, those of the uplinks; @vpn: some VPN brought others. */
void wl_session_set_dns(WlSession *self, const GArray *servers, gboolean vpn);
/**
 * The profile says something else than before: see wl_engine_change_profile(), which takes of
 * @config what it can; of @settings count `forwarding` and the patterns. Takes @config. FALSE with
 * *error if it contradicts itself; then nothing is changed.
 */
gboolean wl_session_change_profile(WlSession *self, WlEngineConfig *config,
                                   const WlSessionSettings *settings, GError **error);
/** See wl_engine_refresh() and wl_engine_forget_endpoint(). */
gboolean wl_session_refresh(WlSession *self);
gboolean wl_session_forget_endpoint(WlSession *self, const WlKey *key, const WlEndpoint *endpoint,
                                    GError **error);
