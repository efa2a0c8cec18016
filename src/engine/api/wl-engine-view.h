/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"
#include "wl-reason.h"
#include "wl-signer.h"
#include "wl-trust.h"
#include "wl-verdict.h"

typedef struct _WlEngine WlEngine;

typedef enum {
    WL_PEER_OFFLINE,
    WL_PEER_CONNECTING,
    WL_PEER_ROUTED,
    WL_PEER_DIRECT,
    WL_PEER_DIRECT_LAN,
} WlPeerState;

/** "offline", "connecting", "routed", "direct", "direct-lan". */
const char *wl_peer_state_to_string(WlPeerState state);

/** What can be shown of a peer. Strings and arrays belong to the engine and last until its next
 * input. */
typedef struct {
    WlKey public_key;
    const char *name; /* display name: configured, else learned and made harmless, else "" */
    gboolean name_configured;
    WlPeerState state;
    const char *reason;  /* one sentence */
    const WlReason *why; /* what it is made of; NULL: it was not looked at yet */
    gboolean has_via;    /* routed: the router that carries it */
    WlKey via;
    WlEndpoint endpoint; /* family NONE: none */
    const GArray
        *allowed_ips; /* of WlPrefix: what the device has for it, without the link-local one */
    WlTrust trust;
    WlTrustSource trust_by;
    gboolean router;
    gboolean basic;
    gboolean configured;        /* in the profile, not learned */
    gboolean healthy;           /* it has a live session */
    gboolean alive;             /* its last Alive has not run out */
    gint64 last_handshake;      /* engine time; -1: never */
    gint64 last_alive;          /* engine time of the last Alive; -1: never */
    guint64 rx_bytes, tx_bytes; /* of the last snapshot */
} WlPeerView;

/** FALSE if there is no such peer. */
gboolean wl_engine_get_peer(const WlEngine *self, const WlKey *key, WlPeerView *view);
/** All peers, sorted by key; of WlKey; to be freed with g_array_unref(). */
GArray *wl_engine_dup_peers(const WlEngine *self);
const WlKey *wl_engine_get_public_key(const WlEngine *self);
gboolean wl_engine_is_router(const WlEngine *self);
/** WireGuard's UDP port: as configured, and once the device was read the one it really has. */
guint16 wl_engine_get_listen_port(const WlEngine *self);
guint wl_engine_get_fact_count(const WlEngine *self);
/** What NetworkManager should route into the link: masked, sorted, without duplicates, inside
 * `networks`; of WlPrefix. */
GArray *wl_engine_dup_routes(const WlEngine *self);
/** Small pieces of work done since the start: steps of single peers, facts looked at. It grows with
 * what changes, not with how many peers there are, and is the same on every machine. */
guint64 wl_engine_get_steps(const WlEngine *self);
/** Shared keys computed since the start: one with each member that was talked with. */
guint64 wl_engine_get_agreements(const WlEngine *self);
/** Datagrams by WlReceiveResult, since the start. */
const guint64 *wl_engine_get_received(const WlEngine *self);
/** What was told and not believed, by WlVerdict, since the start. */
const guint64 *wl_engine_get_refused(const WlEngine *self);
/** What became of a fact from @source that is held; WL_VERDICT_N if it is not held. */
WlVerdict wl_engine_get_verdict(const WlEngine *self, const WlFact *fact, const WlKey *source);

/** What came of an address. */
typedef enum {
    WL_OUTCOME_IN_USE,
    WL_OUTCOME_WORKED,
    WL_OUTCOME_NO_ANSWER,
    WL_OUTCOME_TRYING,
    WL_OUTCOME_NOT_TRIED,
} WlOutcome;

/** "in use", "worked", "no answer", "trying", "not tried". */
const char *wl_outcome_to_string(WlOutcome outcome);

/** An address that a peer may be reached at. */
typedef struct {
    WlEndpoint endpoint;
    const char *rank;   /* "on-link", "configured", "public", "private" */
    const char *teller; /* "profile", "router", "itself", "other", "memory" */
    WlOutcome outcome;
} WlCandidateView;

/** Best first, of WlCandidateView; NULL if there is no such peer. To be freed with
 * g_array_unref(). */
GArray *wl_engine_dup_candidates(const WlEngine *self, const WlKey *key);

/** What one source says. */
typedef struct {
    WlKey subject;
    char *subject_name;    /* "" if it has none */
    const char *attribute; /* "endpoint", "allowed-ips", "member" */
    char *value;           /* of a member its name, or "" */
    gboolean local;        /* we say so ourselves; then there is no source */
    WlKey source;
    char *source_name; /* "" if it has none */
    gboolean accepted;
    WlReason *why;  /* it is believed or refused */
    gint64 expires; /* engine time; what is stale has run out */
    gboolean stale; /* kept, because its source cannot be asked */
} WlFactView;

/**
 * Every fact held, sorted by subject, attribute, value and source; of WlFactView, to be freed with
 * g_ptr_array_unref(). Refused ones are held as long as they would have been if believed.
 */
GPtrArray *wl_engine_dup_facts(const WlEngine *self);
/** What facts may claim prefixes of: masked; of WlPrefix; to be freed with g_array_unref(). */
GArray *wl_engine_dup_networks(const WlEngine *self);
