/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-handshake-limiter.h"

#include "state/wl-timing.h"
#include "wl-array.h"

/* A peer that does not ask when it should, for instance since it has a session, loses its turn. */
#define LATE WL_SEC(1)
/* The turn of a peer may come sooner than expected, so each asks again in this time, and longer in
 * large networks. */
#define ASK_AGAIN      WL_SEC(1)
#define ASK_AGAIN_EACH WL_MS(1)
/* What third parties leave for the next peers that have something better. */
#define LEFT_FOR_PEERS (WL_INITIATION_BURST / 2)

static const WlFairRate third_party_rate = {
    .interval = WL_THIRD_PARTY_INTERVAL,
    .burst = WL_THIRD_PARTY_BURST,
    .refill = WL_INITIATION_SHARE,
    .step = 1,
};

void
wl_handshake_limiter_clear(WlHandshakeLimiter *self)
{
    g_clear_pointer(&self->waiting, g_array_unref);
}

gint64
wl_handshake_limiter_earliest(const WlHandshakeLimiter *self, const WlEndpoint *endpoint,
                              const WlKey *own, gint64 earliest)
{
    for (guint i = 0; i < WL_HANDSHAKE_LIMITER_RECENT; i++) {
        const WlHandshakeAttempt *attempt = &self->recent[i];

        if (attempt->when + WL_INITIATION_RETRY > earliest &&
            wl_endpoint_equal(&attempt->endpoint, endpoint) &&
            !(own && wl_key_equal(&attempt->peer, own)))
            earliest = attempt->when + WL_INITIATION_RETRY;
    }
    return earliest;
}

/* ---- turns */

static void
drop_late(GArray *waiting, gint64 now)
{
    guint kept = 0;

    for (guint i = 0; i < waiting->len; i++) {
        const WlHandshakeWaiter *waiter = &g_array_index(waiting, WlHandshakeWaiter, i);

        if (waiter->asks + LATE >= now)
            g_array_index(waiting, WlHandshakeWaiter, kept++) = *waiter;
    }
    g_array_set_size(waiting, kept);
}

static WlHandshakeWaiter *
find(const WlHandshakeLimiter *self, const WlKey *peer)
{
    for (guint i = 0; self->waiting && i < self->waiting->len; i++) {
        WlHandshakeWaiter *waiter = &g_array_index(self->waiting, WlHandshakeWaiter, i);
        if (wl_key_equal(&waiter->peer, peer))
            return waiter;
    }
    return NULL;
}

/* The number of peers whose turn comes before that of @self, the one at @index; at the end: of one
 * that is not in the list. */
static guint
count_before(const GArray *waiting, const WlHandshakeWaiter *self, guint index)
{
    guint n = 0;

    for (guint i = 0; waiting && i < waiting->len; i++) {
        const WlHandshakeWaiter *other = &g_array_index(waiting, WlHandshakeWaiter, i);

        if (i == index)
            continue;
        n += other->used < self->used ||
             (other->used == self->used &&
              (other->since < self->since || (other->since == self->since && i < index)));
    }
    return n;
}

static void
wait(WlHandshakeLimiter *self, const WlHandshakeWaiter *fresh, WlHandshakeWaiter *known)
{
    if (known) {
        *known = *fresh;
        return;
    }
    if (!self->waiting)
        self->waiting = wl_array_new(WlHandshakeWaiter);
    g_array_append_val(self->waiting, *fresh);
}

gboolean
wl_handshake_limiter_take(WlHandshakeLimiter *self, const WlKey *peer, WlFairShare *share,
                          gint64 now, gint64 *when)
{
    WlHandshakeWaiter *known, fresh = {
                                  .peer = *peer,
                                  .used = wl_fair_share_count(share, now, WL_INITIATION_SHARE),
                                  .since = now,
                              };
    guint n, before, left;

    if (self->waiting)
        drop_late(self->waiting, now);
    n = self->waiting ? self->waiting->len : 0;
    known = find(self, peer);
    if (known)
        fresh.since = known->since;
    before = count_before(self->waiting, &fresh,
                          known ? (guint) (known - (WlHandshakeWaiter *) self->waiting->data) : n);
    left = wl_rate_limit_left(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST);
    if (left > before) {
        (void) wl_rate_limit_take(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST);
        wl_fair_share_add(share, now, WL_INITIATION_SHARE);
        if (known)
            wl_handshake_limiter_leave(self, peer);
        return TRUE;
    }
    if (!when)
        return FALSE;
    *when = wl_rate_limit_when(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST) +
            (gint64) (before - MIN(before, left)) * WL_INITIATION_INTERVAL;
    *when = MIN(*when, now + ASK_AGAIN + n * ASK_AGAIN_EACH);
    *when = MAX(*when, now + WL_MS(1));
    fresh.asks = *when;
    wait(self, &fresh, known);
    return FALSE;
}

gboolean
wl_handshake_limiter_take_third_party(WlHandshakeLimiter *self, WlFairShare *share, gint64 now)
{
    if (wl_rate_limit_left(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST) <=
            LEFT_FOR_PEERS ||
        !wl_fair_limit_take(&self->third_parties, share, now, &third_party_rate))
        return FALSE;
    return wl_rate_limit_take(&self->rate, now, WL_INITIATION_INTERVAL, WL_INITIATION_BURST);
}

void
wl_handshake_limiter_leave(WlHandshakeLimiter *self, const WlKey *peer)
{
    const WlHandshakeWaiter *known = find(self, peer);

    if (known)
        g_array_remove_index(self->waiting,
                             (guint) (known - (const WlHandshakeWaiter *) self->waiting->data));
}

void
wl_handshake_limiter_note(WlHandshakeLimiter *self, const WlEndpoint *endpoint, const WlKey *peer,
                          gint64 now)
{
    self->recent[self->next] =
        (WlHandshakeAttempt){.endpoint = *endpoint, .peer = *peer, .when = now};
    self->next = (self->next + 1) % WL_HANDSHAKE_LIMITER_RECENT;
}
