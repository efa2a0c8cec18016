/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-advertiser.h"
#include "state/wl-fact-set-expiry.h"
#include "state/wl-fact-set-local.h"
#include "state/wl-fact-set-renewal.h"
#include "state/wl-handshake-limiter.h"
#include "state/wl-neighbor-table.h"
#include "state/wl-output.h"
#include "state/wl-peer-table.h"
#include "state/wl-policy.h"
#include "state/wl-prefix-table.h"
#include "state/wl-scheduler.h"
#include "state/wl-self.h"
#include "state/wl-timing.h"
#include "state/wl-traffic-watch.h"
#include "state/wl-uplink.h"
#include "wl-engine.h"
#include "wl-signer.h"

/** Random bytes, given by the caller of the engine. */
typedef struct {
    WlRandomFunc func;
    gpointer data;
} WlRandom;

/** What fact evaluation still has to do this turn. */
typedef struct {
    gboolean all_due;   /* every fact: a rule changed */
    gboolean stale_due; /* stale facts: a source that can withdraw them has become authoritative */
} WlEvaluation;

/** Who is a member, by facts. Written by facts/wl-members.c. */
typedef struct {
    GArray *changed;     /* of WlKey: of whose membership the facts changed */
    GPtrArray *orphaned; /* of WlPeer: no source calls them members any more */
    gboolean leaving;    /* the orphaned are removed now, by the turn */
    gint64 full_logged;
} WlMembership;

/** Display names in use: folded name -> NameSakes. Owned by facts/wl-display-names.c. */
typedef struct {
    GHashTable *by_folded;
} WlNameRegistry;

/** What comes in. Written by exchange/wl-receive.c. */
typedef struct {
    WlRateLimit strangers; /* datagrams from addresses of no peer */
    GArray *facts;         /* of WlFact: of the datagram that is being read */
    guint64 results[WL_RECEIVE_N_RESULTS];
    guint64 refused[WL_VERDICT_N];
    gint64 full_logged;
} WlReceiver;

/** What tells which path a Go daemon takes. Written by paths/wl-path-go.c and wl-health.c. */
typedef struct {
    guint open; /* peers whose path is being inferred */
    guint16 echo_sequence;
    guint64 dropped;      /* packets that the device dropped, as last seen */
    gint64 dropped_since; /* when that last grew */
} WlPathInference;

/** What NetworkManager routes into the link. Written by facts/wl-routes.c. */
typedef struct {
    WlPrefixMap *users; /* -> how often: configured and accepted */
    GArray *list;       /* of WlPrefix: the result */
    gboolean changed;
} WlRoutes;

/** The engine. Each part has a type that says who writes it; the order of a turn is in
 * wl-engine.c. */
struct _WlEngine {
    WlEngineConfig *config;
    WlSelf own;
    WlSigner *signer;
    WlRandom random;
    gint64 started, now;
    gint64 refreshed; /* WL_LONG_AGO: never */
    WlPolicy policy;
    WlUplink uplink;
    WlPeerTable peers;
    WlScheduler scheduler;
    WlOutputs outputs;
    WlFactSet *facts;
    WlEvaluation evaluation;
    WlPrefixTable prefixes;
    WlRoutes routes;
    WlMembership membership;
    WlNameRegistry names;
    WlAdvertiser advertiser;
    WlReceiver receiver;
    WlNeighborTable neighbors;
    WlTraffic traffic;
    WlPathInference inference;
    WlHandshakeLimiter limiter;
};

/** Schedules every peer: another uplink, a router that comes or goes. */
void wl_engine_schedule_all(WlEngine *self);
/** The device is read now; whoever asks for it within its step is scheduled again then. */
void wl_engine_request_snapshot(WlEngine *self);
/** The same for @peer. */
void wl_engine_request_snapshot_for(WlEngine *self, WlPeer *peer);
/** @base, give or take 10 %. */
gint64 wl_engine_jitter(WlEngine *self, gint64 base);
void wl_engine_log(WlEngine *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Sends @bytes, a signed group, to the fact port of @peer at the end of the turn. Takes @bytes. */
void wl_engine_send_datagram(WlEngine *self, WlPeer *peer, GBytes *bytes);
