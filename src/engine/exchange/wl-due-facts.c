/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-due-facts.h"

#include "exchange/wl-acks.h"
#include "state/wl-advertise-rules.h"
#include "state/wl-engine-marks.h"

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
            expires >= self->now + WL_RELAY_LIFE &&
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
           !wl_router_set_hides(&self->routers, self->config, &self->own.key, peer, &entry->fact) &&
           wl_knowledge_needs(&entry->known, peer->slot, *expires, self->now, margin_of(entry));
}

gboolean
wl_due_facts_exist(WlEngine *self, WlPeer *peer)
{
    const WlChangeLog *changes = wl_fact_set_get_changes(self->facts);
    WlFactEntry *entry;
    gint64 expires;
    guint cursor;

    for (entry = wl_change_log_first(changes, peer->advertise.position, &cursor); entry;
         entry = wl_change_log_next(changes, &cursor)) {
        if (needs_fact(self, peer, entry, &expires))
            return TRUE;
        peer->advertise.position = entry->change.number;
    }
    peer->advertise.position = wl_change_log_last(changes);
    return FALSE;
}

gboolean
wl_due_facts_add(WlEngine *self, WlPeer *peer, WlGroup *group)
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

void
wl_due_facts_add_again(WlEngine *self, WlPeer *peer, const GArray *facts, WlGroup *group)
{
    for (guint i = 0; i < facts->len; i++) {
        WlFactEntry *entry = wl_fact_set_lookup(self->facts, &g_array_index(facts, WlFact, i));
        gint64 expires;

        wl_scheduler_count_work(&self->scheduler);
        expires = entry ? advertise_until(self, entry) : 0;
        if (expires == 0 || wl_advertise_rules_is_about_receiver(peer, &entry->fact) ||
            wl_router_set_hides(&self->routers, self->config, &self->own.key, peer, &entry->fact))
            continue;
        entry->fact.expires = expires;
        wl_group_add(group, &entry->fact, self->now);
        wl_knowledge_learn(&entry->known, peer->slot, expires);
    }
}

void
wl_due_facts_renew(WlEngine *self)
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
