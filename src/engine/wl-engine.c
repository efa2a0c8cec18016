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

gint64
wl_engine_pace(guint n, gint64 each)
{
    return n > WL_PACE_FROM ? (n - WL_PACE_FROM) * each : 0;
}

void
wl_engine_touch(WlEngine *self, WlPeer *peer)
{
    if (peer->touched || peer == self->current)
        return;
    peer->touched = TRUE;
    g_ptr_array_add(self->touched, peer);
}

void
wl_engine_touch_all(WlEngine *self)
{
    for (guint i = 0; i < self->peers->len; i++)
        wl_engine_touch(self, self->peers->pdata[i]);
}

void
wl_engine_untouch(WlEngine *self, WlPeer *peer)
{
    GPtrArray *lists[] = {self->touched, self->running, self->served, self->waiting};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_remove(lists[i], peer);
    wl_deadlines_set(self->deadlines, &peer->deadline, WL_NEVER);
}

static int
by_key(gconstpointer a, gconstpointer b)
{
    const WlPeer *x = *(WlPeer *const *) a, *y = *(WlPeer *const *) b;

    return wl_key_compare(&x->key, &y->key);
}

void
wl_engine_sort_peers(GPtrArray *peers)
{
    if (peers->len > 1)
        g_ptr_array_sort(peers, by_key);
}

static void
run_step(WlEngine *self, WlPeer *peer, WlStep step, void (*func)(WlEngine *, WlPeer *))
{
    gint64 first = WL_NEVER;

    self->steps++;
    self->step = step;
    self->current = peer;
    peer->needs[step] = WL_NEVER;
    func(self, peer);
    self->current = NULL;
    self->step = WL_STEP_INPUT;
    for (guint i = 0; i < WL_STEP_N; i++)
        first = MIN(first, peer->needs[i]);
    wl_deadlines_set(self->deadlines, &peer->deadline, first);
}

static void
run_steps(WlEngine *self, GPtrArray *peers, WlStep step, void (*func)(WlEngine *, WlPeer *))
{
    for (guint i = 0; i < peers->len; i++)
        run_step(self, peers->pdata[i], step, func);
}

/* Those whose time has come. */
static void
gather_due(WlEngine *self)
{
    WlPeer *peer;

    while ((peer = wl_deadlines_due(self->deadlines, self->now))) {
        wl_deadlines_set(self->deadlines, &peer->deadline, WL_NEVER);
        peer->needs[WL_STEP_INPUT] = WL_NEVER;
        wl_engine_touch(self, peer);
    }
}

/* Those touched join the peers whose steps run; their health comes before everything else. */
static void
gather_touched(WlEngine *self)
{
    while (self->touched->len > 0) {
        GPtrArray *fresh = self->touched;

        self->touched = self->gathered;
        self->gathered = fresh;
        wl_engine_sort_peers(fresh);
        for (guint i = 0; i < fresh->len; i++) {
            WlPeer *peer = fresh->pdata[i];

            peer->touched = FALSE;
            if (peer->running)
                continue;
            peer->running = TRUE;
            g_ptr_array_add(self->running, peer);
        }
        run_steps(self, fresh, WL_STEP_HEALTH, wl_engine_update_health);
        g_ptr_array_set_size(fresh, 0);
    }
    wl_engine_sort_peers(self->running);
}

/* Members bring facts about them into force, and facts bring members: until nothing moves, bounded.
 */
static void
settle_facts(WlEngine *self)
{
    for (guint i = 0; i < 4; i++) {
        wl_engine_judge(self);
        wl_engine_update_members(self);
        if (!self->judge_dirty && !self->claims_dirty && self->subjects->len == 0)
            break;
    }
}

static void
try_peer(WlEngine *self, WlPeer *peer)
{
    wl_engine_update_candidates(self, peer);
    wl_engine_run_lookups(self, peer);
    wl_engine_run_move(self, peer);
    wl_engine_run_attempt(self, peer);
    wl_engine_run_way(self, peer);
    wl_engine_update_hosts(self, peer);
}

/* What one peer gives up must be free before another takes it. */
static void
plan(WlEngine *self)
{
    for (guint i = 0; i < self->running->len; i++) {
        WlPeer *peer = self->running->pdata[i];
        if (!peer->direct)
            run_step(self, peer, WL_STEP_PLAN, wl_engine_plan_peer);
    }
    for (guint i = 0; i < self->running->len; i++) {
        WlPeer *peer = self->running->pdata[i];
        if (peer->direct)
            run_step(self, peer, WL_STEP_PLAN, wl_engine_plan_peer);
    }
}

static void
update_local_facts(WlEngine *self)
{
    wl_engine_update_own_facts(self);
    for (guint i = 0; i < self->running->len; i++)
        wl_engine_update_local_facts(self, self->running->pdata[i]);
}

static void
end_pass(WlEngine *self)
{
    for (guint i = 0; i < self->running->len; i++) {
        WlPeer *peer = self->running->pdata[i];

        peer->running = FALSE;
        if (peer->served)
            continue;
        peer->served = TRUE;
        g_ptr_array_add(self->served, peer);
    }
    g_ptr_array_set_size(self->running, 0);
}

/* Every step but those that are the last word about a turn. */
static void
run_pass(WlEngine *self)
{
    gather_touched(self);
    wl_engine_expire_facts(self);
    settle_facts(self);
    wl_engine_update_boot_id(self);
    gather_touched(self);
    for (guint i = 0; i < self->running->len; i++)
        wl_engine_update_name(self, self->running->pdata[i]);
    update_local_facts(self);
    run_steps(self, self->running, WL_STEP_TRY, try_peer);
    plan(self);
    update_local_facts(self); /* again: what the plan changed */
    end_pass(self);
}

static gboolean
is_unsettled(const WlEngine *self)
{
    return self->touched->len > 0 || (self->claims_dirty && self->claims_due <= self->now);
}

/* What a peer's steps do to another is done in the same turn, within bounds. */
#define MAX_PASSES 4

void
wl_engine_turn(WlEngine *self)
{
    self->deadline = WL_NEVER;
    gather_due(self);
    for (guint i = 0; i < MAX_PASSES && (i == 0 || is_unsettled(self)); i++)
        run_pass(self);
    wl_engine_run_traffic(self);
    wl_engine_remember(self);
    wl_engine_update_routes(self);

    self->telling++;
    wl_engine_gather_listeners(self, self->served);
    wl_engine_sort_peers(self->served);
    run_steps(self, self->served, WL_STEP_SEND, wl_engine_send);
    run_steps(self, self->served, WL_STEP_VIEW, wl_engine_update_view);
    for (guint i = 0; i < self->served->len; i++)
        ((WlPeer *) self->served->pdata[i])->served = FALSE;
    g_ptr_array_set_size(self->served, 0);

    wl_engine_flush(self);
    if (self->touched->len > 0)
        wl_engine_need(self, self->now);
    wl_engine_need(self, wl_deadlines_first(self->deadlines));
    /* Whatever was due now has been done or asked for: never a deadline that is over. */
    if (self->deadline <= self->now)
        self->deadline = self->now + WL_MS(1);
}

/* ---- life */

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
    self->refreshed = self->uplink_since = WL_LONG_AGO;
    self->deadline = WL_NEVER;
    self->snapshot_asked = self->snapshot_read = self->dropped_grown = WL_LONG_AGO;
    self->listeners_served = self->facts_full_said = self->members_full_said = WL_LONG_AGO;
    self->claims_due = WL_LONG_AGO;
    self->memory_due = WL_NEVER;
    self->neighbours = g_array_new(FALSE, TRUE, sizeof(WlNeighbour));
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_free);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->by_link_local = g_hash_table_new(ip_hash, ip_equal);
    self->near =
        g_hash_table_new_full(ip_hash, ip_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    self->named =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    self->slots = g_array_new(FALSE, TRUE, sizeof(gboolean));
    self->routers = g_ptr_array_new();
    self->sources = g_ptr_array_new();
    self->touched = g_ptr_array_new();
    self->gathered = g_ptr_array_new();
    self->running = g_ptr_array_new();
    self->served = g_ptr_array_new();
    self->waiting = g_ptr_array_new();
    self->wanted = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    self->unwanted = g_ptr_array_new();
    self->listeners = g_ptr_array_new();
    self->deadlines = wl_deadlines_new();
    self->alives = wl_deadlines_new();
    self->configured = wl_prefix_map_new((GDestroyNotify) g_ptr_array_unref);
    self->routed = wl_prefix_map_new(NULL);
    wl_engine_init_claimed(self);
    wl_engine_init_traffic(self);
    self->subjects = g_array_new(FALSE, FALSE, sizeof(WlKey));
    self->facts = wl_fact_set_new();
    self->metadata =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) wl_metadata_unref);
    self->inbox = wl_fact_array_new();
    self->routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_queue_init(&self->outputs);
    g_queue_init(&self->sends);
    wl_policy_init(&self->policy, self->config);
    wl_boot_id_make(&self->boot_id, random, user_data);
    self->boot_id_made = now;
    wl_engine_read_profile(self);
    wl_engine_add_configured(self);
    self->own_dirty = TRUE;
    wl_engine_init_names(self);
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
    g_array_unref(self->inbox);
    g_array_unref(self->routes);
    g_array_unref(self->neighbours);
    g_hash_table_unref(self->metadata);
    wl_fact_set_free(self->facts);
    g_array_unref(self->slots);
    g_hash_table_unref(self->names);
    g_array_unref(self->subjects);
    wl_engine_clear_claimed(self);
    wl_engine_clear_traffic(self);
    wl_prefix_map_free(self->routed);
    wl_prefix_map_free(self->configured);
    wl_deadlines_free(self->alives);
    wl_deadlines_free(self->deadlines);
    g_ptr_array_unref(self->listeners);
    g_ptr_array_unref(self->unwanted);
    g_array_unref(self->wanted);
    g_ptr_array_unref(self->waiting);
    g_ptr_array_unref(self->served);
    g_ptr_array_unref(self->running);
    g_ptr_array_unref(self->gathered);
    g_ptr_array_unref(self->touched);
    g_ptr_array_unref(self->sources);
    g_ptr_array_unref(self->routers);
    g_hash_table_unref(self->named);
    g_hash_table_unref(self->near);
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
wl_engine_advance_time(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    wl_engine_turn(self);
}

void
wl_engine_device_snapshot(WlEngine *self, gint64 now, const WlDevice *device)
{
    wl_engine_advance(self, now);
    wl_engine_apply_snapshot(self, device);
    wl_engine_turn(self);
}

void
wl_engine_datagram_received(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                            gsize length)
{
    guint64 flood = self->received[WL_RECEIVE_FLOOD];

    wl_engine_advance(self, now);
    wl_engine_receive(self, source, data, length);
    /* What is dropped unread changes nothing: no turn for it. */
    if (self->received[WL_RECEIVE_FLOOD] == flood)
        wl_engine_turn(self);
}

/* In which several words about an uplink are about one change. */
#define UPLINK_SETTLES WL_MS(300)

/* Ways that worked may not any more, and those that did not may. */
static void
uplink_changed(WlEngine *self)
{
    self->uplink_since = self->now;
    wl_engine_forget_neighbours(self);
    wl_engine_touch_all(self);
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        peer->candidates_dirty = TRUE;
        if (peer->healthy)
            peer->move.hint = TRUE;
        else
            peer->attempt.restart = TRUE;
        wl_engine_renew_lookups(self, peer);
    }
}

void
wl_engine_uplink_changed(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    /* Mostly the addresses change with it, which has been told already. */
    if (self->uplink && self->uplink_since + UPLINK_SETTLES <= self->now)
        uplink_changed(self);
    wl_engine_turn(self);
}

void
wl_engine_set_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    wl_engine_advance(self, now);
    if (wl_policy_set_local(&self->policy, addresses, n)) {
        self->uplink = wl_policy_has_uplink(&self->policy);
        self->own_dirty = self->judge_dirty = TRUE;
        /* What was learned is written with this, not by a wake-up of its own. */
        if (!self->uplink && self->memory_due != WL_NEVER)
            self->memory_due = self->now;
        uplink_changed(self);
    }
    wl_engine_turn(self);
}

/* Another one; it asks everybody to say everything again. */
static void
renew_boot_id(WlEngine *self)
{
    wl_boot_id_make(&self->boot_id, self->random, self->random_data);
    self->boot_id_made = self->now;
    self->boot_id_wanted = FALSE;
}

void
wl_engine_resumed(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    renew_boot_id(self);
    for (guint i = 0; i < self->peers->len; i++)
        ((WlPeer *) self->peers->pdata[i])->alive_known = 0;
    uplink_changed(self);
    wl_engine_want_snapshot(self);
    wl_engine_turn(self);
}

void
wl_engine_set_connectivity(WlEngine *self, gint64 now, WlConnectivity connectivity)
{
    gboolean was_portal = self->connectivity == WL_CONNECTIVITY_PORTAL;

    wl_engine_advance(self, now);
    self->connectivity = connectivity;
    /* Whoever could not be reached may be now; of live sessions nothing is to be doubted. */
    for (guint i = 0; was_portal && connectivity != WL_CONNECTIVITY_PORTAL && i < self->peers->len;
         i++) {
        WlPeer *peer = self->peers->pdata[i];

        if (peer->healthy)
            continue;
        peer->attempt.restart = TRUE;
        wl_engine_touch(self, peer);
    }
    wl_engine_turn(self);
}

void
wl_engine_set_protected_hosts(WlEngine *self, gint64 now, const WlIp *servers, gsize n)
{
    wl_engine_advance(self, now);
    self->judge_dirty |= wl_policy_set_servers(&self->policy, servers, n);
    wl_engine_turn(self);
}

/* Everything is sent to everybody, who are asked for theirs, and every address tried again. */
static void
start_anew(WlEngine *self)
{
    renew_boot_id(self);
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        wl_engine_forget(self, peer);
    }
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
        peer->local_dirty = peer->candidates_dirty = TRUE;
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
