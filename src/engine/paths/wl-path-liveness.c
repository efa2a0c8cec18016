/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-liveness.h"

#include "paths/wl-peer-echo.h"

gint64
wl_path_liveness_last_heard(const WlPeer *peer)
{
    return MAX(MAX(peer->last_heard, peer->rx_seen), peer->handshake);
}

gboolean
wl_path_liveness_has_fallen_back(WlEngine *self, WlPeer *peer)
{
    gint64 heard = wl_path_liveness_last_heard(peer);

    if (self->inference.dropped_since <= heard || self->now < heard + WL_PATH_SILENCE) {
        peer->echo.suspected_since = WL_LONG_AGO;
        return FALSE;
    }
    if (peer->echo.suspected_since == WL_LONG_AGO) {
        peer->echo.suspected_since = self->now;
        wl_peer_force_alive(peer);
        wl_peer_echo_probe(self, peer);
    }
    if (self->now < peer->echo.suspected_since +
                        (peer->echo.responds ? WL_PATH_GO_GONE : WL_PATH_SILENCE_NO_ECHO)) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->echo.suspected_since + WL_PATH_GO_GONE);
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->echo.suspected_since + WL_PATH_SILENCE_NO_ECHO);
        return FALSE;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return FALSE;
    }
    if (self->inference.dropped_since <= peer->echo.suspected_since)
        return FALSE;
    peer->echo.suspected_since = WL_LONG_AGO;
    return TRUE;
}

/* A check that is due after the traffic has ended needs no wake-up: new traffic schedules the
 * peer. */
static void
wake_under_traffic(WlEngine *self, WlPeer *peer, gint64 when)
{
    if (when < peer->flow_until)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, when);
}

void
wl_path_liveness_check(WlEngine *self, WlPeer *peer)
{
    gint64 heard = wl_path_liveness_last_heard(peer);
    gint64 patience = peer->echo.responds ? WL_PATH_SILENCE : WL_PATH_SILENCE_NO_ECHO;

    if (peer->flow_until <= self->now || peer->roaming.phase != WL_ROAMING_NONE ||
        peer->roaming.retry != WL_NEVER)
        return;
    if (self->now < heard + WL_PATH_QUIET) {
        wake_under_traffic(self, peer, heard + WL_PATH_QUIET);
        return;
    }
    if (peer->echo.responds && peer->echo.sent + WL_TRAFFIC_POLL <= self->now)
        wl_peer_echo_probe(self, peer);
    if (self->now < heard + patience || (peer->echo.responds && peer->echo.sent < heard)) {
        wake_under_traffic(self, peer, heard + patience);
        return;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    wl_roaming_suspect(peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, self->now);
}
