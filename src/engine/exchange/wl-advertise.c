/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-advertise.h"

#include "exchange/wl-acks.h"
#include "state/wl-advertise-rules.h"
#include "state/wl-batch-delay.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-group.h"

#define SNAPSHOT_WAIT WL_MS(50)

WlAdvertiseLevel
wl_advertise_level(const WlAdvertiseInput *input)
{
    if (!input->has_endpoint)
        return WL_ADVERTISE_NOTHING;
    if (input->configured_trust >= WL_TRUST_ALLOWED_IPS || input->is_router ||
        input->fact_exchanger)
        return WL_ADVERTISE_FACTS;
    if (!input->self_chatty && !input->self_router)
        return WL_ADVERTISE_ALIVE;
    return input->healthy ? WL_ADVERTISE_FACTS : WL_ADVERTISE_ALIVE;
}

static WlAdvertiseLevel
level_of(const WlEngine *self, const WlPeer *peer)
{
    WlAdvertiseInput input = {
        .has_endpoint = wl_endpoint_is_set(&peer->device.endpoint),
        .configured_trust = wl_peer_get_configured_trust(peer),
        .is_router = peer->router,
        .fact_exchanger = peer->config && peer->config->fact_exchanger,
        .self_chatty = self->config->chatty,
        .self_router = self->own.router,
        .healthy = peer->liveness.healthy,
    };

    return wl_advertise_level(&input);
}

/* How long before the knowledge of a peer expires it is sent @entry again. Local facts are sent to
 * all peers at once, so that their knowledge is stored once. */
static gint64
margin_of(const WlFactEntry *entry)
{
    return entry->local ? WL_FACT_TTL - WL_FACT_SLACK : WL_FACT_MARGIN + WL_FACT_SLACK;
}

/* The expiry to advertise in this turn, 0: none. Computed once for all subscribers. */
static gint64
advertise_until(const WlEngine *self, WlFactEntry *entry)
{
    if (entry->generation != self->subscribers.generation) {
        gint64 expires = wl_fact_entry_expires(entry, self->now);

        entry->generation = self->subscribers.generation;
        entry->advertise_until =
            expires > self->now &&
                    wl_advertise_rules_allow(&self->peers, &self->own.key, &entry->fact)
                ? expires
                : 0;
    }
    return entry->advertise_until;
}

static gboolean
needs_fact(WlEngine *self, const WlPeer *peer, WlFactEntry *entry, gint64 *expires)
{
    wl_scheduler_count_work(&self->scheduler);
    *expires = advertise_until(self, entry);
    return *expires > 0 && !wl_advertise_rules_is_about_receiver(peer, &entry->fact) &&
           wl_knowledge_needs(&entry->known, peer->slot, *expires, self->now, margin_of(entry));
}

static gboolean
needs_facts(WlEngine *self, WlPeer *peer)
{
    const WlChangeLog *changes = wl_fact_set_get_changes(self->facts);
    WlFactEntry *entry;
    gint64 expires;
    guint cursor;

    if (peer->advertise.position == wl_change_log_last(changes))
        return FALSE;
    for (entry = wl_change_log_first(changes, peer->advertise.position, &cursor); entry;
         entry = wl_change_log_next(changes, &cursor)) {
        if (needs_fact(self, peer, entry, &expires))
            return TRUE;
        peer->advertise.position = entry->change.number;
    }
    peer->advertise.position = wl_change_log_last(changes);
    return FALSE;
}

/* Adds to @group the facts that @peer needs, up to its send window. TRUE if one of them is new to
 * it, not only renewed. */
static gboolean
add_facts(WlEngine *self, WlPeer *peer, WlGroup *group)
{
    const WlChangeLog *changes = wl_fact_set_get_changes(self->facts);
    guint room = wl_acks_get_room(self, peer);
    gboolean fresh = FALSE;
    WlFactEntry *entry;
    guint cursor;

    for (entry = wl_change_log_first(changes, peer->advertise.position, &cursor); entry;
         entry = wl_change_log_next(changes, &cursor)) {
        gint64 expires;

        if (!needs_fact(self, peer, entry, &expires))
            continue;
        fresh |= wl_knowledge_get(&entry->known, peer->slot) == 0;
        entry->fact.expires = expires;
        wl_group_add(group, &entry->fact, self->now);
        wl_knowledge_learn(&entry->known, peer->slot, expires);
        if (wl_group_count(group) > room) {
            peer->advertise.position = entry->change.number;
            peer->advertise.partial = TRUE;
            return fresh;
        }
    }
    peer->advertise.partial = FALSE;
    peer->advertise.position = wl_change_log_last(changes);
    return fresh;
}

/* Sends the datagrams of @group, as try @tries, and an Alive. */
static void
send_groups(WlEngine *self, WlPeer *peer, WlGroup *group, gboolean ping, gboolean in_flight,
            guint tries)
{
    gint64 life =
        peer->advertise.request_alive && peer->boot.native ? WL_ALIVE_REPLY_TTL : WL_FACT_TTL;
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
    gboolean fresh = FALSE;

    if (facts) {
        fresh = add_facts(self, peer, group);
        if (wl_group_count(group) > 0)
            peer->advertise.facts_sent = self->now;
    }
    /* A lost renewal is covered by the next one; new facts for a Go daemon are sent again. */
    send_groups(self, peer, group, ping, fresh || peer->boot.native, 0);
}

/* Adds those of @facts that still exist to @group, with their current expiry. */
static void
add_again(WlEngine *self, WlPeer *peer, const GArray *facts, WlGroup *group)
{
    for (guint i = 0; i < facts->len; i++) {
        WlFactEntry *entry = wl_fact_set_lookup(self->facts, &g_array_index(facts, WlFact, i));
        gint64 expires;

        wl_scheduler_count_work(&self->scheduler);
        expires = entry ? advertise_until(self, entry) : 0;
        if (expires == 0 || wl_advertise_rules_is_about_receiver(peer, &entry->fact))
            continue;
        entry->fact.expires = expires;
        wl_group_add(group, &entry->fact, self->now);
        wl_knowledge_learn(&entry->known, peer->slot, expires);
    }
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

        add_again(self, peer, facts, group);
        if (wl_group_count(group) == 0)
            continue;
        send_groups(self, peer, group, ping && !sent, TRUE, tries);
        sent = TRUE;
    }
    return sent;
}

static gint64
alive_due(const WlPeer *peer)
{
    return peer->advertise.alive_expires - WL_ALIVE_MARGIN;
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

/* ---- subscribers */

static void
update_lists(WlEngine *self, WlPeer *peer)
{
    gboolean reachable = peer->liveness.healthy && wl_engine_can_reach(self, peer);
    gboolean subscribes = reachable && level_of(self, peer) == WL_ADVERTISE_FACTS;

    if (subscribes && peer->subscription.index == 0) {
        g_ptr_array_add(self->subscribers.list, peer);
        peer->subscription.index = self->subscribers.list->len;
        /* Renewals were not recorded while the peer was no subscriber. */
        peer->advertise.position = 0;
    } else if (!subscribes && peer->subscription.index != 0) {
        wl_subscribers_unsubscribe(&self->subscribers, peer);
    }
    wl_timer_queue_set(self->subscribers.alives, &peer->subscription.alive_due,
                       reachable ? MAX(alive_due(peer), peer->advertise.retry) : WL_NEVER);
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

/* Marks the facts that subscribers need again as changed, so that they are sent together with the
 * Alives of this turn. */
static void
renew_facts(WlEngine *self)
{
    gint64 until = self->subscribers.alive_horizon;
    WlFactEntry *entry;

    if (self->subscribers.list->len == 0)
        return;
    if (wl_fact_set_next_renewal(self->facts) <= self->now)
        until = self->now + WL_FACT_SLACK;
    while ((entry = wl_fact_set_take_renewal(self->facts, until))) {
        if (wl_advertise_rules_allow(&self->peers, &self->own.key, &entry->fact))
            wl_engine_fact_changed(self, entry);
    }
    wl_scheduler_wake_at(&self->scheduler, wl_fact_set_next_renewal(self->facts));
}

void
wl_advertise_gather(WlEngine *self, GPtrArray *peers)
{
    gint64 next_flush;

    for (guint i = 0; i < peers->len; i++)
        update_lists(self, peers->pdata[i]);
    gather_alives(self, peers);
    renew_facts(self);
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
    WlAdvertiseLevel level = level_of(self, peer);
    gboolean pending, facts, ping, regular;

    if (!wl_engine_can_reach(self, peer)) {
        update_lists(self, peer);
        return;
    }
    if (level == WL_ADVERTISE_NOTHING || peer->advertise.retry > self->now) {
        if (level != WL_ADVERTISE_NOTHING && peer->liveness.healthy)
            wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->advertise.retry);
        update_lists(self, peer);
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
    regular = alive_due(peer) <= self->subscribers.alive_horizon;
    ping = regular || peer->advertise.force_alive;
    if (level == WL_ADVERTISE_FACTS && send_again(self, peer, ping))
        ping = FALSE;
    pending =
        level == WL_ADVERTISE_FACTS && wl_acks_get_room(self, peer) > 0 && needs_facts(self, peer);
    facts = pending && quiet <= self->now && !wait_for_snapshot(self, peer);
    if (ping || facts)
        send_to(self, peer, facts, ping);
    /* An idle network reads the device only together with the Alives. */
    if (regular)
        wl_engine_request_snapshot_for(self, peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, alive_due(peer));
    if (level == WL_ADVERTISE_FACTS)
        wl_acks_wake_overdue(self, peer);
    if (pending && !facts)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, MAX(quiet, self->now));
    update_lists(self, peer);
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
