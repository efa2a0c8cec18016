/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

#include <sodium.h>
#include <string.h>

static guint
ip_hash(gconstpointer key)
{
    const WlIp *ip = key;
    guint hash;

    /* A link-local address is a hash already. */
    memcpy(&hash, ip->bytes + 8, sizeof(hash));
    return hash;
}

static gboolean
ip_equal(gconstpointer a, gconstpointer b)
{
    return wl_ip_equal(a, b);
}

/* ---- the turn */

void
wl_engine_advance(WlEngine *self, gint64 now)
{
    self->now = MAX(self->now, now);
}

void
wl_engine_touch(WlEngine *self, WlPeer *peer)
{
    /* Every turn still runs the steps of all peers. */
}

/* Members bring facts about them into force, and facts bring members: until nothing moves, bounded.
 */
static void
settle_facts(WlEngine *self)
{
    for (guint i = 0; i < 4; i++) {
        wl_engine_judge(self);
        wl_engine_update_members(self);
        if (!self->judge_dirty)
            break;
    }
}

static void
run_peers(WlEngine *self)
{
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        wl_engine_update_candidates(self, peer);
        wl_engine_run_lookups(self, peer);
        wl_engine_run_move(self, peer);
        wl_engine_run_attempt(self, peer);
        wl_engine_run_way(self, peer);
    }
}

void
wl_engine_turn(WlEngine *self)
{
    self->deadline = WL_NEVER;
    wl_engine_update_health(self);
    wl_engine_expire_facts(self);
    settle_facts(self);
    wl_engine_update_names(self);
    wl_engine_update_boot_id(self);
    wl_engine_update_local_facts(self);
    run_peers(self);
    wl_engine_run_traffic(self);
    wl_engine_plan(self);
    wl_engine_update_local_facts(self); /* again: what the plan changed */
    wl_engine_update_routes(self);
    wl_engine_send(self);
    wl_engine_update_views(self);
    wl_engine_flush(self);
    /* Whatever was due now has been done or asked for: never a deadline that is over. */
    if (self->deadline <= self->now)
        self->deadline = self->now + WL_MS(1);
}

/* ---- life */

static void
read_profile(WlEngine *self)
{
    gboolean router_peer = FALSE;

    self->own_entry = wl_engine_config_find(self->config, &self->public_key);
    self->own_trust = self->own_entry ? self->own_entry->trust : WL_TRUST_UNSET;
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        self->any_trust |= peer->trust != WL_TRUST_UNSET;
        if (peer == self->own_entry)
            continue;
        self->any_membership |= peer->trust >= WL_TRUST_MEMBERSHIP;
        router_peer |= wl_peer_config_is_router(peer);
    }
    self->router = self->config->role == WL_ROLE_ROUTER ||
                   (self->config->role == WL_ROLE_AUTOMATIC && !router_peer);
}

static void
add_configured(WlEngine *self)
{
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        g_hash_table_insert(self->metadata, (gpointer) &peer->public_key,
                            wl_engine_make_metadata(peer));
        if (peer != self->own_entry)
            wl_engine_add_peer(self, &peer->public_key, peer);
    }
    wl_engine_classify_allowed(self);
}

WlEngine *
wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
              GError **error)
{
    WlEngine *self;
    WlKey public_key;

    if (!wl_engine_config_check(config, &public_key, error))
        return NULL;

    self = g_new0(WlEngine, 1);
    self->config = wl_engine_config_copy(config);
    self->public_key = public_key;
    self->random = random;
    self->random_data = user_data;
    self->signer = wl_signer_new(&config->private_key, random, user_data);
    wl_key_wipe(&self->config->private_key); /* the signer has it */
    self->started = self->now = now;
    self->refreshed = WL_LONG_AGO;
    self->deadline = WL_NEVER;
    self->snapshot_asked = WL_LONG_AGO;
    self->stale_due = WL_NEVER;
    self->claims_due = WL_LONG_AGO;
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_free);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->by_link_local = g_hash_table_new(ip_hash, ip_equal);
    self->slots = g_array_new(FALSE, TRUE, sizeof(gboolean));
    self->facts = wl_fact_set_new();
    self->metadata =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) wl_metadata_unref);
    self->routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_queue_init(&self->outputs);
    g_queue_init(&self->sends);
    wl_policy_init(&self->policy, self->config);
    wl_boot_id_make(&self->boot_id, random, user_data);
    self->boot_id_made = now;
    read_profile(self);
    add_configured(self);
    self->routes_dirty = TRUE;
    wl_engine_turn(self);
    return self;
}

void
wl_engine_free(WlEngine *self)
{
    WlOutput *output;

    if (!self)
        return;
    while ((output = g_queue_pop_head(&self->outputs)))
        wl_output_free(output);
    while ((output = g_queue_pop_head(&self->sends)))
        wl_output_free(output);
    wl_policy_clear(&self->policy);
    g_array_unref(self->routes);
    g_hash_table_unref(self->metadata);
    wl_fact_set_free(self->facts);
    g_array_unref(self->slots);
    g_hash_table_unref(self->by_link_local);
    g_hash_table_unref(self->by_key);
    g_ptr_array_unref(self->peers);
    wl_signer_free(self->signer);
    wl_engine_config_free(self->config);
    sodium_memzero(self, sizeof(*self));
    g_free(self);
}

/* ---- inputs */

void
wl_engine_time(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    wl_engine_turn(self);
}

void
wl_engine_snapshot(WlEngine *self, gint64 now, const WlDevice *device)
{
    wl_engine_advance(self, now);
    wl_engine_apply_snapshot(self, device);
    wl_engine_turn(self);
}

void
wl_engine_datagram(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    guint64 flood = self->received[WL_RECEIVE_FLOOD];

    wl_engine_advance(self, now);
    wl_engine_receive(self, source, data, length);
    /* What is dropped unread changes nothing: no turn for it. */
    if (self->received[WL_RECEIVE_FLOOD] == flood)
        wl_engine_turn(self);
}

/* Ways that worked may not any more, and those that did not may. */
static void
uplink_changed(WlEngine *self)
{
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        peer->candidates_dirty = TRUE;
        if (peer->healthy)
            peer->move.hint = TRUE;
        else
            peer->attempt.restart = TRUE;
        for (guint j = 0; j < peer->lookups->len; j++) {
            WlLookup *lookup = peer->lookups->pdata[j];
            lookup->due = MIN(lookup->due, self->now);
            lookup->backoff = WL_RESOLVE_FIRST;
        }
    }
}

void
wl_engine_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    wl_engine_advance(self, now);
    if (wl_policy_set_local(&self->policy, addresses, n)) {
        self->uplink = wl_policy_has_uplink(&self->policy);
        self->local_dirty = self->judge_dirty = TRUE;
        uplink_changed(self);
    }
    wl_engine_turn(self);
}

/* Everything is sent to everybody, who are asked for theirs, and every address tried again. */
static void
start_anew(WlEngine *self)
{
    wl_boot_id_make(&self->boot_id, self->random, self->random_data);
    self->boot_id_made = self->now;
    self->boot_id_wanted = FALSE;
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        wl_engine_forget(self, peer);
    }
    self->local_dirty = TRUE;
    uplink_changed(self);
    wl_engine_want_snapshot(self);
    wl_engine_turn(self);
}

void
wl_engine_link_recreated(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        peer->in_device = peer->device_link_local = FALSE;
        peer->endpoint = (WlEndpoint){0};
        peer->handshake = -1;
        peer->change_retry = WL_LONG_AGO;
        g_array_set_size(peer->device_allowed, 0);
        peer->allowed_serial++;
        peer->candidates_dirty = TRUE;
        wl_peer_reset_attempt(peer);
    }
    start_anew(self);
}

gboolean
wl_engine_refresh(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    if (self->refreshed + WL_RESEND_INTERVAL > self->now)
        return FALSE;
    self->refreshed = self->now;
    start_anew(self);
    return TRUE;
}

/* ---- outputs */

WlOutput *
wl_engine_next_output(WlEngine *self)
{
    return g_queue_pop_head(&self->outputs);
}

gint64
wl_engine_get_deadline(const WlEngine *self)
{
    return self->deadline;
}
