/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-receive.h"

#include <string.h>

#include "exchange/wl-acks.h"
#include "exchange/wl-resync.h"
#include "facts/wl-fact-evaluate.h"
#include "paths/wl-path.h"
#include "state/wl-device-bytes.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-boot-id.h"
#include "wl-ttl.h"

/* A Go hub advertises 5,000 members in about 800 datagrams at once; the limit is above that. */
#define DATAGRAM_BURST    1024
#define DATAGRAM_INTERVAL WL_MS(10)
#define STRANGER_BURST    16
#define STRANGER_INTERVAL WL_MS(100)
#define ANSWER_INTERVAL   WL_MS(500)
#define ANSWER_BURST      4
/* Datagrams that show another endpoint of their sender cause a dump of the device. */
#define SNAPSHOT_INTERVAL WL_MS(500)
#define SNAPSHOT_BURST    8
/* Restarts that end the hold-down of the path: a member that changes its boot id every second must
 * not change its path as often. */
#define RESTART_INTERVAL WL_SEC(60)
#define RESTART_BURST    4
/* New endpoints that a member advertises for itself, each of which a router relays to all: those of
 * a machine that moves four times in a row, and then one every 20 s. */
#define OWN_ENDPOINT_INTERVAL WL_SEC(20)
#define OWN_ENDPOINT_BURST    16

/* Only the device knows the endpoint from which a datagram came. */
static void
read_endpoint(WlEngine *self, WlPeer *peer)
{
    if (wl_rate_limit_take(&peer->receive.snapshots, self->now, SNAPSHOT_INTERVAL, SNAPSHOT_BURST))
        wl_engine_request_snapshot_for(self, peer);
    else
        wl_engine_hold_back(self, peer, WL_HELD_BACK_DUMP);
}

static void
receive_alive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    gint64 expires = wl_ttl_to_expiry(fact->ttl, self->now);
    gboolean early =
        peer->liveness.last_alive >= 0 && self->now - peer->liveness.last_alive < WL_EARLY_ALIVE;
    gboolean wants_reply;
    gboolean restarted =
        !peer->boot.known || memcmp(&peer->boot.id, &fact->value.boot_id, sizeof(WlBootId)) != 0;

    if (restarted) {
        peer->boot.known = TRUE;
        peer->boot.id = fact->value.boot_id;
        peer->boot.native = wl_boot_id_is_native(&peer->boot.id);
        wl_resync_peer_when_allowed(self, peer);
        if (wl_rate_limit_take(&peer->receive.restarts, self->now, RESTART_INTERVAL, RESTART_BURST))
            wl_path_start_over(peer, self->now);
        else
            wl_engine_hold_back(self, peer, WL_HELD_BACK_BOOT_ID);
    }
    wants_reply = peer->boot.native && fact->ttl == WL_ALIVE_REPLY_TTL / G_USEC_PER_SEC;
    wl_peer_alive_received(peer, self->now, expires, restarted);

    /* An unexpected Alive may come from a new endpoint. */
    if (restarted || early || wants_reply)
        read_endpoint(self, peer);
    if (!wants_reply)
        return;
    if (wl_rate_limit_take(&peer->receive.alive_replies, self->now, ANSWER_INTERVAL, ANSWER_BURST))
        wl_peer_force_alive(peer);
    else
        wl_engine_hold_back(self, peer, WL_HELD_BACK_REPLY);
}

/* What an endpoint of @peer counts for that @sender advertises. */
static WlCandidateSource
get_source(const WlPeer *sender, const WlPeer *peer)
{
    if (sender->router)
        return WL_CANDIDATE_SOURCE_ROUTER;
    if (sender == peer)
        return WL_CANDIDATE_SOURCE_SELF;
    return wl_peer_is_observer(sender) ? WL_CANDIDATE_SOURCE_ROUTER
                                       : WL_CANDIDATE_SOURCE_THIRD_PARTY;
}

/* @sender began to advertise an endpoint, which may be a reason to try it at once. */
static void
endpoint_received(WlEngine *self, const WlPeer *sender, const WlFact *fact)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, &fact->subject);

    if (!peer)
        return;
    wl_scheduler_schedule(&self->scheduler, peer);
    if (!peer->liveness.healthy) {
        if (!wl_connect_restart_heard(peer, get_source(sender, peer), self->now))
            wl_engine_hold_back_once(self, peer, WL_HELD_BACK_RESTART);
        /* What a peer advertises about itself arrived over its current path, which therefore works.
         */
    } else if (sender != peer && wl_peer_is_observer(sender)) {
        wl_roaming_router_sees(peer, &fact->value.endpoint);
    } else if (sender != peer && wl_engine_is_without_router(self) &&
               !wl_roaming_third_party_sees(peer, self->now)) {
        wl_engine_hold_back(self, peer, WL_HELD_BACK_CHECK);
    }
    /* The peer advertised a new endpoint of its own: it may have roamed. */
    if (sender == peer)
        read_endpoint(self, peer);
}

/* In a large network most facts that a leaf receives may be about unknown members. Some of them are
 * held, to be shown and in case the members become known. */
static gboolean
is_surplus(const WlEngine *self, const WlPeer *peer, const WlFact *fact)
{
    return wl_fact_set_count_untrusted(self->facts) >= WL_MAX_UNTRUSTED &&
           !wl_fact_set_lookup(self->facts, fact) &&
           wl_verdict_is_untrusted(wl_engine_check_trust(self, fact, &peer->key)) &&
           !wl_fact_set_make_untrusted_room(self->facts, &peer->key);
}

/* The member advertises one new address of its own after the other. */
static gboolean
is_restless(const WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    if (!wl_fact_is_endpoint(fact) || !wl_key_equal(&fact->subject, &peer->key))
        return FALSE;
    return !wl_fact_entry_find_source(wl_fact_set_lookup(self->facts, fact), &peer->key) &&
           !wl_rate_limit_take(&peer->receive.own_endpoints, self->now, OWN_ENDPOINT_INTERVAL,
                               OWN_ENDPOINT_BURST);
}

/* The member advertises one fact after the other, more than a member has. Facts that are refused
 * change nothing and are not counted. */
static gboolean
is_fickle(const WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const WlFactSource *origin =
        wl_fact_entry_find_source(wl_fact_set_lookup(self->facts, fact), &peer->key);

    if (origin && !origin->stale && self->now - origin->received <= WL_RETURNED_AFTER)
        return FALSE;
    if (wl_engine_check_trust(self, fact, &peer->key) != WL_VERDICT_ACCEPTED)
        return FALSE;
    return (fact->ttl < WL_SHORT_LIFE / G_USEC_PER_SEC &&
            !wl_rate_limit_take(&peer->receive.short_lives, self->now, WL_SHORT_LIVES_INTERVAL,
                                WL_SHORT_LIVES_BURST)) ||
           !wl_rate_limit_take(&peer->receive.new_facts, self->now, WL_NEW_FACTS_INTERVAL,
                               WL_NEW_FACTS_BURST);
}

/* Facts that are not held cannot be shown; this is logged instead. */
static void
log_full(WlEngine *self, WlPeer *peer)
{
    g_autofree char *label = NULL;

    if (!wl_fact_set_is_full(self->facts, &peer->key) ||
        peer->receive.full_logged + WL_FULL_LOG_INTERVAL > self->now)
        return;
    peer->receive.full_logged = self->now;
    label = wl_peer_dup_label(peer);
    wl_engine_log(self, peer,
                  "%s: fact table full (limits: %u per member, %u in total); ignoring new facts",
                  label, WL_MAX_FACTS_OF_SOURCE,
                  WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER * self->config->peers->len);
}

static void
receive_fact(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    gint64 expires = wl_ttl_to_expiry(fact->ttl, self->now);
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFactSourceResult result;

    if (fact->ttl == 0 || fact->attribute == WL_ATTRIBUTE_GROUP)
        return;
    result =
        is_surplus(self, peer, fact) || is_restless(self, peer, fact) || is_fickle(self, peer, fact)
            ? WL_FACT_SOURCE_REFUSED
            : wl_fact_set_add_source(self->facts, fact, &peer->key, self->now, expires, &entry,
                                     &origin);
    if (result == WL_FACT_SOURCE_REFUSED) {
        wl_engine_count_refused(self, WL_VERDICT_TOO_MANY);
        log_full(self, peer);
        return;
    }
    wl_peer_note_facts(peer);
    wl_knowledge_learn(&entry->known, peer->slot, expires);
    wl_scheduler_count_work(&self->scheduler);
    if (result == WL_FACT_SOURCE_RENEWED) {
        if (!wl_fact_entry_is_refused(entry))
            wl_engine_fact_renewed(self, entry, peer, expires);
        return;
    }
    if (result == WL_FACT_SOURCE_NEW)
        wl_fact_set_set_verdict(self->facts, origin, WL_VERDICT_N); /* not evaluated yet */
    if (!wl_fact_evaluate_source(self, entry, origin))
        wl_engine_prefix_changed(self, entry);
    else if (origin->verdict == WL_VERDICT_ACCEPTED && wl_fact_is_endpoint(fact))
        endpoint_received(self, peer, fact);
    if (result != WL_FACT_SOURCE_RETURNED || origin->verdict != WL_VERDICT_ACCEPTED)
        return;
    if (wl_fact_is_member(fact))
        wl_engine_subject_changed(self, &fact->subject);
    wl_engine_fact_sources_changed(self, entry);
}

/* Nonces are random: a repeated one marks a replayed datagram (docs/protocol.md 12.21). */
static gboolean
is_replayed(WlPeer *peer, const guint8 *data)
{
    guint64 nonce = wl_signer_get_nonce(data);

    for (guint i = 0; i < WL_MAX_NONCES; i++) {
        if (peer->receive.nonces[i] == nonce && nonce != 0)
            return TRUE;
    }
    peer->receive.nonces[peer->receive.next_nonce] = nonce;
    peer->receive.next_nonce = (peer->receive.next_nonce + 1) % WL_MAX_NONCES;
    return FALSE;
}

void
wl_receive_datagram(WlEngine *self, const WlIp *source, const guint8 *data, gsize length)
{
    WlPeer *peer = wl_peer_table_find_link_local(&self->peers, source);
    g_autoptr(GArray) facts = NULL;
    WlReceiveResult result;
    WlKey sender;

    if (!(peer ? wl_rate_limit_take(&peer->receive.datagrams, self->now, DATAGRAM_INTERVAL,
                                    DATAGRAM_BURST)
               : wl_rate_limit_take(&self->receiver.strangers, self->now, STRANGER_INTERVAL,
                                    STRANGER_BURST))) {
        self->receiver.results[WL_RECEIVE_FLOOD]++;
        return;
    }
    facts = wl_fact_array_new();
    result = wl_datagram_open(self->signer, source, data, MIN(length, WL_RECEIVE_MAX), &sender,
                              facts, NULL);
    if (result == WL_RECEIVE_ACCEPTED && peer && !wl_key_equal(&peer->key, &sender))
        peer = NULL; /* another key with the same link-local address */
    if (result == WL_RECEIVE_ACCEPTED && peer && is_replayed(peer, data))
        result = WL_RECEIVE_REPLAYED;
    self->receiver.results[result]++;
    if (result != WL_RECEIVE_ACCEPTED || !peer)
        return;

    wl_peer_heard(peer, self->now);
    wl_peer_add_own_rx(peer, wl_datagram_size_in_device(length));
    wl_scheduler_schedule(&self->scheduler, peer);
    /* The datagram came through the tunnel, so there is a session that no snapshot has shown
     * yet. */
    if (!peer->liveness.healthy)
        read_endpoint(self, peer);

    /* The Alive first: a new boot id invalidates the knowledge about its sender, but not about
     * these facts. */
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ALIVE)
            continue;
        if (wl_key_equal(&fact->subject, &peer->key))
            receive_alive(self, peer, fact);
        else
            wl_engine_count_refused(self, WL_VERDICT_FOREIGN_ALIVE);
    }
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute == WL_ATTRIBUTE_PATH || fact->attribute == WL_ATTRIBUTE_ROUTER)
            wl_path_receive(self, peer, fact);
        else if (fact->attribute == WL_ATTRIBUTE_ACK)
            wl_acks_receive(self, peer, fact);
        else if (fact->attribute != WL_ATTRIBUTE_ALIVE)
            receive_fact(self, peer, fact);
    }
    if (wl_signer_wants_ack(data))
        wl_acks_queue(self, peer, data, length);
}
