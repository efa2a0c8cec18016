/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-candidate-view.h"
#include "wl-datagram.h"
#include "wl-fact-view.h"
#include "wl-fact.h"
#include "wl-held-back-view.h"
#include "wl-reason.h"
#include "wl-router-view.h"
#include "wl-signer.h"
#include "wl-trust.h"
#include "wl-verdict.h"

/*
 * Views of the engine. Reading has no side effects and runs no turn. Times are engine times, see
 * wl-engine.h.
 */

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

/** The published state of a peer. Strings and arrays belong to the engine and are valid until its
 * next input. */
typedef struct {
    WlKey public_key;
    const char *name; /* display name: configured, else learned and sanitized, else "" */
    gboolean name_configured;
    WlPeerState state;
    const char *reason_text; /* one sentence: why the peer has this state */
    const WlReason *reason;  /* the same with id and arguments; NULL: not evaluated yet */
    gboolean has_via;
    WlKey via;           /* if has_via: the transit peer */
    WlEndpoint endpoint; /* family NONE: none */
    const GArray
        *allowed_ips; /* of WlPrefix: those that the device has, without the link-local address */
    WlTrust trust;
    WlTrustSource trust_source;
    gboolean router;
    gboolean basic;
    gboolean configured;        /* named by the profile, not learned */
    gboolean healthy;           /* has a live session */
    gboolean alive;             /* the last Alive has not expired */
    gint64 last_handshake;      /* -1: never */
    gint64 last_alive;          /* arrival of the last Alive; -1: never */
    gint64 last_reply;          /* the last sign of life, as far as it was read; <= 0: none */
    guint64 rx_bytes, tx_bytes; /* of the last snapshot */
} WlPeerView;

/** FALSE if there is no such peer; *view is then unchanged. */
gboolean wl_engine_get_peer(const WlEngine *self, const WlKey *key, WlPeerView *view);
/** The keys of all peers, sorted; of WlKey. Free with g_array_unref(). */
GArray *wl_engine_dup_peers(const WlEngine *self);
const WlKey *wl_engine_get_public_key(const WlEngine *self);
gboolean wl_engine_is_router(const WlEngine *self);
/** The UDP port of WireGuard: the configured one, or once the device was read the actual one. */
guint16 wl_engine_get_listen_port(const WlEngine *self);
guint wl_engine_get_fact_count(const WlEngine *self);
/** The prefixes to route into the link: masked, sorted, without duplicates, within `networks`; of
 * WlPrefix. Free with g_array_unref(). */
GArray *wl_engine_dup_routes(const WlEngine *self);
/** Units of work since the start (steps of single peers, facts examined). They depend on what
 * changes, not on the number of peers, and are the same on every machine. */
guint64 wl_engine_get_work(const WlEngine *self);
/** X25519 key agreements computed since the start: one for each member with which datagrams were
 * exchanged. */
guint64 wl_engine_get_key_agreements(const WlEngine *self);
/** Datagrams received since the start, indexed by WlReceiveResult. */
const guint64 *wl_engine_get_receive_counters(const WlEngine *self);
/** Facts refused since the start, indexed by WlVerdict. */
const guint64 *wl_engine_get_verdict_counters(const WlEngine *self);
/** The verdict on @fact from @source; WL_VERDICT_N if the engine does not hold that fact. */
WlVerdict wl_engine_get_verdict(const WlEngine *self, const WlFact *fact, const WlKey *source);
