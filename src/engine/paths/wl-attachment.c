/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-attachment.h"

#include <string.h>

#include "paths/wl-announcement.h"
#include "wl-boot-id.h"
#include "wl-fact-codec.h"

/*
 * Each leaf is held by one router, which has its prefixes at the leaf itself; the others have them
 * at that router, but only once it said that it holds the leaf, with an epoch that is not older.
 * Two routers therefore never point at each other.
 */

void
wl_attachment_send(WlEngine *self, WlPeer *peer, const WlKey *subject, guint8 flags, guint32 epoch,
                   const WlKey *router)
{
    const WlRouterMessage message = {
        .version = WL_ROUTER_VERSION, .flags = flags, .epoch = epoch, .router = *router};
    g_autoptr(GByteArray) inner = g_byte_array_new();
    WlFact fact;
    GBytes *bytes;

    /* Neither is a member answered that sends such a message without the flag (docs/protocol.md
     * 14.1). */
    if (!wl_boot_id_has_router_sets(&peer->boot.id))
        return;
    wl_fact_init_router(&fact, subject, &message);
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (bytes)
        wl_engine_send_datagram(self, peer, bytes);
}

/* A tunnel address of @fellow of the family of ours, or NULL. */
static const WlIp *
find_address(const WlPeer *fellow, WlFamily family)
{
    for (guint i = 0; i < fellow->config->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(fellow->config->allowed_ips, WlPrefix, i);
        if (prefix->ip.family == family && prefix->length == wl_prefix_max_length(prefix))
            return &prefix->ip;
    }
    return NULL;
}

/* TRUE if this router comes before @fellow for leaves that name none: all routers know the tunnel
 * addresses, of which the smaller one comes first; without one, or with the same, the keys decide.
 * There are no fellows without an address of our own, since they have its subnet. */
static gboolean
comes_before(const WlEngine *self, const WlPeer *fellow)
{
    const WlIp *own = &g_array_index(self->config->addresses, WlPrefix, 0).ip;
    const WlIp *other = find_address(fellow, own->family);
    int order = other ? memcmp(own->bytes, other->bytes, sizeof(own->bytes)) : 0;

    return order < 0 || (order == 0 && wl_key_is_before(&self->own.key, &fellow->key));
}

static gboolean
comes_first(const WlEngine *self)
{
    for (guint i = 0; i < self->routers.members->len; i++) {
        const WlPeer *fellow = self->routers.members->pdata[i];
        gboolean present = fellow->liveness.healthy ? !fellow->failover.lost
                                                    : self->now < self->started + WL_ROUTER_ALONE;
        if (present && !comes_before(self, fellow))
            return FALSE;
    }
    return TRUE;
}

static gboolean
understands(const WlPeer *peer)
{
    return peer->liveness.healthy && wl_boot_id_has_router_sets(&peer->boot.id);
}

static gboolean
is_here(const WlEngine *self, const WlPeer *leaf)
{
    return leaf->failover.attached && wl_key_equal(&leaf->failover.at, &self->own.key);
}

/* Whether this router is the one for the leaf, as far as it is known. */
static void
update_here(WlEngine *self, WlPeer *leaf)
{
    gboolean here = is_here(self, leaf) || (!leaf->failover.holder && comes_first(self));

    if (here == leaf->failover.here)
        return;
    leaf->failover.here = here;
    /* A Go daemon receives the prefix of its router alone. */
    wl_peer_reconsider_facts(leaf);
    wl_subscribers_set_pending(&self->subscribers);
}

static void
set_holder(WlEngine *self, WlPeer *leaf, WlPeer *holder)
{
    WlPeer *before = leaf->failover.holder;

    if (before == holder)
        return;
    leaf->failover.holder = holder;
    wl_reconcile_retry_now(leaf);
    if (before) {
        wl_reconcile_retry_now(before);
        wl_scheduler_schedule(&self->scheduler, before);
    }
    if (holder)
        wl_scheduler_schedule(&self->scheduler, holder);
    wl_scheduler_schedule(&self->scheduler, leaf);
    wl_peer_reconsider_facts(leaf);
    wl_subscribers_set_pending(&self->subscribers);
}

/* The router of the leaf is @router as of @epoch. */
static void
attach(WlEngine *self, WlPeer *leaf, guint32 epoch, const WlKey *router)
{
    WlPeerFailover *failover = &leaf->failover;

    failover->attached = TRUE;
    failover->epoch = epoch;
    failover->at = *router;
    failover->answered = 0;
    failover->announcements = 0;
    failover->announce_due = self->now;
    failover->claim_due = failover->call_due = WL_NEVER;
    wl_scheduler_schedule(&self->scheduler, leaf);
    if (is_here(self, leaf))
        set_holder(self, leaf, NULL);
    else
        failover->claimed_next = self->now + WL_ROUTER_CLAIM_AGAIN;
}

/* Repeated until the leaf answers: otherwise it would stay where it is, and this router wrong. */
static void
call(WlEngine *self, WlPeer *leaf)
{
    WlPeerFailover *failover = &leaf->failover;

    if (!understands(leaf) || !is_here(self, leaf))
        return;
    if (failover->call_due <= self->now) {
        wl_attachment_send(self, leaf, &leaf->key, WL_ROUTER_HOLDS | WL_ROUTER_COME,
                           failover->epoch, &self->own.key);
        failover->call_due = wl_announcement_next(self->now, failover->calls++);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, leaf, failover->call_due);
}

/* This router takes the leaf, and calls it if it understands that. */
static void
take(WlEngine *self, WlPeer *leaf)
{
    guint32 epoch = leaf->failover.epoch + (leaf->failover.attached ? 1 : 0);

    attach(self, leaf, epoch, &self->own.key);
    leaf->failover.call_due = self->now;
    leaf->failover.calls = 0;
    call(self, leaf);
}

static void
tell_fellows(WlEngine *self, WlPeer *leaf)
{
    WlPeerFailover *failover = &leaf->failover;
    gboolean due = failover->announce_due <= self->now, waiting = FALSE;

    for (guint i = 0; i < self->routers.members->len; i++) {
        WlPeer *fellow = self->routers.members->pdata[i];

        if ((failover->answered & wl_router_set_bit(&self->routers, fellow)) != 0 ||
            !understands(fellow) || fellow->failover.lost)
            continue;
        waiting = TRUE;
        if (due)
            wl_attachment_send(self, fellow, &leaf->key, WL_ROUTER_HOLDS, failover->epoch,
                               &self->own.key);
    }
    if (due)
        failover->announce_due = wl_announcement_next(self->now, failover->announcements++);
    if (waiting)
        wl_scheduler_wake_peer_at(&self->scheduler, leaf, failover->announce_due);
}

/* The session ended: another router may hold the leaf. */
static void
release(WlEngine *self, WlPeer *leaf)
{
    leaf->failover.said = FALSE;
    leaf->failover.claim_due = WL_NEVER;
    if (!is_here(self, leaf))
        return;
    leaf->failover.attached = FALSE;
    for (guint i = 0; i < self->routers.members->len; i++) {
        WlPeer *fellow = self->routers.members->pdata[i];
        if (understands(fellow))
            wl_attachment_send(self, fellow, &leaf->key, 0, leaf->failover.epoch, &self->own.key);
    }
}

/* The leaf sent facts, as it does to its own router alone. */
static void
note_facts(WlEngine *self, WlPeer *leaf)
{
    WlPeerFailover *failover = &leaf->failover;

    failover->sent_facts = FALSE;
    if (failover->said || is_here(self, leaf) || failover->claim_due != WL_NEVER ||
        (failover->holder &&
         (self->now < failover->claimed_next || !comes_before(self, failover->holder))))
        return;
    failover->claim_due = self->now;
    if (wl_boot_id_has_router_sets(&leaf->boot.id))
        failover->claim_due += WL_ROUTER_CLAIM;
    if (!comes_first(self))
        failover->claim_due += WL_ROUTER_CLAIM_LATER;
}

/* TRUE for a fellow that is there and does not speak of leaves, such as a Go daemon. */
static gboolean
is_mute(const WlPeer *fellow)
{
    return fellow->liveness.healthy && !fellow->failover.lost &&
           !wl_boot_id_has_router_sets(&fellow->boot.id);
}

/* The mute fellow that holds the leaf, as far as can be known: the one that the leaf names, or else
 * one that comes before this router. It never points back. NULL: none. */
static WlPeer *
find_mute_holder(const WlEngine *self, const WlPeer *leaf)
{
    for (guint i = 0; i < self->routers.members->len; i++) {
        WlPeer *fellow = self->routers.members->pdata[i];

        if (is_mute(fellow) &&
            (leaf->failover.attached ? wl_key_equal(&leaf->failover.at, &fellow->key)
                                     : !comes_before(self, fellow)))
            return fellow;
    }
    return NULL;
}

void
wl_attachment_run(WlEngine *self, WlPeer *leaf)
{
    WlPeerFailover *failover = &leaf->failover;

    if (!failover->holder && !is_here(self, leaf))
        set_holder(self, leaf, find_mute_holder(self, leaf));
    if (!leaf->liveness.healthy) {
        failover->sent_facts = FALSE;
        release(self, leaf);
        update_here(self, leaf);
        return;
    }
    /* A basic member has a session with its router alone. */
    if (failover->sent_facts || (leaf->basic && !is_here(self, leaf)))
        note_facts(self, leaf);
    if (failover->claim_due <= self->now) {
        failover->claim_due = WL_NEVER;
        if (!failover->said && !is_here(self, leaf) &&
            (!failover->holder || comes_before(self, failover->holder)))
            take(self, leaf);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, leaf, failover->claim_due);
    call(self, leaf);
    if (is_here(self, leaf))
        tell_fellows(self, leaf);
    update_here(self, leaf);
}

/* The leaf itself says which router it uses. */
static void
receive_from_leaf(WlEngine *self, WlPeer *leaf, const WlRouterMessage *message)
{
    WlPeerFailover *failover = &leaf->failover;
    gboolean same = failover->attached && message->epoch == failover->epoch &&
                    wl_key_equal(&message->router, &failover->at);

    failover->said = TRUE;
    failover->claim_due = WL_NEVER;
    if (!failover->attached || message->epoch >= failover->epoch)
        failover->call_due = WL_NEVER;
    if (!same &&
        (!failover->attached || message->epoch > failover->epoch ||
         (message->epoch == failover->epoch && wl_key_is_before(&message->router, &failover->at))))
        attach(self, leaf, message->epoch, &message->router);
    wl_attachment_send(self, leaf, &leaf->key, is_here(self, leaf) ? WL_ROUTER_HOLDS : 0,
                       failover->epoch, &failover->at);
}

static void
receive_from_fellow(WlEngine *self, WlPeer *fellow, WlPeer *leaf, const WlRouterMessage *message)
{
    WlPeerFailover *failover = &leaf->failover;

    if (wl_key_equal(&message->router, &self->own.key)) {
        /* It knows what we hold. */
        if (is_here(self, leaf) && message->epoch == failover->epoch)
            failover->answered |= wl_router_set_bit(&self->routers, fellow);
        return;
    }
    if (!wl_key_equal(&message->router, &fellow->key))
        return;
    if (!(message->flags & WL_ROUTER_HOLDS)) {
        if (failover->holder == fellow && message->epoch >= failover->epoch)
            set_holder(self, leaf, NULL);
        return;
    }
    if (failover->attached &&
        (message->epoch < failover->epoch || (message->epoch == failover->epoch &&
                                              wl_key_is_before(&failover->at, &message->router)))) {
        /* It does not know the present one: told at once if that is this router. */
        failover->answered &= ~wl_router_set_bit(&self->routers, fellow);
        failover->announce_due = self->now;
        wl_scheduler_schedule(&self->scheduler, leaf);
        return;
    }
    attach(self, leaf, message->epoch, &message->router);
    set_holder(self, leaf, fellow);
    wl_attachment_send(self, fellow, &leaf->key, 0, message->epoch, &fellow->key);
}

void
wl_attachment_receive(WlEngine *self, WlPeer *peer, const WlKey *subject,
                      const WlRouterMessage *message, gboolean is_fellow)
{
    WlPeer *leaf = wl_peer_table_find(&self->peers, subject);

    if (!leaf || wl_router_set_index(&self->routers, leaf) >= 0)
        return;
    if (is_fellow)
        receive_from_fellow(self, peer, leaf, message);
    else if (leaf == peer)
        receive_from_leaf(self, leaf, message);
}

void
wl_attachment_fellow_changed(WlEngine *self, WlPeer *fellow, gboolean usable)
{
    guint32 bit = wl_router_set_bit(&self->routers, fellow);

    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *leaf = wl_peer_table_get(&self->peers, i);

        leaf->failover.answered &= ~bit;
        if (!leaf->boot.native)
            wl_scheduler_schedule(&self->scheduler, leaf);
        if (usable && is_here(self, leaf)) {
            leaf->failover.announce_due = self->now;
            leaf->failover.announcements = 0;
            wl_scheduler_schedule(&self->scheduler, leaf);
        } else if (usable && !leaf->failover.holder) {
            wl_scheduler_schedule(&self->scheduler, leaf);
        } else if (!usable && (leaf->failover.holder == fellow ||
                               wl_key_equal(&leaf->failover.at, &fellow->key))) {
            set_holder(self, leaf, NULL);
            if (leaf->liveness.healthy)
                take(self, leaf);
        }
    }
}
