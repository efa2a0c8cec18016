/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-rate-limit.h"

/** Not less than the rate permits within WL_INITIATION_RETRY. */
#define WL_HANDSHAKE_LIMITER_RECENT 64

typedef struct {
    WlEndpoint endpoint;
    gint64 when; /* engine time */
} WlHandshakeAttempt;

/** Limits the handshake initiations of the engine: their overall rate, and one to each endpoint
 * within WL_INITIATION_RETRY, regardless of the peer. Written by paths/wl-connect.c. A zeroed value
 * is the initial state. */
typedef struct {
    WlRateLimit rate;
    WlHandshakeAttempt recent[WL_HANDSHAKE_LIMITER_RECENT];
    guint next;
} WlHandshakeLimiter;

/** Returns when the next initiation to @endpoint is permitted, not before @earliest. */
gint64 wl_handshake_limiter_earliest(const WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                                     gint64 earliest);
/** Takes one initiation from the rate. FALSE if none is available before *when (may be NULL). */
gboolean wl_handshake_limiter_take(WlHandshakeLimiter *self, gint64 now, gint64 *when);
/** Records that an initiation is sent to @endpoint now. */
void wl_handshake_limiter_note(WlHandshakeLimiter *self, const WlEndpoint *endpoint, gint64 now);
