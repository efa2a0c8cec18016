/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-failover.h"

#include "paths/wl-announcement.h"
#include "paths/wl-attachment.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-router-watch.h"
#include "state/wl-engine-marks.h"
#include "wl-boot-id.h"

/* ---- whether a router answers */

static gint64
last_heard(const WlPeer *peer)
{
    return MAX(MAX(peer->liveness.last_heard, peer->traffic.rx_seen), peer->device.handshake);
}

static void
ask(WlEngine *self, WlPeer *router)
{
    router->failover.asked = self->now;
    router->failover.unanswered++;
    if (router->boot.native)
        wl_peer_request_alive(router);
    else
        wl_peer_echo_probe(self, router);
}

/* A Go daemon whose host answers no echoes is judged by its handshake alone. */
static gboolean
can_be_asked(const WlPeer *router)
{
    return router->boot.native || router->path.echo.responds;
}

/* It counts as silent until it is heard. */
static void
set_lost(WlEngine *self, WlPeer *router)
{
    router->failover.lost = TRUE;
    router->failover.asked = self->now;
    router->failover.fine_since = WL_NEVER;
}

/* Of two fellows one asks and the other hears that it is there. */
static gint64
get_rest(const WlEngine *self, const WlPeer *router)
{
    if (!self->routers.fellows)
        return WL_ROUTER_REST;
    return wl_key_is_before(&self->own.key, &router->key) ? WL_PATH_QUIET
                                                          : WL_PATH_QUIET + WL_PATH_PROBE_INTERVAL;
}

static void
watch(WlEngine *self, WlPeer *router)
{
    WlPeerFailover *failover = &router->failover;
    WlRouterWatchInput input = {
        .now = self->now,
        .heard = last_heard(router),
        .snapshot = router->device.snapshot,
        .flow_until = router->traffic.flow_until,
        .rest = get_rest(self, router),
        .asked = failover->asked,
    };
    WlRouterWatchDecision decision;

    failover->watched_since = MAX(failover->watched_since, input.heard);
    input.since = failover->watched_since;
    input.unanswered = failover->unanswered;
    decision = wl_router_watch_decide(&input);
    switch (decision.action) {
    case WL_ROUTER_WATCH_STAY:
        break;
    case WL_ROUTER_WATCH_ASK:
        ask(self, router);
        break;
    case WL_ROUTER_WATCH_READ_DEVICE:
        wl_engine_request_snapshot(self);
        break;
    case WL_ROUTER_WATCH_LOST:
        set_lost(self, router);
        wl_roaming_suspect(router);
        break;
    }
    wl_scheduler_wake_peer_at(&self->scheduler, router, decision.wake_at);
}

static void
check_router(WlEngine *self, WlPeer *router)
{
    gint64 late = last_heard(router) + WL_ROUTER_LATE;

    if (!can_be_asked(router))
        return;
    if (self->routers.fellows || router == self->routers.current)
        watch(self, router);
    else if (late <= self->now)
        set_lost(self, router);
    else
        wl_scheduler_wake_peer_at(&self->scheduler, router, late);
}

/* Returns TRUE if it began or ceased to answer. */
static gboolean
update_router(WlEngine *self, WlPeer *router)
{
    WlPeerFailover *failover = &router->failover;
    gboolean was_usable = failover->fine_since != WL_NEVER, usable;

    /* Silence means something only of a host that answers echoes. */
    if (router->liveness.healthy && router->boot.known && !router->boot.native &&
        router->path.echo.sent < router->path.echo.session_since)
        wl_peer_echo_probe(self, router);
    /* A new session begins anew. */
    if (!router->liveness.healthy || last_heard(router) > failover->asked) {
        failover->lost = FALSE;
        failover->unanswered = 0;
    }
    if (!was_usable)
        failover->watched_since = self->now;
    if (router->liveness.healthy && !failover->lost)
        check_router(self, router);
    usable = router->liveness.healthy && !failover->lost;
    if (!usable)
        failover->fine_since = WL_NEVER;
    else if (!was_usable)
        failover->fine_since = self->now;
    return usable != was_usable;
}

/* ---- the choice of a leaf */

static void
log_choice(WlEngine *self, WlPeer *router)
{
    g_autofree char *label = wl_peer_dup_label(router);

    wl_engine_log(self, router, "%s: is the router now", label);
}

/* The set now uses @router. */
static void
set_current(WlEngine *self, WlPeer *router, guint32 epoch)
{
    WlRouterSet *set = &self->routers;

    set->epoch = epoch;
    set->answered = 0;
    for (guint i = 0; i < set->members->len; i++) {
        WlPeer *member = set->members->pdata[i];

        member->failover.announce_due = self->now;
        member->failover.announcements = 0;
        wl_scheduler_schedule(&self->scheduler, member);
    }
    if (set->current == router)
        return;
    router->failover.watched_since = self->now;
    router->failover.unanswered = 0;
    set->current = router;
    set->chosen = self->now;
    set->changed = TRUE;
    log_choice(self, router);
    wl_engine_schedule_all(self);
}

static WlPeer *
find_usable(const WlRouterSet *set)
{
    if (set->preferred && wl_router_set_is_usable(set->preferred))
        return set->preferred;
    for (guint i = 0; i < set->members->len; i++) {
        if (wl_router_set_is_usable(set->members->pdata[i]))
            return set->members->pdata[i];
    }
    return NULL;
}

/* When the leaf may go back to @router. */
static gint64
returns_at(const WlEngine *self, const WlPeer *router)
{
    gint64 pause = self->routers.current->traffic.flow_until;

    return MAX(router->failover.fine_since + self->routers.hold,
               MIN(pause, router->failover.fine_since + self->routers.hold + WL_ROUTER_PAUSE));
}

/* TRUE if @router was heard while the present one did not answer. If the own uplink failed none of
 * them is, and another choice would be of no use. It is asked, and is lost itself if it does not
 * answer. */
static gboolean
is_there(WlEngine *self, WlPeer *router, gint64 *due)
{
    const WlPeerFailover *present = &self->routers.current->failover;
    WlPeerFailover *failover = &router->failover;

    if (!present->lost || !can_be_asked(router) ||
        last_heard(router) + WL_PATH_QUIET >= present->asked)
        return TRUE;
    if (failover->asked < present->asked)
        failover->unanswered = 0;
    *due = failover->asked + WL_PATH_PROBE_INTERVAL;
    if (failover->unanswered > 0 && *due > self->now)
        return FALSE;
    *due = self->now + WL_PATH_PROBE_INTERVAL;
    if (failover->unanswered < WL_PATH_PROBES)
        ask(self, router);
    else
        set_lost(self, router);
    wl_scheduler_schedule(&self->scheduler, router);
    return FALSE;
}

/* When a leaf leaves the present router, which does not answer: one that starts waits for an
 * earlier router, and one whose uplink failed for the present one. */
static gint64
leaves_at(WlEngine *self)
{
    WlRouterSet *set = &self->routers;

    if (set->silent) {
        set->silent = FALSE;
        set->returned = self->now;
        if (set->current->liveness.healthy)
            wl_peer_request_alive(set->current);
        wl_scheduler_schedule(&self->scheduler, set->current);
    }
    if (set->returned != WL_LONG_AGO)
        return set->returned + WL_ROUTER_START;
    return set->chosen == WL_LONG_AGO && !set->current->failover.lost
               ? self->started + WL_ROUTER_START
               : self->now;
}

static void
choose(WlEngine *self, WlPeer *peer)
{
    WlRouterSet *set = &self->routers;
    WlPeer *best = find_usable(set);
    gint64 due;

    if (!best)
        set->silent = set->seen;
    else
        set->seen = TRUE;
    if (!best || best == set->current)
        return;
    if (!wl_router_set_is_usable(set->current)) {
        if (!is_there(self, best, &due)) {
            wl_scheduler_wake_peer_at(&self->scheduler, peer, due);
            return;
        }
        due = leaves_at(self);
        if (due <= self->now) {
            set->hold = set->chosen + 10 * set->hold > self->now
                            ? MIN(set->hold * 2, WL_ROUTER_HOLD_MAX)
                            : WL_ROUTER_HOLD;
            set_current(self, best, set->epoch + 1);
            return;
        }
    } else if (wl_router_set_get_rank(set, best) < wl_router_set_get_rank(set, set->current)) {
        due = returns_at(self, best);
        if (due <= self->now) {
            set_current(self, best, set->epoch + 1);
            return;
        }
    } else {
        return;
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, due);
}

/* Tells @router the choice until it answers. */
static void
announce(WlEngine *self, WlPeer *router)
{
    WlRouterSet *set = &self->routers;
    WlPeerFailover *failover = &router->failover;
    guint32 bit = wl_router_set_bit(set, router);

    if (!router->liveness.healthy || !wl_boot_id_has_router_sets(&router->boot.id)) {
        set->answered &= ~bit;
        failover->announce_due = self->now;
        failover->announcements = 0;
        return;
    }
    if (set->answered & bit)
        return;
    if (failover->announce_due <= self->now) {
        wl_attachment_send(self, router, &self->own.key, 0, set->epoch, &set->current->key);
        failover->announce_due = wl_announcement_next(self->now, failover->announcements++);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, router, failover->announce_due);
}

/* A router says which one holds this leaf. */
static void
receive_choice(WlEngine *self, WlPeer *router, const WlRouterMessage *message)
{
    WlRouterSet *set = &self->routers;
    WlPeer *named = wl_peer_table_find(&self->peers, &message->router);

    if (message->epoch == set->epoch && wl_key_equal(&message->router, &set->current->key)) {
        set->answered |= wl_router_set_bit(set, router);
        return;
    }
    if (message->epoch < set->epoch ||
        (message->epoch == set->epoch && wl_key_is_before(&set->current->key, &message->router))) {
        router->failover.announce_due = self->now;
        return;
    }
    if (named && wl_router_set_index(set, named) >= 0 && wl_router_set_is_usable(named)) {
        /* A router calls because the present one is silent: it has to be heard first. */
        if (set->current != named && (message->flags & WL_ROUTER_COME) != 0)
            set_lost(self, set->current);
        set_current(self, named, message->epoch);
    } else if (message->epoch < G_MAXUINT32) {
        set_current(self, set->current, message->epoch + 1);
    }
}

/* ---- the turn */

/* TRUE once, if @fellow did not answer since the start. */
static gboolean
is_alone_now(WlEngine *self, WlPeer *fellow)
{
    gint64 due = self->started + WL_ROUTER_ALONE;

    if (fellow->failover.judged)
        return FALSE;
    if (self->now < due) {
        wl_scheduler_wake_peer_at(&self->scheduler, fellow, due);
        return FALSE;
    }
    fellow->failover.judged = TRUE;
    return !wl_router_set_is_usable(fellow);
}

/* A profile that changed made another peer or none of the one that holds @leaf. */
static void
drop_holder(WlEngine *self, WlPeer *leaf)
{
    if (!leaf->failover.holder ||
        (self->routers.fellows && wl_router_set_index(&self->routers, leaf->failover.holder) >= 0))
        return;
    wl_reconcile_retry_now(leaf->failover.holder);
    leaf->failover.holder = NULL;
    wl_scheduler_schedule(&self->scheduler, leaf);
}

void
wl_failover_run(WlEngine *self, WlPeer *peer)
{
    const WlRouterSet *set = &self->routers;

    drop_holder(self, peer);
    if (wl_router_set_index(set, peer) < 0) {
        if (set->fellows && set->members->len > 0)
            wl_attachment_run(self, peer);
    } else if (set->fellows) {
        gboolean changed = update_router(self, peer);

        if (is_alone_now(self, peer) || changed)
            wl_attachment_fellow_changed(self, peer, wl_router_set_is_usable(peer));
    } else if (wl_router_set_is_choice(set)) {
        update_router(self, peer);
        choose(self, peer);
        announce(self, peer);
    }
}

void
wl_failover_receive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const WlRouterMessage *message = &fact->value.router;
    gboolean member = wl_router_set_index(&self->routers, peer) >= 0;

    if (message->version != WL_ROUTER_VERSION)
        return;
    wl_scheduler_schedule(&self->scheduler, peer);
    if (self->routers.fellows)
        wl_attachment_receive(self, peer, &fact->subject, message, member);
    else if (member && wl_key_equal(&fact->subject, &self->own.key))
        receive_choice(self, peer, message);
}

void
wl_failover_drop(WlEngine *self, WlPeer *peer)
{
    wl_router_set_drop(&self->routers, peer);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *leaf = wl_peer_table_get(&self->peers, i);

        leaf->failover.answered = 0;
        drop_holder(self, leaf);
    }
}

gboolean
wl_failover_prefer(WlEngine *self, const WlKey *key, GError **error)
{
    WlRouterSet *set = &self->routers;
    WlPeer *router = key ? wl_peer_table_find(&self->peers, key) : NULL;
    g_autofree char *label = router ? wl_peer_dup_label(router) : NULL;

    if (!wl_router_set_is_choice(set)) {
        g_set_error_literal(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_PROFILE,
                            "the profile does not have several routers to choose from");
        return FALSE;
    }
    if (key && (!router || wl_router_set_index(set, router) < 0)) {
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN,
                    "%s is not one of the routers of the profile", label ? label : "this peer");
        return FALSE;
    }
    if (router && !wl_router_set_is_usable(router)) {
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN, "%s does not answer", label);
        return FALSE;
    }
    set->preferred = router;
    if (router && router != set->current)
        set_current(self, router, set->epoch + 1);
    for (guint i = 0; i < set->members->len; i++)
        wl_scheduler_schedule(&self->scheduler, set->members->pdata[i]);
    return TRUE;
}

/* ---- what follows for paths and facts */

gboolean
wl_failover_governs(const WlEngine *self, const WlPeer *peer)
{
    if (self->routers.members->len == 0)
        return FALSE;
    return self->routers.fellows || (wl_router_set_is_choice(&self->routers) &&
                                     wl_router_set_index(&self->routers, peer) >= 0);
}

gboolean
wl_failover_is_direct(const WlEngine *self, const WlPeer *peer)
{
    if (!self->routers.fellows)
        return peer == self->routers.current;
    if (peer->failover.holder)
        return FALSE;
    return peer->path.direct || wl_peer_is_ready(peer, self->now);
}

gboolean
wl_failover_is_watched(const WlEngine *self, const WlPeer *peer)
{
    return wl_router_set_index(&self->routers, peer) >= 0 &&
           (self->routers.fellows || peer == self->routers.current);
}
