/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-members.h"

#include <string.h>

#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-member-places.h"
#include "state/wl-engine-predicates.h"
#include "state/wl-removal-rules.h"
#include "wl-array.h"
#include "wl-link-local.h"
#include "wl-role.h"

void
wl_members_evaluate_trust(WlEngine *self, WlPeer *peer)
{
    WlTrustInput input = {
        .configured = wl_peer_get_configured_trust(peer),
        .any_configured = self->own.any_trust,
        .source_is_network_router =
            peer->config && wl_role_is_network_router(self->config, peer->config),
        .source_is_peer = TRUE,
    };

    peer->membership.trust = wl_trust_evaluate(&input, &peer->membership.trust_source);
}

WlPeer *
wl_members_add(WlEngine *self, const WlKey *key, const WlPeerConfig *config)
{
    WlPeer *peer = wl_peer_table_add(&self->peers, key, config);

    wl_members_evaluate_trust(self, peer);
    wl_scheduler_schedule(&self->scheduler, peer);
    wl_fact_evaluate_about(self, key);
    return peer;
}

static void
refuse_too_many(WlEngine *self)
{
    wl_engine_count_refused(self, WL_VERDICT_TOO_MANY);
    if (self->membership.full_logged + WL_FULL_LOG_INTERVAL > self->now)
        return;
    self->membership.full_logged = self->now;
    wl_engine_log(self, NULL,
                  "too many members (limit: %u learned); add further members to the profile",
                  WL_MAX_LEARNED_PEERS);
}

/* Makes room for @key, if one introduces many more members than who introduces it. */
static gboolean
make_room(WlEngine *self, const WlKey *key, WlMemberPlaces **places)
{
    WlPeer *victim;

    if (self->peers.learned < WL_MAX_LEARNED_PEERS + self->membership.displaced->len)
        return TRUE;
    if (!*places)
        *places = wl_member_places_new(self);
    victim = wl_member_places_find_victim(*places, key);
    refuse_too_many(self);
    if (!victim)
        return FALSE;
    wl_member_places_note(*places, &victim->key, FALSE);
    wl_member_places_note(*places, key, TRUE);
    victim->membership.displaced = TRUE;
    g_ptr_array_add(self->membership.displaced, victim);
    return TRUE;
}

/* docs/protocol.md 6.4: the subject of an accepted member fact is a member. *places is made when it
 * is needed. */
static void
add_member(WlEngine *self, const WlKey *key, WlMemberPlaces **places)
{
    WlIp link_local;

    wl_key_link_local(key, &link_local);
    if (wl_key_is_zero(key) || g_hash_table_contains(self->peers.by_link_local, &link_local))
        wl_engine_count_refused(self, WL_VERDICT_COLLISION);
    else if (make_room(self, key, places))
        wl_members_add(self, key, NULL);
}

void
wl_members_restore(WlEngine *self, const WlKey *key)
{
    g_autoptr(WlMemberPlaces) places = NULL;

    if (!wl_peer_table_find(&self->peers, key) && wl_engine_is_member(self, key, TRUE))
        add_member(self, key, &places);
}

void
wl_members_set_orphaned(WlEngine *self, WlPeer *peer, gboolean orphaned)
{
    if (peer->membership.orphaned == orphaned)
        return;
    peer->membership.orphaned = orphaned;
    if (orphaned)
        g_ptr_array_add(self->membership.orphaned, peer);
    else
        g_ptr_array_remove(self->membership.orphaned, peer);
}

void
wl_members_drop(WlEngine *self, WlPeer *peer)
{
    wl_members_set_orphaned(self, peer, FALSE);
    g_ptr_array_remove(self->membership.displaced, peer);
}

static void
update_subject(WlEngine *self, const WlKey *key, WlMemberPlaces **places)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, key);

    wl_scheduler_count_work(&self->scheduler);
    if (peer && !peer->config)
        wl_members_set_orphaned(self, peer, !wl_engine_is_member(self, key, TRUE));
    else if (!peer && !wl_key_equal(key, &self->own.key) && wl_engine_is_member(self, key, FALSE))
        add_member(self, key, places);
}

/* Updates the members whose facts changed. With @forget_names, drops names that no accepted fact
 * contains any more. */
static void
update_subjects(WlEngine *self, gboolean forget_names)
{
    g_autoptr(GArray) subjects = g_steal_pointer(&self->membership.changed);
    g_autoptr(WlMemberPlaces) places = NULL;

    self->membership.changed = wl_array_new(WlKey);
    g_array_sort(subjects, wl_key_compare);
    for (guint i = 0; i < subjects->len; i++) {
        const WlKey *key = &g_array_index(subjects, WlKey, i);
        WlPeer *peer;

        if (i > 0 && wl_key_equal(key, &g_array_index(subjects, WlKey, i - 1)))
            continue;
        update_subject(self, key, &places);
        peer = forget_names ? wl_peer_table_find(&self->peers, key) : NULL;
        if (peer)
            wl_display_names_unlearn(self, peer);
    }
}

void
wl_members_update(WlEngine *self)
{
    self->membership.leaving = FALSE;
    if (self->membership.changed->len == 0 && !self->evaluation.stale_due)
        return;
    self->evaluation.stale_due = FALSE;
    update_subjects(self, FALSE);
    /* Without an authoritative source orphaned members stay. */
    self->membership.leaving = self->membership.orphaned->len > 0 && wl_engine_may_delete(self);
    if (self->membership.leaving)
        wl_peer_list_sort(self->membership.orphaned);
}

WlPeer *
wl_members_get_leaver(const WlEngine *self)
{
    const GPtrArray *orphaned = self->membership.orphaned;
    const GPtrArray *displaced = self->membership.displaced;

    if (displaced->len > 0)
        return displaced->pdata[displaced->len - 1];
    return self->membership.leaving && orphaned->len > 0 ? orphaned->pdata[orphaned->len - 1]
                                                         : NULL;
}

WlPeer *
wl_members_update_by_profile(WlEngine *self, GHashTable *kept)
{
    update_subjects(self, TRUE);
    wl_peer_list_sort(self->membership.orphaned);
    for (guint i = 0; i < self->membership.orphaned->len; i++) {
        WlPeer *peer = self->membership.orphaned->pdata[i];
        if (!g_hash_table_contains(kept, &peer->key))
            return peer;
    }
    return NULL;
}
