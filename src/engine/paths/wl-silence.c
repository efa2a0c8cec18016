/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-silence.h"

#include "paths/wl-endpoint-dns.h"
#include "paths/wl-path-liveness.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-traffic.h"

/*
 * Whether a peer with a session answers. WireGuard's session outlives its peer by minutes, in which
 * everything that is sent is lost; what is published must not call that connected. When something
 * was sent and nothing came back, the peer is probed; only then is it silent. Nothing else in the
 * engine depends on it.
 */

WlSilenceAction
wl_silence_decide(const WlSilenceInput *input, gint64 *wake_at)
{
    gint64 probe_at, due;

    if (input->asked == WL_LONG_AGO || input->heard >= input->asked)
        return WL_SILENCE_NONE;
    probe_at = input->probes == 0 ? input->asked + WL_SILENCE_QUIET
                                  : input->probed + WL_SILENCE_PROBE_INTERVAL;
    if (input->probes < WL_SILENCE_PROBES) {
        *wake_at = probe_at;
        return input->now < probe_at ? WL_SILENCE_WAIT : WL_SILENCE_PROBE;
    }
    due = input->answers ? input->probed + WL_SILENCE_PROBE_INTERVAL
                         : input->asked + WL_SILENCE_NO_ECHO;
    *wake_at = due;
    if (input->now < due)
        return WL_SILENCE_WAIT;
    return input->snapshot < due ? WL_SILENCE_READ_DEVICE : WL_SILENCE_SILENT;
}

/* A native member on the direct path falls back to its router as soon as it would be silent. */
static gboolean
can_be_silent(const WlEngine *self, const WlPeer *peer)
{
    return peer->liveness.healthy && self->uplink.present &&
           !(peer->boot.native && peer->traffic.watched);
}

void
wl_silence_note_sent(WlEngine *self, WlPeer *peer)
{
    if (peer->silence.asked > wl_path_liveness_last_heard(peer))
        return;
    peer->silence.asked = self->now;
    peer->silence.probes = 0;
    peer->silence.probed = WL_LONG_AGO;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_silence_check(WlEngine *self, WlPeer *peer)
{
    if (!can_be_silent(self, peer) ||
        wl_path_liveness_last_heard(peer) + WL_SILENCE_RECENT > self->now)
        return;
    wl_silence_note_sent(self, peer);
    /* Somebody waits for the result: the first probe is due. */
    if (peer->silence.asked == self->now)
        peer->silence.asked = self->now - WL_SILENCE_QUIET;
}

static void
probe(WlEngine *self, WlPeer *peer)
{
    if (peer->silence.probes++ == 0)
        wl_endpoint_dns_renew(self, peer); /* its name may have another address now */
    peer->silence.probed = self->now;
    if (peer->boot.native)
        wl_peer_request_alive(peer);
    else
        wl_peer_echo_probe(self, peer);
}

void
wl_silence_run(WlEngine *self, WlPeer *peer)
{
    WlSilenceInput input = {
        .now = self->now,
        .asked = peer->silence.asked,
        .probed = peer->silence.probed,
        .probes = peer->silence.probes,
        .heard = wl_path_liveness_last_heard(peer),
        .snapshot = peer->device.snapshot,
        .answers = peer->boot.native || peer->path.echo.responds,
    };
    gint64 wake_at = WL_NEVER;

    if (!can_be_silent(self, peer))
        input.asked = peer->silence.asked = WL_LONG_AGO;
    wl_traffic_watch_name(self, peer,
                          peer->endpoints.dns_names->len > 0 && can_be_silent(self, peer));
    peer->silence.silent = FALSE;
    switch (wl_silence_decide(&input, &wake_at)) {
    case WL_SILENCE_NONE:
        peer->silence.asked = WL_LONG_AGO;
        peer->silence.probes = 0;
        break;
    case WL_SILENCE_WAIT:
        wl_scheduler_wake_peer_at(&self->scheduler, peer, wake_at);
        break;
    case WL_SILENCE_PROBE:
        probe(self, peer);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, self->now + WL_SILENCE_PROBE_INTERVAL);
        break;
    case WL_SILENCE_READ_DEVICE:
        wl_engine_request_snapshot_for(self, peer);
        break;
    case WL_SILENCE_SILENT:
        peer->silence.silent = TRUE;
        break;
    }
}
