/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-address-limiter.h"
#include "state/wl-fact-set-expiry.h"
#include "state/wl-fact-set-local.h"
#include "state/wl-fact-set-renewal.h"
#include "state/wl-handshake-limiter.h"
#include "state/wl-neighbor-table.h"
#include "state/wl-output.h"
#include "state/wl-peer-table.h"
#include "state/wl-policy.h"
#include "state/wl-prefix-table.h"
#include "state/wl-router-set.h"
#include "state/wl-scheduler.h"
#include "state/wl-self.h"
#include "state/wl-subscribers.h"
#include "state/wl-timing.h"
#include "state/wl-traffic-watch.h"
#include "state/wl-uplink.h"
#include "wl-datagram.h"
#include "wl-engine.h"
#include "wl-signer.h"

/** The source of random bytes, supplied by the caller of the engine. */
typedef struct {
    WlRandomFunc func;
    gpointer data;
} WlRandom;

/** The evaluations due in this turn. Set by the marks (wl-engine-marks.h). */
typedef struct {
    gboolean all_due;   /* every fact, because a rule changed */
    gboolean stale_due; /* stale facts, because a source became authoritative */
} WlEvaluation;

/** Learned membership. Written by facts/wl-members.c. */
typedef struct {
    GArray *changed;      /* of WlKey: subjects with changed membership facts; added by a mark */
    GPtrArray *orphaned;  /* of WlPeer: no longer named by an accepted fact */
    GPtrArray *displaced; /* of WlPeer: they make room for others in this turn */
    gboolean leaving;     /* orphaned members are removed in this turn */
    gint64 full_logged;   /* when the limit of members was last logged */
} WlMembership;

/** Display names in use: folded name -> NameUsers. Written by facts/wl-display-names.c. */
typedef struct {
    GHashTable *by_folded;
} WlNameRegistry;

/** Received datagrams. Written by exchange/wl-receive.c, `refused` by wl_engine_count_refused(). */
typedef struct {
    WlRateLimit strangers; /* datagrams from addresses that belong to no peer */
    guint64 results[WL_RECEIVE_N_RESULTS];
    guint64 refused[WL_VERDICT_N];
} WlReceiver;

/** The part of path inference that all Go members share. `open` is written by paths/wl-path-go.c,
 * `echo_sequence` by wl-peer-echo.c, the other fields by wl-health.c. */
typedef struct {
    guint open;            /* peers whose path is being inferred */
    guint16 echo_sequence; /* of the last echo sent, to any peer */
    guint64 dropped;       /* packets dropped by the device, as of the last snapshot */
    gint64 dropped_since;  /* when the number last increased */
} WlPathInference;

/** The prefixes that NetworkManager routes into the link. Written by facts/wl-routes.c. */
typedef struct {
    WlPrefixMap *users; /* -> number of peers that have the prefix, configured or learned */
    GArray *list;       /* of WlPrefix: the result */
    gboolean changed;
} WlRoutes;

/** The engine. The type of each part states which file writes it; wl-engine-turn.c defines the
 * order of a turn. All times are engine times in microseconds. */
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
    WlRouterSet routers;
    WlScheduler scheduler;
    WlOutputs outputs;
    WlFactSet *facts;
    WlEvaluation evaluation;
    WlPrefixTable prefixes;
    WlRoutes routes;
    WlMembership membership;
    WlNameRegistry names;
    WlSubscribers subscribers;
    WlReceiver receiver;
    WlNeighborTable neighbors;
    WlTraffic traffic;
    WlPathInference inference;
    WlHandshakeLimiter limiter;
    WlAddressLimiter addresses;
    WlHeldBack held_back; /* of all peers, also of those that were removed */
};

/** Counts a fact source that was refused with @verdict. */
static inline void
wl_engine_count_refused(WlEngine *self, WlVerdict verdict)
{
    self->receiver.refused[verdict]++;
}

/** Counts that @reason held something back, of @peer or, with NULL, of none. */
void wl_engine_hold_back(WlEngine *self, WlPeer *peer, WlHeldBackReason reason);
/** The same for what is asked again and again while it is held back: counts the first time. Returns
 * TRUE if it counted. */
gboolean wl_engine_hold_back_once(WlEngine *self, WlPeer *peer, WlHeldBackReason reason);
/** Schedules every peer. */
void wl_engine_schedule_all(WlEngine *self);
/** Requests a snapshot. If called from a step of a peer, that peer is scheduled when the snapshot
 * arrives. */
void wl_engine_request_snapshot(WlEngine *self);
/** Requests a snapshot; @peer is scheduled when it arrives. */
void wl_engine_request_snapshot_for(WlEngine *self, WlPeer *peer);
/** @base, plus or minus up to 10 %. */
gint64 wl_engine_jitter(WlEngine *self, gint64 base);
/** Logs one line about @peer, NULL: about none, subject to the rate limit of WlOutputs. */
void wl_engine_log(WlEngine *self, WlPeer *peer, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** Sends @bytes, a signed group, to the fact port of @peer at the end of the turn. Takes ownership
 * of @bytes. */
void wl_engine_send_datagram(WlEngine *self, WlPeer *peer, GBytes *bytes);
