/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-advertise.h"

#include "exchange/wl-acks.h"
#include "exchange/wl-due-facts.h"
#include "exchange/wl-subscription.h"
#include "state/wl-batch-delay.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-group.h"

#define SNAPSHOT_WAIT WL_MS(50)

/* Sends the datagrams of @group, as try @tries, and an Alive. */
static void
send_groups(WlEngine *self, WlPeer *peer, WlGroup *group, gboolean ping, gboolean in_flight,
            guint tries)
{
    gint64 life = peer->advertise.request_alive ? WL_ALIVE_REPLY_TTL : WL_FACT_TTL;
    guint n_facts = wl_group_count(group);
    gboolean sent = ping;
    WlFact alive;

    wl_fact_init_alive(&alive, &self->own.key, &self->own.boot_id, self->now + life);
    if (ping)
        wl_group_add(group, &alive, self->now);
    else
        sent = wl_group_add_if_room(group, &alive, self->now);
    if (sent) {
        peer->advertise.alive_expires = self->now + WL_FACT_TTL;
        peer->advertise.alive_sent_before = peer->advertise.alive_sent;
        peer->advertise.alive_sent = self->now;
        peer->advertise.force_alive = peer->advertise.request_alive = FALSE;
    }
    for (guint i = 0; i < wl_group_count(group); i++)
        wl_acks_send_facts(self, peer, wl_group_get(group, i), in_flight && i < n_facts, tries);
    wl_connect_packet_sent(peer);
}

static void
send_to(WlEngine *self, WlPeer *peer, gboolean facts, gboolean ping)
{
    g_autoptr(WlGroup) group = wl_group_new();
    gboolean fresh = facts && wl_due_facts_add(self, peer, group);

    if (wl_group_count(group) > 0)
        peer->advertise.facts_sent = self->now;
    /* A lost renewal is covered by the next one; new facts for a Go daemon are sent again. */
    send_groups(self, peer, group, ping, fresh || peer->boot.native, 0);
}

/* Sends the datagrams without ack again. TRUE if an Alive was sent with them. */
static gboolean
send_again(WlEngine *self, WlPeer *peer, gboolean ping)
{
    g_autoptr(GArray) facts = NULL;
    gboolean sent = FALSE;
    guint tries;

    if (!peer->acks.window)
        return FALSE;
    facts = wl_fact_array_new();
    while (wl_acks_take_overdue(self, peer, facts, &tries)) {
        g_autoptr(WlGroup) group = wl_group_new();

        wl_due_facts_add_again(self, peer, facts, group);
        if (wl_group_count(group) == 0)
            continue;
        send_groups(self, peer, group, ping && !sent, TRUE, tries);
        sent = TRUE;
    }
    return sent;
}

/* TRUE if a snapshot is pending whose facts should share the datagram. */
static gboolean
wait_for_snapshot(WlEngine *self, WlPeer *peer)
{
    gint64 asked = self->outputs.snapshot_requested == WL_LONG_AGO
                       ? self->now
                       : self->outputs.snapshot_requested;

    /* In a large network a snapshot is always pending. */
    if (!self->outputs.snapshot_wanted || asked + SNAPSHOT_WAIT <= self->now ||
        wl_peer_table_size(&self->peers) > WL_BATCH_PEERS)
        return FALSE;
    wl_engine_request_snapshot_for(self, peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, asked + SNAPSHOT_WAIT);
    return TRUE;
}

static void
add_served(WlPeer *peer, GPtrArray *peers)
{
    if (peer->turn.served)
        return;
    peer->turn.served = TRUE;
    g_ptr_array_add(peers, peer);
}

/* Alives that are due soon share one wake-up. */
static void
gather_alives(WlEngine *self, GPtrArray *peers)
{
    WlPeer *peer;

    self->subscribers.alive_horizon = self->now;
    if (wl_timer_queue_first(self->subscribers.alives) > self->now)
        return;
    self->subscribers.alive_horizon += WL_ALIVE_SLACK;
    while ((peer = wl_timer_queue_due(self->subscribers.alives, self->subscribers.alive_horizon))) {
        wl_timer_queue_set(self->subscribers.alives, &peer->subscription.alive_due, WL_NEVER);
        add_served(peer, peers);
    }
}

void
wl_advertise_gather(WlEngine *self, GPtrArray *peers)
{
    gint64 next_flush;

    for (guint i = 0; i < peers->len; i++)
        wl_subscription_update(self, peers->pdata[i]);
    gather_alives(self, peers);
    wl_due_facts_renew(self);
    if (!self->subscribers.pending)
        return;
    next_flush =
        self->subscribers.flushed + wl_batch_delay(self->subscribers.list->len, WL_ADVERTISE_BATCH);
    if (next_flush > self->now) {
        wl_scheduler_wake_at(&self->scheduler, next_flush);
        return;
    }
    self->subscribers.pending = FALSE;
    self->subscribers.flushed = self->now;
    for (guint i = 0; i < self->subscribers.list->len; i++)
        add_served(self->subscribers.list->pdata[i], peers);
}

void
wl_advertise_run(WlEngine *self, WlPeer *peer)
{
    /* Facts that did not fit into the send window follow at once. */
    gint64 quiet = peer->advertise.partial ? peer->advertise.retry
                                           : MAX(peer->advertise.facts_sent + WL_ADVERTISE_INTERVAL,
                                                 peer->advertise.retry);
    WlSubscriptionLevel level = wl_subscription_get_level(self, peer);
    gboolean pending, facts, ping, regular;

    if (!wl_engine_can_reach(self, peer) || level == WL_SUBSCRIPTION_NOTHING) {
        wl_subscription_update(self, peer);
        return;
    }
    if (peer->advertise.retry > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->advertise.retry);
        wl_subscription_update(self, peer);
        return;
    }
    if (!peer->liveness.healthy) {
        /* Without a session an Alive makes WireGuard start a handshake, so one is sent only to
         * connect. */
        if (peer->advertise.force_alive)
            send_to(self, peer, FALSE, TRUE);
        return;
    }
    wl_acks_send_queued(self, peer);
    regular = wl_subscription_alive_due(peer) <= self->subscribers.alive_horizon;
    ping = regular || peer->advertise.force_alive;
    if (level == WL_SUBSCRIPTION_FACTS && send_again(self, peer, ping))
        ping = FALSE;
    pending = level == WL_SUBSCRIPTION_FACTS && wl_acks_get_room(self, peer) > 0 &&
              wl_due_facts_exist(self, peer);
    facts = pending && quiet <= self->now && !wait_for_snapshot(self, peer);
    if (ping || facts)
        send_to(self, peer, facts, ping);
    /* An idle network reads the device only together with the Alives. */
    if (regular)
        wl_engine_request_snapshot_for(self, peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, wl_subscription_alive_due(peer));
    if (level == WL_SUBSCRIPTION_FACTS)
        wl_acks_wake_overdue(self, peer);
    if (pending && quiet > self->now) /* otherwise a snapshot is awaited */
        wl_scheduler_wake_peer_at(&self->scheduler, peer, quiet);
    wl_subscription_update(self, peer);
}

void
wl_advertise_forget(WlEngine *self, WlPeer *peer)
{
    wl_fact_set_forget(self->facts, peer->slot);
    wl_acks_drop_in_flight(self, peer);
    wl_peer_forget_own_alive(peer);
    peer->advertise.position = 0;
}

void
wl_advertise_at_once(WlPeer *peer)
{
    peer->advertise.facts_sent = WL_LONG_AGO;
}

void
wl_advertise_send_failed(WlEngine *self, WlPeer *peer)
{
    /* Facts that could not be sent are not known to the peer (docs/protocol.md 12.16). */
    wl_advertise_forget(self, peer);
    wl_scheduler_schedule(&self->scheduler, peer);
    peer->advertise.retry = self->now + WL_SEND_RETRY;
}
