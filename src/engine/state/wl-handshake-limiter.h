/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-rate-limit.h"

/** More initiations than this are not made in WL_INITIATION_AGAIN. */
#define WL_HANDSHAKE_LIMITER_RECENT 64

typedef struct {
    WlEndpoint endpoint;
    gint64 when;
} WlHandshakeAttempt;

/** Bounds the handshake initiations of the whole engine: so many at once and a second, and one in
 * WL_INITIATION_AGAIN to each endpoint, whichever peer it is tried for. All zero is its start. */
typedef struct {
    WlRateLimit rate;
    WlHandshakeAttempt recent[WL_HANDSHAKE_LIMITER_RECENT];
    guint next;
} WlHandshakeLimiter;

/** When @endpoint may be sent an initiation again; @earliest or later. */
gint64 wl_handshake_limiter_earliest(const WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                                     gint64 earliest);
/** Takes one from the rate of all initiations; FALSE: none is left, *when is when one will be. */
gboolean wl_handshake_limiter_take(WlHandshakeLimiter *self, gint64 now, gint64 *when);
/** An initiation is sent to @endpoint now. */
void wl_handshake_limiter_note(WlHandshakeLimiter *self, const WlEndpoint *endpoint, gint64 now);
