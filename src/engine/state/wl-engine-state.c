/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-engine-state.h"

#include "state/wl-datagram-size.h"
#include "state/wl-knowledge.h"
#include "state/wl-peer.h"
#include "wl-address.h"
#include "wl-key.h"
#include "wl-prefix-map.h"
#include "wl-prefix-set.h"

void
wl_engine_schedule_all(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_scheduler_schedule(&self->scheduler, wl_peer_table_get(&self->peers, i));
}

void
wl_engine_request_snapshot(WlEngine *self)
{
    self->outputs.snapshot_wanted = TRUE;
    if (self->scheduler.current)
        wl_scheduler_await_snapshot(&self->scheduler, self->scheduler.current);
}

void
wl_engine_request_snapshot_for(WlEngine *self, WlPeer *peer)
{
    self->outputs.snapshot_wanted = TRUE;
    wl_scheduler_await_snapshot(&self->scheduler, peer);
}

gint64
wl_engine_jitter(WlEngine *self, gint64 base)
{
    guint8 bytes[2];

    self->random.func(self->random.data, bytes, sizeof(bytes));
    return base * 9 / 10 + base / 5 * ((bytes[0] << 8) | bytes[1]) / 65535;
}

void
wl_engine_log(WlEngine *self, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    wl_outputs_log(&self->outputs, self->now, format, arguments);
    va_end(arguments);
}

void
wl_engine_send_datagram(WlEngine *self, WlPeer *peer, GBytes *bytes)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_SEND);

    output->key = peer->key;
    output->destination = peer->link_local;
    output->bytes = bytes;
    peer->own_tx += wl_datagram_size_in_device(g_bytes_get_size(bytes));
    wl_outputs_push_send(&self->outputs, output);
}

/* ---- marks */

void
wl_engine_candidates_changed(WlEngine *self, WlPeer *peer)
{
    peer->candidates_dirty = TRUE;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_engine_local_facts_changed(WlEngine *self, WlPeer *peer)
{
    peer->local_dirty = TRUE;
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
    peer->name_dirty = TRUE;
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

/* Some subscriber knows @entry for a shorter time than until @expires, when it runs out. @source,
 * which may be NULL, is known to know it so long. */
static gboolean
is_needed(WlEngine *self, const WlFactEntry *entry, gint64 expires, const WlPeer *source)
{
    for (guint i = 0; i < self->advertiser.subscribers->len; i++) {
        const WlPeer *peer = self->advertiser.subscribers->pdata[i];

        wl_scheduler_count_work(&self->scheduler);
        if (peer != source && !wl_advertiser_is_about_receiver(peer, &entry->fact) &&
            wl_knowledge_needs(&entry->known, peer->slot, expires, self->now, expires - self->now))
            return wl_advertiser_may_advertise(&self->peers, &self->own.key, &entry->fact);
    }
    return FALSE;
}

void
wl_engine_fact_changed(WlEngine *self, WlFactEntry *entry)
{
    wl_fact_set_change(self->facts, entry, self->now);
    self->advertiser.pending = TRUE;
}

void
wl_engine_fact_renewed(WlEngine *self, WlFactEntry *entry, const WlPeer *source, gint64 until)
{
    gint64 expires = wl_fact_entry_expires(entry, self->now);

    /* No time of its own for what all know anyway: who tells a leaf is mostly all whom it tells. */
    if (entry->local || is_needed(self, entry, expires, until >= expires ? source : NULL))
        wl_fact_set_renewed(self->facts, entry, self->now, expires);
    else
        wl_fact_set_settled(self->facts, entry, expires);
}

void
wl_engine_fact_sources_changed(WlEngine *self, WlFactEntry *entry)
{
    /* One more who says so is no news to those who know it. */
    if (entry->told_until > self->now)
        wl_engine_fact_renewed(self, entry, NULL, 0);
    else if (wl_fact_entry_expires(entry, self->now) > self->now)
        wl_engine_fact_changed(self, entry);
}

/* ---- predicates */

gboolean
wl_engine_can_reach(const WlEngine *self, const WlPeer *peer)
{
    return self->uplink.present || MAX(peer->last_heard, peer->handshake) >= self->uplink.since;
}

gboolean
wl_engine_may_deconfigure(const WlEngine *self)
{
    return self->now - self->started > WL_FACT_TTL && !self->own.router &&
           self->own.trust < WL_TRUST_ALLOWED_IPS;
}

gboolean
wl_engine_may_delete(const WlEngine *self)
{
    if (self->now - self->started <= WL_FACT_TTL || self->own.router ||
        self->own.trust >= WL_TRUST_MEMBERSHIP)
        return FALSE;
    for (guint i = 0; i < self->peers.authorities->len; i++) {
        if (wl_peer_is_healthy_enough(self->peers.authorities->pdata[i], self->now))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, key);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        if (wl_fact_is_member(&entry->fact) && wl_fact_entry_accepted(entry, stale))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const WlPeer *peer;
    WlPeer *router;
} Cover;

/* The most specific comes last; one prefix has one router. */
static gboolean
note_router(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Cover *cover = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        WlPeer *router = peers->pdata[i];
        if (router != cover->peer && router->router && router->healthy &&
            wl_prefix_set_contains(router->always, prefix))
            cover->router = router;
    }
    return FALSE;
}

WlPeer *
wl_engine_find_fallback_router(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix)
{
    Cover cover = {.peer = peer};

    wl_prefix_map_find_covering(self->prefixes.configured, prefix, note_router, &cover);
    return cover.router;
}
