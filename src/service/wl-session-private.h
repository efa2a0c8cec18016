/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-clock.h"
#include "wl-fact-socket.h"
#include "wl-link-open.h"
#include "wl-forwarding.h"
#include "wl-local-servers.h"
#include "wl-network-monitor.h"
#include "wl-neighbor-watch.h"
#include "wl-echo.h"
#include "wl-policy-routes.h"
#include "wl-resolver.h"
#include "wl-session.h"
#include "wl-traffic-watch.h"

/* What the parts of WlSession share; nothing else uses it. */

struct _WlSession {
    WlEngineConfig *config;
    WlSessionSettings settings;
    const WlSessionEvents *events;
    gpointer user_data;

    int claim;             /* for as long as there may be anything of ours; -1: none */
    GCancellable *opening; /* NULL: open, or not begun */
    guint open_id;
    gint64 port_refused; /* when the listen port was first found taken; 0: never */
    WlLink *link;
    WlPrefix link_local;
    WlPolicyRoutes *tunnel; /* NULL: not a full one */
    WlKey *key;             /* for a link made anew; in locked memory; NULL: cannot be */
    gint64 recreated;       /* when the link was made anew; 0: never */
    WlForwarding forwarding;
    WlFactSocket *socket;
    WlNetworkMonitor *monitor;
    WlNeighborWatch *neighbours;
    WlEcho *ping;            /* NULL: round trips stay unknown */
    WlTrafficWatch *traffic; /* NULL: dead ways are found out late */
    char *uplink;            /* as last told */
    WlLocalServers *servers;
    gboolean vpn_dns; /* some VPN brought DNS servers */
    WlConnectivity connectivity;
    WlResolver *resolver;
    WlEngine *engine;
    WlTimer *timer;
    gboolean pumping;
    gint64 last_snapshot;

    GHashTable *refused; /* WlKey of peers whose change was refused, told to the engine later */
    guint retry_id;
    guint failure_id;
    char *failure;
};

/** The first reason counts; it is told from the main loop, because the owner then frees us. */
void wl_session_fail(WlSession *self, const char *reason);

/* ---- outputs: wl-session-outputs.c */
/** Carries out all outputs, those included that came of carrying out others, and sets the timer. */
gboolean wl_session_pump(WlSession *self);
/** Gives the engine a snapshot, without pumping. */
void wl_session_read_device(WlSession *self);
/** Stores what the engine has learned. */
void wl_session_remember(WlSession *self);

/* ---- inputs: wl-session-inputs.c; those with a gpointer are what the sources call, and pump */
gboolean wl_session_deadline(gpointer session);
void wl_session_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer session);
void wl_session_resolved(const char *name, const WlEndpoint *endpoints, gsize n, gpointer session);
void wl_session_probe_answered(const WlKey *key, guint16 sequence, gpointer session);
void wl_session_traffic(const WlIp *destination, gpointer session);
void wl_session_neighbour(const WlIp *address, guint32 ifindex, gboolean reachable,
                          gpointer session);
void wl_session_network_changed(WlNetworkMonitor *monitor, gpointer session);
/* The two of them without pumping, for the beginning. */
void wl_session_tell_addresses(WlSession *self);
void wl_session_tell_uplink(WlSession *self);

/** A copy, which may be empty, to be freed with g_strfreev(). */
const char *const *wl_session_copy_patterns(const char *const *patterns);

/* ---- the link, whatever others do to it: wl-session-link.c */
extern const WlNetworkMonitorEvents wl_session_monitor_events;
/** Lasts as long as @self and @private_key. */
WlLinkConfig wl_session_link_config(const WlSession *self, const WlKey *private_key);
/** Of packets that go around our full tunnel; 0: there is none. */
guint32 wl_session_mark(const WlSession *self);
/** Down, a link loses its IPv6 addresses: up first. */
gboolean wl_session_set_link_up(WlSession *self, GError **error);
/** The link and the engine have what they need of it; only one that is made anew will need it
 * again, and of userspace WireGuard the program ends with its link. */
void wl_session_keep_key(WlSession *self);
/** Has the link forward if the role or the profile wants it. */
void wl_session_set_forwarding(WlSession *self);
/** The link itself says that it cannot go on. */
void wl_session_link_failed(WlLink *link, const char *reason, gpointer session);
