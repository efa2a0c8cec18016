/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "wl-engine-private.h"

static int
key_search(const WlEngine *self, const WlKey *key, guint *index)
{
    guint low = 0, high = self->peers->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const WlPeer *peer = self->peers->pdata[middle];
        if (wl_key_compare(&peer->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < self->peers->len && wl_key_equal(&((WlPeer *) self->peers->pdata[low])->key, key);
}

WlPeer *
wl_engine_find(const WlEngine *self, const WlKey *key)
{
    return g_hash_table_lookup(self->by_key, key);
}

static guint
take_slot(WlEngine *self)
{
    gboolean taken = TRUE;

    for (guint i = 0; i < self->slots->len; i++) {
        if (!g_array_index(self->slots, gboolean, i)) {
            g_array_index(self->slots, gboolean, i) = TRUE;
            return i;
        }
    }
    g_array_append_val(self->slots, taken);
    return self->slots->len - 1;
}

void
wl_engine_evaluate_trust(WlEngine *self, WlPeer *peer)
{
    WlTrustInput question = {
        .configured = wl_peer_get_configured_trust(peer),
        .any_configured = self->any_trust,
        .source_is_router = peer->router,
        .source_is_peer = TRUE,
    };

    peer->trust = wl_trust_evaluate(&question, &peer->trust_source);
}

WlPeer *
wl_engine_add_peer(WlEngine *self, const WlKey *key, const WlPeerConfig *config)
{
    WlPeer *peer = wl_peer_new(key, config, take_slot(self));
    guint index;

    key_search(self, key, &index);
    g_ptr_array_insert(self->peers, (int) index, peer);
    g_hash_table_insert(self->by_key, &peer->key, peer);
    g_hash_table_insert(self->by_link_local, &peer->link_local, peer);
    peer->basic = config && config->basic;
    wl_engine_evaluate_trust(self, peer);
    if (!config)
        self->learned_peers++;
    wl_engine_touch(self, peer);
    wl_engine_judge_about(self, key);
    return peer;
}

void
wl_engine_remove_peer(WlEngine *self, WlPeer *peer)
{
    g_autofree char *label = wl_peer_dup_label(peer);
    WlOutput *output;
    guint index;
    WlKey key;

    if (peer->in_device) {
        output = wl_output_new(WL_OUTPUT_CHANGE_PEER);
        output->key = peer->key;
        output->change = wl_peer_change_new(WL_PEER_REMOVE, &peer->key);
        wl_engine_emit(self, output);
    }
    output = wl_output_new(WL_OUTPUT_PEER_REMOVED);
    output->key = peer->key;
    wl_engine_emit(self, output);
    wl_engine_log(self, "%s: no member any more", label);

    wl_engine_watch_peer(self, peer, FALSE);
    wl_engine_let_sleep(self, peer, FALSE);
    wl_engine_end_approach(self, peer);
    wl_engine_drop_awaited(self, peer);
    wl_engine_untouch(self, peer);
    wl_engine_forget_name(self, peer);
    g_ptr_array_remove(self->unwanted, peer);
    wl_deadlines_set(self->alives, &peer->alive_deadline, WL_NEVER);
    if (peer->listener != 0)
        wl_engine_stop_listening(self, peer);
    wl_fact_set_forget(self->facts, peer->slot);
    wl_engine_drop_source(self, &peer->key);
    wl_signer_forget(self->signer, &peer->key);
    g_array_index(self->slots, gboolean, peer->slot) = FALSE;
    g_hash_table_remove(self->by_key, &peer->key);
    g_hash_table_remove(self->by_link_local, &peer->link_local);
    if (!peer->config)
        self->learned_peers--;
    wl_engine_update_near(self, peer, NULL);
    wl_engine_drop_hosts(self, peer);
    wl_engine_disown(self, peer);
    key = peer->key;
    if (key_search(self, &key, &index))
        g_ptr_array_remove_index(self->peers, index);
    wl_engine_drop_local_facts(self, &key);
    wl_engine_judge_about(self, &key);
}

gboolean
wl_engine_may_deconfigure(const WlEngine *self)
{
    return self->now - self->started > WL_FACT_TTL && !self->router &&
           self->own_trust < WL_TRUST_ALLOWED_IPS;
}

gboolean
wl_engine_may_delete(const WlEngine *self)
{
    if (self->now - self->started <= WL_FACT_TTL || self->router ||
        self->own_trust >= WL_TRUST_MEMBERSHIP)
        return FALSE;
    for (guint i = 0; i < self->sources->len; i++) {
        if (wl_peer_is_healthy_enough(self->sources->pdata[i], self->now))
            return TRUE;
    }
    return FALSE;
}

void
wl_engine_subject_changed(WlEngine *self, const WlKey *subject)
{
    WlPeer *peer = wl_engine_find(self, subject);

    g_array_append_val(self->subjects, *subject);
    wl_engine_memory_changed(self);
    if (!peer)
        return;
    peer->name_dirty = TRUE;
    wl_engine_local_changed(self, peer);
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

static void
refuse_member(WlEngine *self)
{
    self->refused[WL_VERDICT_TOO_MANY]++;
    if (self->members_full_said + WL_FULL_SAID > self->now)
        return;
    self->members_full_said = self->now;
    wl_engine_log(
        self,
        "more members are told of than the %u that are learned; others have to be in the profile",
        WL_MAX_LEARNED_PEERS);
}

/* docs/protocol.md 6.4: whoever a source trusted with membership names is a member. */
static void
add_member(WlEngine *self, const WlKey *key)
{
    WlIp link_local;

    wl_key_link_local(key, &link_local);
    if (wl_key_is_zero(key) || g_hash_table_contains(self->by_link_local, &link_local))
        self->refused[WL_VERDICT_COLLISION]++;
    else if (self->learned_peers >= WL_MAX_LEARNED_PEERS)
        refuse_member(self);
    else
        wl_engine_add_peer(self, key, NULL);
}

void
wl_engine_recall_member(WlEngine *self, const WlKey *key)
{
    if (!wl_engine_find(self, key) && wl_engine_is_member(self, key, TRUE))
        add_member(self, key);
}

void
wl_engine_set_unwanted(WlEngine *self, WlPeer *peer, gboolean unwanted)
{
    if (peer->unwanted == unwanted)
        return;
    peer->unwanted = unwanted;
    if (unwanted)
        g_ptr_array_add(self->unwanted, peer);
    else
        g_ptr_array_remove(self->unwanted, peer);
}

static void
update_subject(WlEngine *self, const WlKey *key)
{
    WlPeer *peer = wl_engine_find(self, key);

    self->steps++;
    if (peer && !peer->config)
        wl_engine_set_unwanted(self, peer, !wl_engine_is_member(self, key, TRUE));
    else if (!peer && !wl_key_equal(key, &self->public_key) &&
             wl_engine_is_member(self, key, FALSE))
        add_member(self, key);
}

/* Those of whom something is said, or not any more. */
static void
update_subjects(WlEngine *self, gboolean unlearn)
{
    g_autoptr(GArray) subjects = g_steal_pointer(&self->subjects);

    self->subjects = g_array_new(FALSE, FALSE, sizeof(WlKey));
    g_array_sort(subjects, wl_key_compare);
    for (guint i = 0; i < subjects->len; i++) {
        const WlKey *key = &g_array_index(subjects, WlKey, i);
        WlPeer *peer;

        if (i > 0 && wl_key_equal(key, &g_array_index(subjects, WlKey, i - 1)))
            continue;
        update_subject(self, key);
        peer = unlearn ? wl_engine_find(self, key) : NULL;
        if (peer)
            wl_engine_unlearn_name(self, peer);
    }
}

void
wl_engine_update_members(WlEngine *self)
{
    if (self->subjects->len == 0 && !self->stale_dirty)
        return;
    self->stale_dirty = FALSE;
    update_subjects(self, FALSE);
    /* Where nobody reliable is there they wait for somebody who is. */
    if (self->unwanted->len == 0 || !wl_engine_may_delete(self))
        return;
    wl_engine_sort_peers(self->unwanted);
    while (self->unwanted->len > 0)
        wl_engine_remove_peer(self, self->unwanted->pdata[self->unwanted->len - 1]);
}

static WlPeer *
find_other(const GPtrArray *peers, GHashTable *but)
{
    for (guint i = 0; i < peers->len; i++) {
        WlPeer *peer = peers->pdata[i];
        if (!g_hash_table_contains(but, &peer->key))
            return peer;
    }
    return NULL;
}

void
wl_engine_apply_trust(WlEngine *self, GHashTable *waiting)
{
    WlPeer *peer;

    do {
        self->claims_due = WL_LONG_AGO;
        wl_engine_judge(self);
        update_subjects(self, TRUE);
        wl_engine_sort_peers(self->unwanted);
        peer = find_other(self->unwanted, waiting);
        if (peer)
            wl_engine_remove_peer(self, peer);
    } while (peer || self->subjects->len > 0);
}
