/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-clock.h"
#include "wl-echo.h"
#include "wl-event-log.h"
#include "wl-fact-socket.h"
#include "wl-forwarding.h"
#include "wl-gateway.h"
#include "wl-link-open.h"
#include "wl-loop-guard.h"
#include "wl-neighbor-watch.h"
#include "wl-network-monitor.h"
#include "wl-policy-routes.h"
#include "wl-port-mapping.h"
#include "wl-protected-hosts.h"
#include "wl-resolver.h"
#include "wl-send-gate.h"
#include "wl-session-settings.h"
#include "wl-state-writer.h"
#include "wl-traffic-watch.h"

/* The state of WlSession, shared by its parts only. wl-session.c creates and frees the members.
 * Times are engine time. */

struct _WlSession {
    WlEngineConfig *config;
    WlSessionSettings settings;
    const WlSessionEvents *events;
    gpointer user_data;
    const WlSessionObserver *observer; /* NULL: none */
    gpointer observer_data;

    int in_use_mark;       /* open while anything of the profile may exist; -1: none */
    GCancellable *opening; /* NULL: not being opened */
    guint open_id;
    gulong port_id;      /* of a handler, until a pending read says the listen port; 0: none */
    gint64 port_refused; /* first time that the listen port was in use; 0: never */
    WlLink *link;
    guint16 listen_port; /* of WireGuard, as bound */
    WlPrefix link_local;
    WlPolicyRoutes *tunnel; /* NULL: no full tunnel */
    WlLoopGuard *guard;     /* NULL: the kernel has no nf_tables */
    WlSendGate *gate;       /* instead of `guard`; NULL: there is one, or no rule can be added */
    GArray *guarded;        /* of WlLoopGuardAddress, as last set; NULL: none yet */
    WlKey *key;             /* to recreate the link, in locked memory; NULL: not possible */
    gint64 recreated;       /* last time that the link was recreated; 0: never */
    WlForwarding forwarding;
    WlGateway *gateway; /* NULL: members reach nothing through this machine */
    WlFactSocket *socket;
    WlNetworkMonitor *monitor;
    WlNeighborWatch *neighbors;
    WlEcho *echo;            /* NULL: round-trip times are unknown */
    WlTrafficWatch *traffic; /* NULL: broken paths are detected late */
    char *uplink;            /* as last reported */
    WlPortMapping *mapping;  /* NULL: the profile wants none */
    WlProtectedHosts *protected_hosts;
    gboolean vpn_dns; /* a VPN provides DNS servers */
    WlConnectivity connectivity;
    WlResolver *resolver;
    WlEngine *engine;
    WlStateWriter *state_writer;
    WlEventLog *event_log;
    gboolean recorded_up; /* an event that has to be followed by one of the end */
    WlTimer *timer;
    gboolean pumping;
    gint64 last_snapshot;

    GHashTable *refused; /* WlKey of peers that the link refused to change */
    guint retry_id;
    guint failure_id;
    char *failure;
};

/** Reports a failure from the main loop, because the owner then frees the session. Only the first
 * reason is reported. */
void wl_session_fail(WlSession *self, const char *reason);

/** The link reports that it failed. */
void wl_session_link_failed(WlLink *link, const char *reason, gpointer session);
/** A copy to be freed with g_strfreev(); empty if @patterns is NULL. */
const char *const *wl_session_copy_patterns(const char *const *patterns);
/** A copy to be freed with g_array_unref(); empty if @prefixes (of WlPrefix) is NULL. */
const GArray *wl_session_copy_prefixes(const GArray *prefixes);
