/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-acks.h"

#include <string.h>

#include "wl-fact-codec.h"
#include "wl-group.h"

/*
 * A lost datagram would leave a peer without its facts until they are renewed, so a datagram is
 * kept until its ack arrives. A native member acks several datagrams at once, by the first bytes of
 * their nonces. A Go daemon sends no acks; its new facts are sent again twice.
 */

/* A full datagram is usually followed by others, which share an ack. */
#define FULL      1100
#define ACK_DELAY WL_MS(20)
/* Small datagrams that are acked at once; more of them share an ack, long before the first is sent
 * again. */
#define ACK_INTERVAL   WL_MS(100)
#define ACK_BURST      16
#define ACK_DELAY_BUSY WL_MS(200)

/* Times until a datagram is sent again. After a minute or two, facts are renewed anyway. */
static const gint64 retry_native[] = {WL_SEC(1), WL_SEC(2),  WL_SEC(4),
                                      WL_SEC(8), WL_SEC(16), WL_SEC(32)};
static const gint64 retry_go[] = {WL_SEC(5), WL_SEC(10)};

/* Rate limit of retransmissions, so that a peer that never acks does not cause more traffic. */
#define RESEND_INTERVAL WL_MS(250)
#define RESEND_BURST    8

static WlSendWindow *
get_window(WlPeer *peer)
{
    if (!peer->acks.window)
        peer->acks.window = wl_send_window_new();
    return peer->acks.window;
}

/* Frees an empty window, which is the usual case. */
static void
free_if_empty(WlPeer *peer)
{
    if (peer->acks.window && peer->acks.window->in_flight->len == 0 &&
        peer->acks.window->n_acks == 0)
        g_clear_pointer(&peer->acks.window, wl_send_window_free);
}

static guint
count_in_flight(const WlPeer *peer)
{
    return peer->acks.window ? peer->acks.window->in_flight->len : 0;
}

static guint *
get_total(WlEngine *self, gboolean go)
{
    return go ? &self->subscribers.in_flight_go : &self->subscribers.in_flight;
}

/* Counts what is in flight to @peer for the limit of all. What a native peer leaves without ack
 * counts for no more than it may have now: it takes nothing from those that ack. */
static void
count_for_all(WlEngine *self, WlPeer *peer)
{
    guint n = count_in_flight(peer);

    *get_total(self, peer->acks.counted_go) -= peer->acks.counted;
    peer->acks.counted_go = !peer->boot.native;
    peer->acks.counted = peer->boot.native ? MIN(n, wl_send_window_limit(peer->acks.earned, 0)) : n;
    *get_total(self, peer->acks.counted_go) += peer->acks.counted;
}

static void
remove_in_flight(WlEngine *self, WlPeer *peer, guint index)
{
    g_array_remove_index(peer->acks.window->in_flight, index);
    count_for_all(self, peer);
}

void
wl_acks_drop_in_flight(WlEngine *self, WlPeer *peer)
{
    if (!peer->acks.window)
        return;
    g_array_set_size(peer->acks.window->in_flight, 0);
    count_for_all(self, peer);
    free_if_empty(peer);
}

/* ---- datagrams sent */

/* The number of datagrams in flight to one peer. When thousands of peers connect at once, larger
 * windows would only cause loss. A Go daemon sends no acks: it has no window, and what is kept to
 * be sent again is limited by that of all Go daemons. */
static guint
get_limit(const WlEngine *self, const WlPeer *peer)
{
    return peer->boot.native ? wl_send_window_limit(peer->acks.earned, self->subscribers.in_flight)
                             : wl_send_window_limit(WL_SEND_WINDOW_MAX - WL_SEND_WINDOW_MIN,
                                                    self->subscribers.in_flight_go);
}

guint
wl_acks_get_room(const WlEngine *self, const WlPeer *peer)
{
    guint limit = get_limit(self, peer);

    if (!peer->boot.native)
        return G_MAXUINT;
    return limit - MIN(count_in_flight(peer), limit);
}

void
wl_acks_send_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean in_flight,
                   guint tries)
{
    const gint64 *retry = peer->boot.native ? retry_native : retry_go;
    guint n = peer->boot.native ? G_N_ELEMENTS(retry_native) : G_N_ELEMENTS(retry_go);
    /* wl_acks_get_room() has limited native peers before. */
    gboolean wants_ack = in_flight && tries < n &&
                         (peer->boot.native || count_in_flight(peer) < get_limit(self, peer));
    GBytes *bytes;

    if (wants_ack && peer->boot.native)
        bytes = wl_signer_sign_with_ack(self->signer, &peer->key, inner->data, inner->len);
    else
        bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (!bytes)
        return;
    if (wants_ack) {
        WlInFlight fresh = {
            .nonce = wl_signer_get_nonce(g_bytes_get_data(bytes, NULL)),
            .inner = g_bytes_new(inner->data, inner->len),
            .due = self->now + retry[tries],
            .tries = tries,
            .asked = peer->boot.native,
        };
        g_array_append_val(get_window(peer)->in_flight, fresh);
        count_for_all(self, peer);
    }
    wl_engine_send_datagram(self, peer, bytes);
}

/* When @in_flight may be sent again. */
static gint64
get_due(const WlEngine *self, const WlPeer *peer, const WlInFlight *in_flight)
{
    return MAX(in_flight->due,
               wl_rate_limit_when(&peer->acks.resends, self->now, RESEND_INTERVAL, RESEND_BURST));
}

gboolean
wl_acks_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries)
{
    for (guint i = 0; peer->acks.window && i < peer->acks.window->in_flight->len; i++) {
        const WlInFlight *in_flight = &g_array_index(peer->acks.window->in_flight, WlInFlight, i);
        gconstpointer data;
        gsize length;

        if (get_due(self, peer, in_flight) > self->now)
            continue;
        (void) wl_rate_limit_take(&peer->acks.resends, self->now, RESEND_INTERVAL, RESEND_BURST);
        data = g_bytes_get_data(in_flight->inner, &length);
        wl_group_decode(data, length, facts);
        *tries = in_flight->tries + 1;
        if (in_flight->asked)
            peer->acks.earned = wl_send_window_after_loss(peer->acks.earned);
        remove_in_flight(self, peer, i);
        free_if_empty(peer);
        return TRUE;
    }
    return FALSE;
}

void
wl_acks_wake_overdue(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; peer->acks.window && i < peer->acks.window->in_flight->len; i++)
        wl_scheduler_wake_peer_at(
            &self->scheduler, peer,
            get_due(self, peer, &g_array_index(peer->acks.window->in_flight, WlInFlight, i)));
}

static void
note_round_trip(WlEngine *self, WlPeer *peer, gint64 measured)
{
    wl_round_trip_add(&peer->path.round_trip, measured);
    if (peer->router)
        wl_round_trip_add(&self->uplink.round_trip, measured);
}

void
wl_acks_receive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const guint8 *nonces = fact->value.ack.nonces;

    if (fact->value.ack.version != WL_ACK_VERSION || !wl_key_equal(&fact->subject, &peer->key))
        return;
    for (gsize i = 0; peer->acks.window && i < fact->value.ack.n; i++) {
        const GArray *in_flight = peer->acks.window->in_flight;
        guint64 nonce;

        memcpy(&nonce, nonces + i * WL_ACK_NONCE_SIZE, sizeof(nonce));
        for (guint j = 0; j < in_flight->len; j++) {
            const WlInFlight *datagram = &g_array_index(in_flight, WlInFlight, j);
            if (!datagram->asked || datagram->nonce != nonce)
                continue;
            if (datagram->tries == 0) {
                note_round_trip(self, peer, self->now - (datagram->due - retry_native[0]));
                peer->acks.earned = wl_send_window_after_ack(peer->acks.earned);
            }
            remove_in_flight(self, peer, j);
            break;
        }
    }
    free_if_empty(peer);
}

/* ---- datagrams received */

void
wl_acks_queue(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length)
{
    WlSendWindow *window = get_window(peer);

    if (window->n_acks == WL_SEND_WINDOW_MAX_ACKS)
        return;
    if (window->n_acks == 0)
        window->acks_due = self->now + (length < FULL ? ACK_DELAY_BUSY : ACK_DELAY);
    window->acks[window->n_acks++] = wl_signer_get_nonce(data);
    if (window->n_acks == WL_SEND_WINDOW_MAX_ACKS ||
        (length < FULL &&
         wl_rate_limit_take(&peer->acks.at_once, self->now, ACK_INTERVAL, ACK_BURST)))
        window->acks_due = self->now;
}

void
wl_acks_send_queued(WlEngine *self, WlPeer *peer)
{
    g_autoptr(GByteArray) inner = NULL;
    WlSendWindow *window = peer->acks.window;
    GBytes *bytes;
    WlFact fact;

    if (!window || window->n_acks == 0 || !peer->boot.native)
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
    free_if_empty(peer);
}
