/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-turn.h"

#include "exchange/wl-advertise.h"
#include "exchange/wl-boot-id-change.h"
#include "exchange/wl-resync.h"
#include "facts/wl-claim-rivals.h"
#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-profile-apply.h"
#include "facts/wl-routes.h"
#include "facts/wl-state-cache.h"
#include "paths/wl-candidates-gather.h"
#include "paths/wl-connect.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-failover.h"
#include "paths/wl-health.h"
#include "paths/wl-path.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-roaming.h"
#include "paths/wl-silence.h"
#include "paths/wl-traffic.h"
#include "state/wl-batch-delay.h"
#include "view/wl-peer-status.h"
#include "wl-peer-removal.h"

static void
run_steps(WlEngine *self, GPtrArray *peers, WlStep step, void (*func)(WlEngine *, WlPeer *))
{
    for (guint i = 0; i < peers->len; i++)
        wl_scheduler_run_step(&self->scheduler, self, peers->pdata[i], step, func);
}

/* Schedules the peers whose timers are due. */
static void
gather_due(WlEngine *self)
{
    WlPeer *peer;

    while ((peer = wl_timer_queue_due(self->scheduler.timers, self->now))) {
        wl_timer_queue_set(self->scheduler.timers, &peer->turn.timer, WL_NEVER);
        peer->turn.wake_at[WL_STEP_INPUT] = WL_NEVER;
        wl_scheduler_schedule(&self->scheduler, peer);
    }
}

static void
update_health(WlEngine *self, WlPeer *peer)
{
    wl_health_update(self, peer);
    if (peer->resync.due <= self->now)
        wl_resync_peer(self, peer);
    else
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->resync.due);
}

/* Moves scheduled peers to the running ones, after an update of their health. */
static void
gather_scheduled(WlEngine *self)
{
    while (self->scheduler.scheduled->len > 0) {
        GPtrArray *fresh = self->scheduler.scheduled;

        self->scheduler.scheduled = self->scheduler.spare;
        self->scheduler.spare = fresh;
        wl_peer_list_sort(fresh);
        for (guint i = 0; i < fresh->len; i++) {
            WlPeer *peer = fresh->pdata[i];

            peer->turn.scheduled = FALSE;
            if (peer->turn.running)
                continue;
            peer->turn.running = TRUE;
            g_ptr_array_add(self->scheduler.running, peer);
        }
        run_steps(self, fresh, WL_STEP_HEALTH, update_health);
        g_ptr_array_set_size(fresh, 0);
    }
    wl_peer_list_sort(self->scheduler.running);
}

static void
update_members(WlEngine *self)
{
    WlPeer *peer;

    wl_members_update(self);
    while ((peer = wl_members_get_leaver(self)))
        wl_engine_remove_peer(self, peer);
}

/* Facts add members, and new members make facts about them count. A round in which nothing is due
 * costs nothing. */
#define MAX_ROUNDS 4

static void
settle_facts(WlEngine *self)
{
    for (guint left = MAX_ROUNDS; left-- > 0;) {
        wl_fact_evaluate_due(self);
        update_members(self);
    }
}

static void
run_paths(WlEngine *self, WlPeer *peer)
{
    wl_candidates_gather(self, peer);
    wl_endpoint_dns_run(self, peer);
    wl_roaming_run(self, peer);
    wl_connect_run(self, peer);
    wl_failover_run(self, peer);
    wl_path_run(self, peer);
    wl_silence_run(self, peer);
    wl_claim_rivals_update(self, peer);
    wl_prefix_table_update_hosts(&self->prefixes, peer);
}

/* Allowed IPs are removed from peers that are not direct before other peers get them. */
static void
reconcile(WlEngine *self)
{
    for (guint i = 0; i < self->scheduler.running->len; i++) {
        WlPeer *peer = self->scheduler.running->pdata[i];
        if (!peer->path.direct)
            wl_scheduler_run_step(&self->scheduler, self, peer, WL_STEP_RECONCILE,
                                  wl_reconcile_peer);
    }
    for (guint i = 0; i < self->scheduler.running->len; i++) {
        WlPeer *peer = self->scheduler.running->pdata[i];
        if (peer->path.direct)
            wl_scheduler_run_step(&self->scheduler, self, peer, WL_STEP_RECONCILE,
                                  wl_reconcile_peer);
    }
}

static void
update_local_facts(WlEngine *self)
{
    wl_local_facts_update_own(self);
    for (guint i = 0; i < self->scheduler.running->len; i++)
        wl_local_facts_update_peer(self, self->scheduler.running->pdata[i]);
}

static void
end_pass(WlEngine *self)
{
    for (guint i = 0; i < self->scheduler.running->len; i++) {
        WlPeer *peer = self->scheduler.running->pdata[i];

        peer->turn.running = FALSE;
        if (peer->turn.served)
            continue;
        peer->turn.served = TRUE;
        g_ptr_array_add(self->scheduler.served, peer);
    }
    g_ptr_array_set_size(self->scheduler.running, 0);
}

/* Every step but sending and publishing, which end the turn. */
static void
run_pass(WlEngine *self)
{
    gather_scheduled(self);
    wl_fact_evaluate_expire(self);
    settle_facts(self);
    wl_boot_id_change_if_due(self);
    gather_scheduled(self);
    for (guint i = 0; i < self->scheduler.running->len; i++)
        wl_display_names_update(self, self->scheduler.running->pdata[i]);
    update_local_facts(self);
    run_steps(self, self->scheduler.running, WL_STEP_PATHS, run_paths);
    if (self->routers.changed) {
        self->routers.changed = FALSE;
        wl_profile_apply_allowed_ips(self);
    }
    reconcile(self);
    update_local_facts(self); /* again, since reconciling may have changed them */
    end_pass(self);
}

static gboolean
is_unsettled(const WlEngine *self)
{
    return self->scheduler.scheduled->len > 0 || wl_prefix_table_is_due(&self->prefixes, self->now);
}

/* A dump covers every peer: in a large network the requests of many peers share one. */
static gint64
get_snapshot_time(const WlEngine *self)
{
    return self->outputs.snapshot_read +
           wl_batch_delay(wl_peer_table_size(&self->peers), WL_DUMP_BATCH);
}

/* Sends follow the changes that they depend on; the snapshot comes last and shows both. */
static void
flush_outputs(WlEngine *self)
{
    WlOutputs *outputs = &self->outputs;

    wl_outputs_flush_sends(outputs);
    if (!outputs->snapshot_wanted)
        return;
    if (outputs->snapshot_requested == WL_LONG_AGO && self->now < get_snapshot_time(self)) {
        wl_scheduler_wake_at(&self->scheduler, get_snapshot_time(self));
        return;
    }
    if (self->now >= outputs->snapshot_requested + WL_SNAPSHOT_RETRY) {
        outputs->snapshot_requested = self->now;
        outputs->snapshot_shows = outputs->changes;
        wl_outputs_push(outputs, wl_output_new(WL_OUTPUT_READ_DEVICE));
    }
    wl_scheduler_wake_at(&self->scheduler, outputs->snapshot_requested + WL_SNAPSHOT_RETRY);
}

/* A peer that a step of another peer schedules runs in the same turn, within this bound. */
#define MAX_PASSES 4

void
wl_engine_turn(WlEngine *self)
{
    self->scheduler.deadline = WL_NEVER;
    gather_due(self);
    for (guint i = 0; i < MAX_PASSES && (i == 0 || is_unsettled(self)); i++)
        run_pass(self);
    wl_traffic_run(self);
    wl_state_cache_update(self);
    wl_routes_update(self);

    self->subscribers.generation = self->scheduler.work;
    wl_advertise_gather(self, self->scheduler.served);
    wl_peer_list_sort(self->scheduler.served);
    run_steps(self, self->scheduler.served, WL_STEP_SEND, wl_advertise_run);
    run_steps(self, self->scheduler.served, WL_STEP_PUBLISH, wl_peer_status_publish);
    for (guint i = 0; i < self->scheduler.served->len; i++)
        ((WlPeer *) self->scheduler.served->pdata[i])->turn.served = FALSE;
    g_ptr_array_set_size(self->scheduler.served, 0);

    flush_outputs(self);
    if (self->scheduler.scheduled->len > 0)
        wl_scheduler_wake_at(&self->scheduler, self->now);
    wl_scheduler_wake_at(&self->scheduler, wl_timer_queue_first(self->scheduler.timers));
    /* All due work is done or requested: the deadline is never in the past. */
    if (self->scheduler.deadline <= self->now)
        self->scheduler.deadline = self->now + WL_MS(1);
}
