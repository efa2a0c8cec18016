/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-turn.h"

#include "exchange/wl-advertise.h"
#include "exchange/wl-boot-id-change.h"
#include "exchange/wl-resync.h"
#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-routes.h"
#include "facts/wl-state-cache.h"
#include "paths/wl-connect.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-health.h"
#include "paths/wl-path.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-roaming.h"
#include "paths/wl-traffic.h"
#include "view/wl-peer-status.h"
#include "wl-peer-removal.h"

static void
run_steps(WlEngine *self, GPtrArray *peers, WlStep step, void (*func)(WlEngine *, WlPeer *))
{
    for (guint i = 0; i < peers->len; i++)
        wl_scheduler_run_step(&self->scheduler, self, peers->pdata[i], step, func);
}

/* Those whose time has come. */
static void
gather_due(WlEngine *self)
{
    WlPeer *peer;

    while ((peer = wl_timer_queue_due(self->scheduler.timers, self->now))) {
        wl_timer_queue_set(self->scheduler.timers, &peer->timer, WL_NEVER);
        peer->wake_at[WL_STEP_INPUT] = WL_NEVER;
        wl_scheduler_schedule(&self->scheduler, peer);
    }
}

static void
update_health(WlEngine *self, WlPeer *peer)
{
    wl_health_update(self, peer);
    if (peer->resync_due <= self->now)
        wl_resync_peer(self, peer);
    else
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->resync_due);
}

/* Those touched join the peers whose steps run; their health comes before everything else. */
static void
gather_touched(WlEngine *self)
{
    while (self->scheduler.scheduled->len > 0) {
        GPtrArray *fresh = self->scheduler.scheduled;

        self->scheduler.scheduled = self->scheduler.spare;
        self->scheduler.spare = fresh;
        wl_peer_list_sort(fresh);
        for (guint i = 0; i < fresh->len; i++) {
            WlPeer *peer = fresh->pdata[i];

            peer->scheduled = FALSE;
            if (peer->running)
                continue;
            peer->running = TRUE;
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

/* Members bring facts about them into force, and facts bring members: until nothing moves, bounded.
 */
static void
settle_facts(WlEngine *self)
{
    for (guint i = 0; i < 4; i++) {
        wl_fact_evaluate_due(self);
        update_members(self);
        if (!self->evaluation.all_due && !self->prefixes.due && self->membership.changed->len == 0)
            break;
    }
}

static void
try_peer(WlEngine *self, WlPeer *peer)
{
    wl_connect_update_candidates(self, peer);
    wl_endpoint_dns_run(self, peer);
    wl_roaming_run(self, peer);
    wl_connect_run(self, peer);
    wl_path_run(self, peer);
    wl_prefix_table_update_hosts(&self->prefixes, peer);
}

/* What one peer gives up must be free before another takes it. */
static void
plan(WlEngine *self)
{
    for (guint i = 0; i < self->scheduler.running->len; i++) {
        WlPeer *peer = self->scheduler.running->pdata[i];
        if (!peer->direct)
            wl_scheduler_run_step(&self->scheduler, self, peer, WL_STEP_RECONCILE,
                                  wl_reconcile_peer);
    }
    for (guint i = 0; i < self->scheduler.running->len; i++) {
        WlPeer *peer = self->scheduler.running->pdata[i];
        if (peer->direct)
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

        peer->running = FALSE;
        if (peer->served)
            continue;
        peer->served = TRUE;
        g_ptr_array_add(self->scheduler.served, peer);
    }
    g_ptr_array_set_size(self->scheduler.running, 0);
}

/* Every step but those that are the last word about a turn. */
static void
run_pass(WlEngine *self)
{
    gather_touched(self);
    wl_fact_evaluate_expire(self);
    settle_facts(self);
    wl_boot_id_change_if_due(self);
    gather_touched(self);
    for (guint i = 0; i < self->scheduler.running->len; i++)
        wl_display_names_update(self, self->scheduler.running->pdata[i]);
    update_local_facts(self);
    run_steps(self, self->scheduler.running, WL_STEP_PATHS, try_peer);
    plan(self);
    update_local_facts(self); /* again: what the plan changed */
    end_pass(self);
}

static gboolean
is_unsettled(const WlEngine *self)
{
    return self->scheduler.scheduled->len > 0 || wl_prefix_table_is_due(&self->prefixes, self->now);
}

/* A dump is of all peers, and those of thousands take most of the time while thousands come, each
 * of whom wants one. */
static gint64
snapshot_allowed_at(const WlEngine *self)
{
    return self->outputs.snapshot_read +
           wl_scheduler_batch_delay(wl_peer_table_size(&self->peers), WL_DUMP_BATCH);
}

/* Sends after the changes they rely on, and the snapshot last, so that it shows both. */
static void
flush_outputs(WlEngine *self)
{
    WlOutputs *outputs = &self->outputs;

    wl_outputs_flush_sends(outputs);
    if (!outputs->snapshot_wanted)
        return;
    if (outputs->snapshot_requested == WL_LONG_AGO && self->now < snapshot_allowed_at(self)) {
        wl_scheduler_wake_at(&self->scheduler, snapshot_allowed_at(self));
        return;
    }
    if (outputs->snapshot_requested == WL_LONG_AGO ||
        self->now >= outputs->snapshot_requested + WL_SNAPSHOT_RETRY) {
        outputs->snapshot_requested = self->now;
        wl_outputs_push(outputs, wl_output_new(WL_OUTPUT_READ_DEVICE));
    }
    wl_scheduler_wake_at(&self->scheduler, outputs->snapshot_requested + WL_SNAPSHOT_RETRY);
}

/* What a peer's steps do to another is done in the same turn, within bounds. */
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

    self->advertiser.generation++;
    wl_advertise_gather(self, self->scheduler.served);
    wl_peer_list_sort(self->scheduler.served);
    run_steps(self, self->scheduler.served, WL_STEP_SEND, wl_advertise_run);
    run_steps(self, self->scheduler.served, WL_STEP_VIEW, wl_peer_status_publish);
    for (guint i = 0; i < self->scheduler.served->len; i++)
        ((WlPeer *) self->scheduler.served->pdata[i])->served = FALSE;
    g_ptr_array_set_size(self->scheduler.served, 0);

    flush_outputs(self);
    if (self->scheduler.scheduled->len > 0)
        wl_scheduler_wake_at(&self->scheduler, self->now);
    wl_scheduler_wake_at(&self->scheduler, wl_timer_queue_first(self->scheduler.timers));
    /* Whatever was due now has been done or asked for: never a deadline that is over. */
    if (self->scheduler.deadline <= self->now)
        self->scheduler.deadline = self->now + WL_MS(1);
}
