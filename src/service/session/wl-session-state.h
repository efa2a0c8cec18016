/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-clock.h"
#include "wl-fact-socket.h"
#include "wl-forwarding.h"
#include "wl-link-open.h"
#include "wl-network-monitor.h"
#include "wl-neighbor-watch.h"
#include "wl-echo.h"
#include "wl-policy-routes.h"
#include "wl-protected-hosts.h"
#include "wl-resolver.h"
#include "wl-session-settings.h"
#include "wl-traffic-watch.h"

/* What the parts of WlSession share; nothing else uses it. */

struct _WlSession {
    WlEngineConfig *config;
    WlSessionSettings settings;
    const WlSessionEvents *events;
    gpointer user_data;

    int profile_lock;      /* for as long as there may be anything of ours; -1: none */
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
    WlNeighborWatch *neighbors;
    WlEcho *echo;            /* NULL: round trips stay unknown */
    WlTrafficWatch *traffic; /* NULL: dead ways are found out late */
    char *uplink;            /* as last told */
    WlProtectedHosts *servers;
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

/** The link itself says that it cannot go on. */
void wl_session_link_failed(WlLink *link, const char *reason, gpointer session);
/** A copy, which may be empty, to be freed with g_strfreev(). */
const char *const *wl_session_copy_patterns(const char *const *patterns);
