/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-acks.h"

#include <string.h>

#include "state/wl-peer.h"
#include "wl-fact.h"
#include "wl-key.h"
#include "wl-rate-limit.h"

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
#define MAX_OWED        64
/* One that is full is followed by others most of the time: they have one receipt together. */
#define FULL          1100
#define OWED_TOGETHER WL_MS(20)

/* After these times it is told again: what does not come within a minute or two is renewed then. */
static const gint64 patience_ours[] = {WL_SEC(1), WL_SEC(2),  WL_SEC(4),
                                       WL_SEC(8), WL_SEC(16), WL_SEC(32)};
static const gint64 patience_others[] = {WL_SEC(5), WL_SEC(10)};

/* Whoever never says that anything came is not told more for that. */
#define AGAIN_INTERVAL WL_MS(250)
#define AGAIN_BURST    8

/** One datagram of facts. */
typedef struct {
    guint64 nonce; /* its beginning */
    GBytes *inner;
    gint64 due; /* for telling it again */
    guint tries;
    gboolean asked; /* for a receipt */
} Awaited;

struct _WlReceipts {
    GArray *awaited; /* of Awaited */
    guint64 owed[MAX_OWED];
    guint n_owed;
    gint64 owed_due;
};

static void
awaited_clear(Awaited *awaited)
{
    g_bytes_unref(awaited->inner);
}

static WlReceipts *
get_receipts(WlPeer *peer)
{
    if (!peer->receipts) {
        peer->receipts = g_new0(WlReceipts, 1);
        peer->receipts->awaited = g_array_new(FALSE, FALSE, sizeof(Awaited));
        g_array_set_clear_func(peer->receipts->awaited, (GDestroyNotify) awaited_clear);
    }
    return peer->receipts;
}

void
wl_receipts_free(WlReceipts *self)
{
    g_array_unref(self->awaited);
    g_free(self);
}

/* Most of the time there is nothing to remember. */
static void
tidy(WlPeer *peer)
{
    if (peer->receipts && peer->receipts->awaited->len == 0 && peer->receipts->n_owed == 0)
        g_clear_pointer(&peer->receipts, wl_receipts_free);
}

static void
remove_awaited(WlEngine *self, WlPeer *peer, guint index)
{
    g_array_remove_index(peer->receipts->awaited, index);
    self->advertiser.in_flight--;
}

void
wl_engine_drop_awaited(WlEngine *self, WlPeer *peer)
{
    if (!peer->receipts)
        return;
    self->advertiser.in_flight -= peer->receipts->awaited->len;
    g_array_set_size(peer->receipts->awaited, 0);
    tidy(peer);
}

/* ---- what we have told */

static guint
count_awaited(const WlPeer *peer)
{
    return peer->receipts ? peer->receipts->awaited->len : 0;
}

/* How many datagrams of one peer may be waited for now. When thousands start together, whoever has
 * said what came of the few it was sent is sent the next ones; more of them would only be lost. */
static guint
get_limit(const WlEngine *self)
{
    return self->advertiser.in_flight >= MAX_AWAITED_ALL ? ALWAYS_AWAITED : MAX_AWAITED;
}

guint
wl_engine_get_room(const WlEngine *self, const WlPeer *peer)
{
    /* Those who do not answer cannot be waited for. */
    if (!peer->ours)
        return G_MAXUINT;
    return get_limit(self) - MIN(count_awaited(peer), get_limit(self));
}

void
wl_engine_emit_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean awaited,
                     guint tries)
{
    const gint64 *patience = peer->ours ? patience_ours : patience_others;
    guint n = peer->ours ? G_N_ELEMENTS(patience_ours) : G_N_ELEMENTS(patience_others);
    /* Those of ours were given their room before. */
    guint limit = peer->ours ? 2 * MAX_AWAITED : get_limit(self);
    gboolean kept = awaited && tries < n && count_awaited(peer) < limit;
    GBytes *bytes;

    if (kept && peer->ours)
        bytes = wl_signer_sign_asking(self->signer, &peer->key, inner->data, inner->len);
    else
        bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (!bytes)
        return;
    if (kept) {
        Awaited fresh = {
            .nonce = wl_signer_get_nonce(g_bytes_get_data(bytes, NULL)),
            .inner = g_bytes_new(inner->data, inner->len),
            .due = self->now + patience[tries],
            .tries = tries,
            .asked = peer->ours,
        };
        g_array_append_val(get_receipts(peer)->awaited, fresh);
        self->advertiser.in_flight++;
    }
    wl_engine_send_datagram(self, peer, bytes);
}

/* When @awaited may be told again. */
static gint64
get_due(const WlEngine *self, const WlPeer *peer, const Awaited *awaited)
{
    return MAX(awaited->due,
               wl_rate_limit_when(&peer->repeats, self->now, AGAIN_INTERVAL, AGAIN_BURST));
}

gboolean
wl_engine_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries)
{
    for (guint i = 0; peer->receipts && i < peer->receipts->awaited->len; i++) {
        const Awaited *awaited = &g_array_index(peer->receipts->awaited, Awaited, i);
        gconstpointer data;
        gsize length;

        if (get_due(self, peer, awaited) > self->now)
            continue;
        (void) wl_rate_limit_take(&peer->repeats, self->now, AGAIN_INTERVAL, AGAIN_BURST);
        data = g_bytes_get_data(awaited->inner, &length);
        wl_fact_decode_inner(data, length, facts);
        *tries = awaited->tries + 1;
        remove_awaited(self, peer, i);
        tidy(peer);
        return TRUE;
    }
    return FALSE;
}

void
wl_engine_need_overdue(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; peer->receipts && i < peer->receipts->awaited->len; i++)
        wl_scheduler_wake_peer_at(
            &self->scheduler, peer,
            get_due(self, peer, &g_array_index(peer->receipts->awaited, Awaited, i)));
}

void
wl_engine_receive_receipt(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const guint8 *nonces = fact->value.receipt.nonces;

    if (fact->value.receipt.version != WL_RECEIPT_VERSION ||
        !wl_key_equal(&fact->subject, &peer->key))
        return;
    for (gsize i = 0; peer->receipts && i < fact->value.receipt.n; i++) {
        const GArray *awaited = peer->receipts->awaited;
        guint64 nonce;

        memcpy(&nonce, nonces + i * WL_RECEIPT_NONCE, sizeof(nonce));
        for (guint j = 0; j < awaited->len; j++) {
            const Awaited *told = &g_array_index(awaited, Awaited, j);
            if (!told->asked || told->nonce != nonce)
                continue;
            remove_awaited(self, peer, j);
            break;
        }
    }
    tidy(peer);
}

/* ---- what we were told */

void
wl_engine_owe_receipt(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length)
{
    WlReceipts *receipts = get_receipts(peer);

    if (receipts->n_owed == MAX_OWED)
        return;
    if (receipts->n_owed == 0)
        receipts->owed_due = self->now + OWED_TOGETHER;
    receipts->owed[receipts->n_owed++] = wl_signer_get_nonce(data);
    if (length < FULL || receipts->n_owed == MAX_OWED)
        receipts->owed_due = self->now;
}

void
wl_engine_send_receipt(WlEngine *self, WlPeer *peer)
{
    g_autoptr(GByteArray) inner = NULL;
    WlReceipts *receipts = peer->receipts;
    GBytes *bytes;
    WlFact fact;

    if (!receipts || receipts->n_owed == 0 || !peer->ours)
        return;
    if (receipts->owed_due > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, receipts->owed_due);
        return;
    }
    inner = g_byte_array_new();
    wl_fact_init_receipt(&fact, &self->own.key, (const guint8 *) receipts->owed, receipts->n_owed);
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (bytes)
        wl_engine_send_datagram(self, peer, bytes);
    receipts->n_owed = 0;
    tidy(peer);
}
