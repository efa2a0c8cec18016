/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-fair-limit.h"
#include "wl-key.h"

/** Not less than the rate permits within WL_INITIATION_RETRY. */
#define WL_HANDSHAKE_LIMITER_RECENT 64

typedef struct {
    WlEndpoint endpoint;
    WlKey peer;
    gint64 when; /* engine time */
} WlHandshakeAttempt;

/** A peer that waits for its turn. */
typedef struct {
    WlKey peer;
    guint used;   /* its initiations that count, as of the last time it asked */
    gint64 since; /* engine time */
    gint64 asks;  /* when it asks again */
} WlHandshakeWaiter;

/**
 * Limits the handshake initiations of the engine (docs/engine.md "Connect"): their overall rate,
 * and one to each endpoint within WL_INITIATION_RETRY, apart from repetitions. Peers take turns:
 * the one with the fewest initiations lately comes first, then the one that waits longest. Words of
 * third parties have a rate of their own, shared by those who advertise, and take only what the
 * peers leave. Written by paths/wl-connect.c. A zeroed value is the initial state.
 */
typedef struct {
    WlRateLimit rate;
    WlRateLimit third_parties;
    GArray *waiting; /* of WlHandshakeWaiter, in the order of their first question; NULL: none */
    WlHandshakeAttempt recent[WL_HANDSHAKE_LIMITER_RECENT];
    guint next;
} WlHandshakeLimiter;

void wl_handshake_limiter_clear(WlHandshakeLimiter *self);
/** Returns when the next initiation to @endpoint is permitted, not before @earliest. Those of @own,
 * if any, do not count: it knows them. */
gint64 wl_handshake_limiter_earliest(const WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                                     const WlKey *own, gint64 earliest);
/** Takes one initiation for @peer, whose share is @share. FALSE if it is not its turn: it then
 * waits, and asks again at *when. With @when NULL it does not wait. */
gboolean wl_handshake_limiter_take(WlHandshakeLimiter *self, const WlKey *peer, WlFairShare *share,
                                   gint64 now, gint64 *when);
/** Takes one initiation for the word of a third party, whose share is @share. */
gboolean wl_handshake_limiter_take_third_party(WlHandshakeLimiter *self, WlFairShare *share,
                                               gint64 now);
/** @peer no longer waits. */
void wl_handshake_limiter_leave(WlHandshakeLimiter *self, const WlKey *peer);
/** Records that an initiation for @peer is sent to @endpoint now. */
void wl_handshake_limiter_note(WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                               const WlKey *peer, gint64 now);
