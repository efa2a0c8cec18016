/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

#define SNAPSHOT_WAIT WL_MS(50)

WlLevel
wl_sender_level(const WlLevelQuestion *question)
{
    if (!question->has_endpoint)
        return WL_LEVEL_NOTHING;
    if (question->configured_trust >= WL_TRUST_ALLOWED_IPS || question->is_router ||
        question->fact_exchanger)
        return WL_LEVEL_FACTS;
    if (!question->self_chatty && !question->self_router)
        return WL_LEVEL_PING;
    return question->healthy ? WL_LEVEL_FACTS : WL_LEVEL_PING;
}

static WlLevel
level_of(const WlEngine *self, const WlPeer *peer)
{
    WlLevelQuestion question = {
        .has_endpoint = wl_endpoint_is_set(&peer->endpoint),
        .configured_trust = wl_peer_get_configured_trust(peer),
        .is_router = peer->router,
        .fact_exchanger = peer->config && peer->config->fact_exchanger,
        .self_chatty = self->config->chatty,
        .self_router = self->router,
        .healthy = peer->healthy,
    };

    return wl_sender_level(&question);
}

/* Section 5.6, step 1: not about those who are gone; step 3: not about the receiver, but its name.
 */
static gboolean
worth_sending(const WlEngine *self, const WlPeer *to, const WlFact *fact)
{
    const WlPeer *subject;

    if (wl_key_equal(&fact->subject, &self->public_key))
        return TRUE;
    if (wl_key_equal(&fact->subject, &to->key))
        return wl_fact_is_member(fact) && fact->attribute != WL_ATTRIBUTE_MEMBER;
    if (fact->attribute == WL_ATTRIBUTE_MEMBER)
        return FALSE; /* never sent, by nobody any more */
    subject = wl_engine_find(self, &fact->subject);
    return !subject || subject->healthy || subject->alive;
}

/* Puts what @peer needs into @group and finds when it needs the next. */
static void
add_facts(WlEngine *self, WlPeer *peer, WlGroup *group)
{
    peer->facts_due = WL_NEVER;
    for (guint i = 0; i < wl_fact_set_size(self->facts); i++) {
        WlFactEntry *entry = wl_fact_set_get(self->facts, i);
        gint64 expires = wl_fact_entry_expires(entry, self->now);
        gint64 known;

        if (expires <= self->now || !worth_sending(self, peer, &entry->fact))
            continue;
        if (wl_knowledge_needs(&entry->known, peer->slot, expires, self->now,
                               WL_FACT_MARGIN + WL_FACT_SLACK)) {
            entry->fact.expires = expires;
            wl_group_add(group, &entry->fact, self->now);
            wl_knowledge_learn(&entry->known, peer->slot, expires);
        }
        known = wl_knowledge_get(&entry->known, peer->slot);
        if (entry->local || known < expires)
            peer->facts_due = MIN(peer->facts_due, known - WL_FACT_MARGIN);
    }
}

static void
send_to(WlEngine *self, WlPeer *peer, gboolean facts, gboolean ping)
{
    g_autoptr(WlGroup) group = wl_group_new();
    gint64 life = peer->ask && peer->ours ? WL_ALIVE_ASKS : WL_FACT_TTL;
    gboolean sent = ping;
    WlFact alive;

    if (facts) {
        add_facts(self, peer, group);
        if (wl_group_count(group) > 0)
            peer->facts_sent = self->now;
    }
    wl_fact_init_alive(&alive, &self->public_key, &self->boot_id, self->now + life);
    if (ping)
        wl_group_add(group, &alive, self->now);
    else
        sent = wl_group_add_if_room(group, &alive, self->now);
    if (sent) {
        peer->alive_known = self->now + WL_FACT_TTL;
        peer->alive_sent_before = peer->alive_sent;
        peer->alive_sent = self->now;
        peer->force_ping = peer->ask = FALSE;
    }
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *inner = wl_group_get(group, i);
        GBytes *bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
        if (bytes)
            wl_engine_emit_send(self, peer, bytes);
    }
    peer->attempt.initiated = TRUE;
}

static gint64
alive_due(const WlPeer *peer)
{
    return peer->alive_known - WL_ALIVE_MARGIN;
}

/* One wake-up for all whose time is near: an Alive early costs nothing. */
static gint64
alive_horizon(const WlEngine *self)
{
    for (guint i = 0; i < self->peers->len; i++) {
        const WlPeer *peer = self->peers->pdata[i];
        if (peer->healthy && alive_due(peer) <= self->now && peer->send_retry <= self->now)
            return self->now + WL_ALIVE_SLACK;
    }
    return self->now;
}

/* The device is being read: what it shows belongs into the same datagram, not into one 200 ms
 * later. */
static gboolean
wait_for_snapshot(WlEngine *self)
{
    gint64 asked = self->snapshot_asked == WL_LONG_AGO ? self->now : self->snapshot_asked;

    if (!self->snapshot_wanted || asked + SNAPSHOT_WAIT <= self->now)
        return FALSE;
    wl_engine_need(self, asked + SNAPSHOT_WAIT);
    return TRUE;
}

static void
serve(WlEngine *self, WlPeer *peer, gint64 horizon)
{
    gint64 quiet = MAX(peer->facts_sent + WL_RELAY_QUIET, peer->send_retry);
    WlLevel level = level_of(self, peer);
    gboolean facts, ping, regular;

    if (level == WL_LEVEL_NOTHING || peer->send_retry > self->now) {
        if (level != WL_LEVEL_NOTHING && peer->healthy)
            wl_engine_need(self, peer->send_retry);
        return;
    }
    if (!peer->healthy) {
        /* Without a session an Alive is what asks WireGuard for one: only as an attempt. */
        if (peer->force_ping)
            send_to(self, peer, FALSE, TRUE);
        return;
    }
    regular = alive_due(peer) <= horizon;
    ping = regular || peer->force_ping;
    facts =
        level == WL_LEVEL_FACTS && quiet <= self->now && !wait_for_snapshot(self) &&
        (peer->facts_due <= self->now || (ping && peer->facts_due <= self->now + WL_FACT_SLACK));
    if (ping || facts)
        send_to(self, peer, facts, ping);
    /* The device is read together with the Alive, and at no other time when all is quiet. */
    if (regular)
        wl_engine_want_snapshot(self);
    wl_engine_need(self, alive_due(peer));
    if (level == WL_LEVEL_FACTS && peer->facts_due != WL_NEVER)
        wl_engine_need(self, MAX(peer->facts_due, peer->facts_sent + WL_RELAY_QUIET));
}

void
wl_engine_send(WlEngine *self)
{
    gint64 horizon;

    if (self->facts_changed) {
        for (guint i = 0; i < self->peers->len; i++)
            ((WlPeer *) self->peers->pdata[i])->facts_due = self->now;
        self->facts_changed = FALSE;
    }
    horizon = alive_horizon(self);
    for (guint i = 0; i < self->peers->len; i++)
        serve(self, self->peers->pdata[i], horizon);
}

void
wl_engine_send_failed(WlEngine *self, gint64 now, const WlKey *key)
{
    WlPeer *peer;

    wl_engine_advance(self, now);
    peer = wl_engine_find(self, key);
    if (peer) {
        /* It does not know what was not sent (section 12, 16). */
        wl_fact_set_forget(self->facts, peer->slot);
        peer->alive_known = 0;
        peer->facts_due = self->now;
        peer->send_retry = self->now + WL_SEND_RETRY;
    }
    wl_engine_turn(self);
}
