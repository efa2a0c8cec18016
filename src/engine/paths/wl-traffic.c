/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-traffic.h"

#include "state/wl-datagram-size.h"
#include "wl-prefix-set.h"

/*
 * Does overlay traffic flow, and with whom? While none does, nothing is looked at: the link tells
 * when a packet goes through. From then on the device is read every second until the counters rest.
 * What we send and get ourselves does not count.
 */

#define HANDSHAKE (148 + 92 + WL_DATA_OVERHEAD)
/* The smallest packet there is; a keepalive is less. */
#define SMALLEST (WL_DATA_OVERHEAD + 32)

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
    wl_scheduler_schedule(&self->scheduler, peer);
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

/* ---- who is looked for when there is traffic for them */

/* More prefixes than that are not watched. */
#define MAX_WANTED 32

void
wl_engine_init_traffic(WlEngine *self)
{
    self->traffic.sleepers = g_ptr_array_new();
    self->traffic.wanted = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
}

void
wl_engine_clear_traffic(WlEngine *self)
{
    g_ptr_array_unref(self->traffic.sleepers);
    g_array_unref(self->traffic.wanted);
}

void
wl_engine_let_sleep(WlEngine *self, WlPeer *peer, gboolean sleeps)
{
    if (peer->sleeps == sleeps)
        return;
    peer->sleeps = sleeps;
    if (sleeps)
        g_ptr_array_add(self->traffic.sleepers, peer);
    else
        g_ptr_array_remove(self->traffic.sleepers, peer);
}

static GArray *
get_wanted(const WlEngine *self)
{
    const GPtrArray *sleepers = self->traffic.sleepers;
    GArray *wanted = g_array_new(FALSE, TRUE, sizeof(WlPrefix));

    for (guint i = 0; i < sleepers->len && wanted->len < MAX_WANTED; i++) {
        const WlPeer *peer = sleepers->pdata[i];
        for (guint j = 0; j < peer->learned_ips->len && wanted->len < MAX_WANTED; j++)
            wl_prefix_set_add(wanted, &g_array_index(peer->learned_ips, WlPrefix, j));
    }
    return wanted;
}

static void
wake(WlEngine *self, const WlIp *destination)
{
    for (guint i = 0; i < self->traffic.sleepers->len; i++) {
        WlPeer *peer = self->traffic.sleepers->pdata[i];

        for (guint j = 0; j < peer->learned_ips->len; j++) {
            if (!wl_prefix_contains_ip(&g_array_index(peer->learned_ips, WlPrefix, j), destination))
                continue;
            peer->attempt.woken = self->now;
            peer->attempt.due = MIN(peer->attempt.due, self->now);
            wl_scheduler_schedule(&self->scheduler, peer);
            break;
        }
    }
}

/* ---- the turn */

static void
ask(WlEngine *self, gboolean any)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_WATCH_TRAFFIC);

    self->traffic.asked = any ? WL_ASKED_ANY : WL_ASKED_SOME;
    if (!any)
        output->prefixes = g_array_ref(self->traffic.wanted);
    wl_outputs_push(&self->outputs, output);
}

/* While traffic flows the counters say which; a packet for somebody asleep is told all the same. */
static void
ask_for_some(WlEngine *self)
{
    WlTraffic *traffic = &self->traffic;
    g_autoptr(GArray) wanted = NULL;

    if (traffic->asked == WL_ASKED_ANY || traffic->sleepers->len == 0)
        return;
    wanted = get_wanted(self);
    if (wanted->len == 0 ||
        (traffic->asked == WL_ASKED_SOME && wl_prefix_set_equal(wanted, traffic->wanted)))
        return;
    g_array_unref(traffic->wanted);
    traffic->wanted = g_steal_pointer(&wanted);
    ask(self, FALSE);
}

void
wl_engine_run_traffic(WlEngine *self)
{
    WlTraffic *traffic = &self->traffic;

    if (traffic->peers == 0)
        traffic->active = FALSE;
    if (traffic->active && traffic->rest > self->now) {
        if (traffic->look <= self->now) {
            traffic->look = self->now + WL_FLOW_LOOK;
            wl_engine_request_snapshot(self);
        }
        wl_scheduler_wake_at(&self->scheduler, MIN(traffic->look, traffic->rest));
    } else {
        traffic->active = FALSE;
        if (traffic->peers > 0 && traffic->asked != WL_ASKED_ANY)
            ask(self, TRUE);
    }
    ask_for_some(self);
}

void
wl_traffic_started(WlEngine *self, const WlIp *destination)
{
    gboolean any = self->traffic.asked == WL_ASKED_ANY;

    self->traffic.asked = WL_ASKED_NOTHING;
    if (destination)
        wake(self, destination);
    if (any && self->traffic.peers > 0) {
        self->traffic.active = TRUE;
        self->traffic.rest = self->now + WL_FLOW_REST;
        self->traffic.look = self->now;
    }
}
