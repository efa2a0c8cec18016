/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-handshake-limiter.h"

#include "state/wl-timing.h"

gint64
wl_handshake_limiter_earliest(const WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                              gint64 earliest)
{
    for (guint i = 0; i < WL_HANDSHAKE_LIMITER_RECENT; i++) {
        const WlHandshakeAttempt *attempt = &self->recent[i];

        if (attempt->when + WL_INITIATION_RETRY > earliest &&
            wl_endpoint_equal(&attempt->endpoint, endpoint))
            earliest = attempt->when + WL_INITIATION_RETRY;
    }
    return earliest;
}

gboolean
wl_handshake_limiter_take(WlHandshakeLimiter *self, gint64 now, gint64 *when)
{
    if (wl_rate_limit_take(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST))
        return TRUE;
    if (when)
        *when = wl_rate_limit_when(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST);
    return FALSE;
}

void
wl_handshake_limiter_note(WlHandshakeLimiter *self, const WlEndpoint *endpoint, gint64 now)
{
    self->recent[self->next] = (WlHandshakeAttempt){.endpoint = *endpoint, .when = now};
    self->next = (self->next + 1) % WL_HANDSHAKE_LIMITER_RECENT;
}
