/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-liveness.h"

#include "paths/wl-peer-echo.h"

gint64
wl_path_liveness_last_heard(const WlPeer *peer)
{
    return MAX(MAX(peer->liveness.last_heard, peer->traffic.rx_seen), peer->device.handshake);
}

gboolean
wl_path_liveness_has_fallen_back(WlEngine *self, WlPeer *peer)
{
    gint64 heard = wl_path_liveness_last_heard(peer), due;

    if (self->inference.dropped_since <= heard || self->now < heard + WL_PATH_SILENCE) {
        peer->path.echo.suspected_since = WL_LONG_AGO;
        return FALSE;
    }
    if (peer->path.echo.suspected_since == WL_LONG_AGO) {
        peer->path.echo.suspected_since = self->now;
        wl_peer_force_alive(peer);
        wl_peer_echo_probe(self, peer);
    }
    due = peer->path.echo.suspected_since +
          (peer->path.echo.responds ? WL_PATH_GO_GONE : WL_PATH_SILENCE_NO_ECHO);
    if (self->now < due) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, due);
        return FALSE;
    }
    if (peer->device.snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return FALSE;
    }
    if (self->inference.dropped_since <= peer->path.echo.suspected_since)
        return FALSE;
    peer->path.echo.suspected_since = WL_LONG_AGO;
    return TRUE;
}

/* A check that is due after the traffic has ended needs no wake-up: new traffic schedules the
 * peer. */
static void
wake_under_traffic(WlEngine *self, WlPeer *peer, gint64 when)
{
    if (when < peer->traffic.flow_until)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, when);
}

void
wl_path_liveness_check(WlEngine *self, WlPeer *peer)
{
    gint64 heard = wl_path_liveness_last_heard(peer);
    gint64 patience = peer->path.echo.responds ? WL_PATH_SILENCE : WL_PATH_SILENCE_NO_ECHO;

    if (peer->traffic.flow_until <= self->now || peer->roaming.phase != WL_ROAMING_NONE ||
        peer->roaming.retry != WL_NEVER)
        return;
    if (self->now < heard + WL_PATH_QUIET) {
        wake_under_traffic(self, peer, heard + WL_PATH_QUIET);
        return;
    }
    if (peer->path.echo.responds && peer->path.echo.sent + WL_TRAFFIC_POLL <= self->now)
        wl_peer_echo_probe(self, peer);
    if (self->now < heard + patience) {
        wake_under_traffic(self, peer, heard + patience);
        return;
    }
    if (peer->device.snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    wl_roaming_suspect(peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, self->now);
}
