/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-outer-endpoint.h"

#include "paths/wl-health.h"
#include "paths/wl-reconcile.h"
#include "state/wl-engine-predicates.h"

/*
 * Whether the endpoint outside may be set again. For a second that is done as often as needed: the
 * peer may still have no better source, and packets that loop leave the tunnel when the endpoint is
 * set, which moves the other end inside. If that goes on, both ends may move each other forever,
 * and only another session ends it.
 */
static gboolean
may_restore(WlEngine *self, WlPeer *peer)
{
    if (self->now >= peer->outer.since + WL_OUTER_GRACE) {
        if (self->now < peer->outer.next)
            return FALSE;
        if (self->now >= peer->outer.next + WL_OUTER_FORGOTTEN)
            peer->outer.interval = WL_OUTER_INTERVAL_FIRST;
        peer->outer.since = self->now;
        peer->outer.next = self->now + WL_OUTER_GRACE + peer->outer.interval;
        peer->outer.interval = MIN(peer->outer.interval * 2, WL_OUTER_INTERVAL_MAX);
    }
    peer->outer.restored = self->now;
    return TRUE;
}

/* Another snapshot follows. */
static gboolean
is_soon_again(const WlEngine *self, const WlPeer *peer)
{
    return self->now < peer->outer.since + WL_OUTER_GRACE &&
           self->now < peer->outer.restored + WL_OUTER_SPACING;
}

static void
log_inside(WlEngine *self, WlPeer *peer, const WlEndpoint *inside)
{
    g_autofree char *label = NULL, *text = NULL;

    if (self->now < peer->outer.log_next)
        return;
    peer->outer.log_next = self->now + WL_FULL_LOG_INTERVAL;
    label = wl_peer_dup_label(peer);
    text = wl_endpoint_to_string(inside);
    wl_engine_log(self, peer,
                  "%s: seen at %s, which is inside the tunnel; not used as its endpoint", label,
                  text);
}

/* Where the peer was, and not where it is being tried: what arrived from inside is no answer to
 * that. */
static const WlEndpoint *
last_outer(const WlPeer *peer)
{
    return peer->roaming.phase == WL_ROAMING_TRY ? &peer->roaming.original : &peer->device.endpoint;
}

void
wl_outer_endpoint_restore(WlEngine *self, WlPeer *peer, const WlEndpoint *inside)
{
    log_inside(self, peer, inside);
    peer->outer.inside = *inside;
    wl_scheduler_schedule(&self->scheduler, peer);
    if (is_soon_again(self, peer))
        return;
    if (peer->liveness.healthy && wl_endpoint_is_set(&peer->device.endpoint)) {
        if (!may_restore(self, peer)) {
            wl_health_forget_endpoint(self, peer);
            return;
        }
        wl_reconcile_request_endpoint(peer, last_outer(peer));
        wl_peer_request_alive(peer); /* shows the peer our outer address, and asks for its own */
        peer->outer.check = self->now + WL_OUTER_CHECK;
        return;
    }
    wl_health_forget_endpoint(self, peer);
    /* There is nothing to connect to, but WireGuard would go on sending. */
    if (peer->endpoints.candidates->len == 0 && may_restore(self, peer))
        wl_reconcile_request_recreate(peer, NULL);
}

void
wl_outer_endpoint_check(WlEngine *self, WlPeer *peer)
{
    /* Without an uplink the attached networks, which may contain it, are unknown. */
    if (!self->uplink.present || !wl_engine_is_inside(self, &peer->key, &peer->device.endpoint))
        return;
    peer->outer.inside = peer->device.endpoint;
    wl_health_forget_endpoint(self, peer);
}

void
wl_outer_endpoint_run(WlEngine *self, WlPeer *peer)
{
    if (peer->liveness.healthy)
        peer->outer.inside = (WlEndpoint){0};
    if (peer->outer.check <= self->now) {
        peer->outer.check =
            self->now < peer->outer.since + WL_OUTER_WATCH ? self->now + WL_OUTER_CHECK : WL_NEVER;
        wl_engine_request_snapshot_for(self, peer);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->outer.check);
}
