/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

/*
 * Does overlay traffic flow, and with whom? While none does, nothing is looked at: the link tells
 * when a packet goes through. From then on the device is read every second until the counters rest.
 * What we send and get ourselves does not count.
 */

/* A data message around @size bytes of IP packet, padded as WireGuard does; also what a keepalive
 * has. */
#define DATA_OVERHEAD 32
#define HEADERS       (40 + 8)
#define HANDSHAKE     (148 + 92 + DATA_OVERHEAD)
/* The smallest packet there is; a keepalive is less. */
#define SMALLEST (DATA_OVERHEAD + 32)

guint64
wl_traffic_datagram_size(gsize length)
{
    return DATA_OVERHEAD + ((HEADERS + length + 15) & ~(gsize) 15);
}

static gboolean
has_grown(guint64 before, guint64 after, guint64 own)
{
    return after >= before + own + SMALLEST;
}

void
wl_engine_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx, gboolean handshake)
{
    guint64 allowance = handshake ? HANDSHAKE : 0;
    gboolean flows = has_grown(peer->rx, rx, peer->own_rx + allowance) ||
                     has_grown(peer->tx, tx, peer->own_tx + allowance);

    /* It came at some moment since the last look; a long time ago says nothing of now. */
    if (rx > peer->rx)
        peer->rx_seen = self->now - peer->snapshot <= 2 * WL_FLOW_LOOK ? self->now : peer->snapshot;
    peer->own_rx = peer->own_tx = 0;
    if (!self->traffic.active || !flows)
        return;
    peer->flow_until = self->now + WL_FLOW_REST;
    self->traffic.rest = peer->flow_until;
    wl_engine_touch(self, peer);
    wl_engine_touch(self, peer);
}

void
wl_engine_watch_peer(WlEngine *self, WlPeer *peer, gboolean watch)
{
    if (peer->watched == watch)
        return;
    peer->watched = watch;
    if (watch)
        self->traffic.peers++;
    else
        self->traffic.peers--;
}

void
wl_engine_run_traffic(WlEngine *self)
{
    WlTraffic *traffic = &self->traffic;

    if (traffic->peers == 0) {
        traffic->active = FALSE;
        return;
    }
    if (traffic->active && traffic->rest > self->now) {
        if (traffic->look <= self->now) {
            traffic->look = self->now + WL_FLOW_LOOK;
            wl_engine_want_snapshot(self);
        }
        wl_engine_need(self, MIN(traffic->look, traffic->rest));
        return;
    }
    traffic->active = FALSE;
    if (!traffic->asked) {
        traffic->asked = TRUE;
        wl_engine_emit(self, wl_output_new(WL_OUTPUT_WATCH_TRAFFIC));
    }
}

void
wl_engine_traffic_began(WlEngine *self, gint64 now)
{
    wl_engine_advance(self, now);
    self->traffic.asked = FALSE;
    if (self->traffic.peers > 0) {
        self->traffic.active = TRUE;
        self->traffic.rest = self->now + WL_FLOW_REST;
        self->traffic.look = self->now;
    }
    wl_engine_turn(self);
}
