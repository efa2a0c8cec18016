/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-acks.h"

#include <string.h>

#include "wl-fact-codec.h"

/*
 * A datagram of facts may be lost, and whoever is taken to know a fact is told it again only when
 * it runs out there. So what was told is kept until it is known to have come. Members of ours say
 * so: the beginnings of the nonces of what came, those of some moments together. A Go daemon
 * cannot; it is told its news again, twice (which is nothing new to it if it came).
 */

/* Of one peer of ours: the rest of what it is to be told waits until something came. */
#define MAX_AWAITED     64
#define MAX_AWAITED_ALL 8192 /* then there are fewer at a time for each peer */
#define ALWAYS_AWAITED  8
/* One that is full is followed by others most of the time: they have one receipt together. */
#define FULL      1100
#define ACK_DELAY WL_MS(20)

/* After these times it is told again: what does not come within a minute or two is renewed then. */
static const gint64 patience_ours[] = {WL_SEC(1), WL_SEC(2),  WL_SEC(4),
                                       WL_SEC(8), WL_SEC(16), WL_SEC(32)};
static const gint64 patience_others[] = {WL_SEC(5), WL_SEC(10)};

/* Whoever never says that anything came is not told more for that. */
#define AGAIN_INTERVAL WL_MS(250)
#define AGAIN_BURST    8

static WlSendWindow *
get_window(WlPeer *peer)
{
    if (!peer->window)
        peer->window = wl_send_window_new();
    return peer->window;
}

/* Most of the time there is nothing to remember. */
static void
tidy(WlPeer *peer)
{
    if (peer->window && peer->window->in_flight->len == 0 && peer->window->n_acks == 0)
        g_clear_pointer(&peer->window, wl_send_window_free);
}

static void
remove_in_flight(WlEngine *self, WlPeer *peer, guint index)
{
    g_array_remove_index(peer->window->in_flight, index);
    self->advertiser.in_flight--;
}

void
wl_acks_drop_in_flight(WlEngine *self, WlPeer *peer)
{
    if (!peer->window)
        return;
    self->advertiser.in_flight -= peer->window->in_flight->len;
    g_array_set_size(peer->window->in_flight, 0);
    tidy(peer);
}

/* ---- what we have told */

static guint
count_in_flight(const WlPeer *peer)
{
    return peer->window ? peer->window->in_flight->len : 0;
}

/* How many datagrams of one peer may be waited for now. When thousands start together, whoever has
 * said what came of the few it was sent is sent the next ones; more of them would only be lost. */
static guint
get_limit(const WlEngine *self)
{
    return self->advertiser.in_flight >= MAX_AWAITED_ALL ? ALWAYS_AWAITED : MAX_AWAITED;
}

guint
wl_acks_get_room(const WlEngine *self, const WlPeer *peer)
{
    /* Those who do not answer cannot be waited for. */
    if (!peer->native)
        return G_MAXUINT;
    return get_limit(self) - MIN(count_in_flight(peer), get_limit(self));
}

void
wl_acks_send_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean in_flight,
                   guint tries)
{
    const gint64 *patience = peer->native ? patience_ours : patience_others;
    guint n = peer->native ? G_N_ELEMENTS(patience_ours) : G_N_ELEMENTS(patience_others);
    /* Those of ours were given their room before. */
    guint limit = peer->native ? 2 * MAX_AWAITED : get_limit(self);
    gboolean kept = in_flight && tries < n && count_in_flight(peer) < limit;
    GBytes *bytes;

    if (kept && peer->native)
        bytes = wl_signer_sign_with_ack(self->signer, &peer->key, inner->data, inner->len);
    else
        bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (!bytes)
        return;
    if (kept) {
        WlInFlight fresh = {
            .nonce = wl_signer_get_nonce(g_bytes_get_data(bytes, NULL)),
            .inner = g_bytes_new(inner->data, inner->len),
            .due = self->now + patience[tries],
            .tries = tries,
            .asked = peer->native,
        };
        g_array_append_val(get_window(peer)->in_flight, fresh);
        self->advertiser.in_flight++;
    }
    wl_engine_send_datagram(self, peer, bytes);
}

/* When @in_flight may be told again. */
static gint64
get_due(const WlEngine *self, const WlPeer *peer, const WlInFlight *in_flight)
{
    return MAX(in_flight->due,
               wl_rate_limit_when(&peer->resends, self->now, AGAIN_INTERVAL, AGAIN_BURST));
}

gboolean
wl_acks_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries)
{
    for (guint i = 0; peer->window && i < peer->window->in_flight->len; i++) {
        const WlInFlight *in_flight = &g_array_index(peer->window->in_flight, WlInFlight, i);
        gconstpointer data;
        gsize length;

        if (get_due(self, peer, in_flight) > self->now)
            continue;
        (void) wl_rate_limit_take(&peer->resends, self->now, AGAIN_INTERVAL, AGAIN_BURST);
        data = g_bytes_get_data(in_flight->inner, &length);
        wl_fact_decode_inner(data, length, facts);
        *tries = in_flight->tries + 1;
        remove_in_flight(self, peer, i);
        tidy(peer);
        return TRUE;
    }
    return FALSE;
}

void
wl_acks_wake_overdue(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; peer->window && i < peer->window->in_flight->len; i++)
        wl_scheduler_wake_peer_at(
            &self->scheduler, peer,
            get_due(self, peer, &g_array_index(peer->window->in_flight, WlInFlight, i)));
}

void
wl_acks_receive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const guint8 *nonces = fact->value.ack.nonces;

    if (fact->value.ack.version != WL_ACK_VERSION || !wl_key_equal(&fact->subject, &peer->key))
        return;
    for (gsize i = 0; peer->window && i < fact->value.ack.n; i++) {
        const GArray *in_flight = peer->window->in_flight;
        guint64 nonce;

        memcpy(&nonce, nonces + i * WL_ACK_NONCE_SIZE, sizeof(nonce));
        for (guint j = 0; j < in_flight->len; j++) {
            const WlInFlight *told = &g_array_index(in_flight, WlInFlight, j);
            if (!told->asked || told->nonce != nonce)
                continue;
            remove_in_flight(self, peer, j);
            break;
        }
    }
    tidy(peer);
}

/* ---- what we were told */

void
wl_acks_queue(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length)
{
    WlSendWindow *window = get_window(peer);

    if (window->n_acks == WL_SEND_WINDOW_MAX_ACKS)
        return;
    if (window->n_acks == 0)
        window->acks_due = self->now + ACK_DELAY;
    window->acks[window->n_acks++] = wl_signer_get_nonce(data);
    if (length < FULL || window->n_acks == WL_SEND_WINDOW_MAX_ACKS)
        window->acks_due = self->now;
}

void
wl_acks_send_queued(WlEngine *self, WlPeer *peer)
{
    g_autoptr(GByteArray) inner = NULL;
    WlSendWindow *window = peer->window;
    GBytes *bytes;
    WlFact fact;

    if (!window || window->n_acks == 0 || !peer->native)
        return;
    if (window->acks_due > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, window->acks_due);
        return;
    }
    inner = g_byte_array_new();
    wl_fact_init_ack(&fact, &self->own.key, (const guint8 *) window->acks, window->n_acks);
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (bytes)
        wl_engine_send_datagram(self, peer, bytes);
    window->n_acks = 0;
    tidy(peer);
}
