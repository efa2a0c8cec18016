/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-engine-marks.h"

#include "state/wl-advertise-rules.h"

void
wl_engine_rules_changed(WlEngine *self)
{
    self->evaluation.all_due = TRUE;
}

void
wl_engine_authorities_changed(WlEngine *self)
{
    self->evaluation.stale_due = TRUE;
}

void
wl_engine_own_facts_changed(WlEngine *self)
{
    self->own.facts_due = TRUE;
}

void
wl_engine_want_boot_id(WlEngine *self)
{
    self->own.boot_id_due =
        MIN(self->own.boot_id_due, self->own.boot_id_created + WL_BOOT_ID_INTERVAL);
}

void
wl_engine_fact_lost(WlEngine *self)
{
    gint64 when = MAX(self->own.boot_id_created + WL_BOOT_ID_INTERVAL,
                      self->own.fact_lost + WL_FACT_LOST_INTERVAL);

    if (when >= self->own.boot_id_due)
        return;
    self->own.boot_id_due = when;
    self->own.fact_lost = MAX(when, self->now);
}

void
wl_engine_candidates_changed(WlEngine *self, WlPeer *peer)
{
    peer->dirty.candidates = TRUE;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_engine_local_facts_changed(WlEngine *self, WlPeer *peer)
{
    peer->dirty.local_facts = TRUE;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_engine_name_changed(WlEngine *self, WlPeer *peer)
{
    peer->dirty.name = TRUE;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_engine_subject_changed(WlEngine *self, const WlKey *subject)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, subject);

    g_array_append_val(self->membership.changed, *subject);
    wl_engine_state_changed(self);
    if (!peer)
        return;
    wl_engine_name_changed(self, peer);
    wl_engine_local_facts_changed(self, peer);
}

void
wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry)
{
    wl_prefix_table_fact_changed(&self->prefixes, &self->peers, entry);
}

void
wl_engine_state_changed(WlEngine *self)
{
    self->outputs.state_save_due =
        MIN(self->outputs.state_save_due, self->now + WL_STATE_SAVE_DELAY);
}

void
wl_engine_location_changed(WlEngine *self)
{
    self->outputs.state_save_due =
        MIN(self->outputs.state_save_due,
            MAX(self->now + WL_STATE_SAVE_DELAY, self->outputs.state_saved + WL_LOCATION_SAVE));
}

void
wl_engine_state_save_now(WlEngine *self)
{
    if (self->outputs.state_save_due != WL_NEVER)
        self->outputs.state_save_due = self->now;
}

/* TRUE if a subscriber other than @source (may be NULL) does not know @entry until @expires. */
static gboolean
is_needed(WlEngine *self, const WlFactEntry *entry, gint64 expires, const WlPeer *source)
{
    for (guint i = 0; i < self->subscribers.list->len; i++) {
        const WlPeer *peer = self->subscribers.list->pdata[i];

        wl_scheduler_count_work(&self->scheduler);
        if (peer != source && !wl_advertise_rules_is_about_receiver(peer, &entry->fact) &&
            wl_knowledge_needs(&entry->known, peer->slot, expires, self->now, expires - self->now))
            return wl_advertise_rules_allow(&self->peers, &self->own.key, &entry->fact);
    }
    return FALSE;
}

void
wl_engine_fact_changed(WlEngine *self, WlFactEntry *entry)
{
    wl_fact_set_mark_changed(self->facts, entry, self->now);
    wl_subscribers_set_pending(&self->subscribers);
}

void
wl_engine_fact_renewed(WlEngine *self, WlFactEntry *entry, const WlPeer *source, gint64 until)
{
    gint64 expires = wl_fact_entry_expires(entry, self->now);

    /* A fact that every subscriber knows needs no renewal timer: most leaves advertise only to the
     * router from which they received their facts. */
    if (entry->local || is_needed(self, entry, expires, until >= expires ? source : NULL))
        wl_fact_set_mark_renewed(self->facts, entry, self->now, expires);
    else
        wl_fact_set_mark_settled(self->facts, entry, expires);
}

void
wl_engine_fact_sources_changed(WlEngine *self, WlFactEntry *entry)
{
    /* For subscribers that know the fact, another source of it is a renewal. */
    if (entry->advertised_until > self->now)
        wl_engine_fact_renewed(self, entry, NULL, self->now);
    else if (wl_fact_entry_expires(entry, self->now) > self->now)
        wl_engine_fact_changed(self, entry);
}
