/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-traffic.h"

#include "paths/wl-endpoint-dns.h"
#include "paths/wl-silence.h"
#include "state/wl-device-bytes.h"
#include "wl-array.h"
#include "wl-prefix-set.h"

/*
 * Detects overlay traffic, and with which peers. Without traffic the device is not read: the link
 * reports the first packet. From then on the device is read every second until the counters stop
 * growing. Datagrams of facts, echoes, handshakes and keepalives do not count.
 */

#define HANDSHAKE (148 + 92 + WL_DATA_OVERHEAD)
/* The smallest overlay packet; a keepalive is smaller. */
#define SMALLEST (WL_DATA_OVERHEAD + 32)

static gboolean
has_grown(guint64 before, guint64 after, guint64 own)
{
    return after >= before + own + SMALLEST;
}

void
wl_traffic_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx, gboolean handshake)
{
    guint64 allowance = handshake ? HANDSHAKE : 0;
    gboolean sent = has_grown(peer->device.tx, tx, peer->traffic.own_tx + allowance);
    gboolean flows = has_grown(peer->device.rx, rx, peer->traffic.own_rx + allowance) || sent;

    /* The bytes may have arrived at any time since the last snapshot. */
    if (rx > peer->device.rx)
        peer->traffic.rx_seen = self->now - peer->device.snapshot <= 2 * WL_TRAFFIC_POLL
                                    ? self->now
                                    : peer->device.snapshot;
    peer->traffic.own_rx = peer->traffic.own_tx = 0;
    if (!self->traffic.active || !flows)
        return;
    if (sent && rx == peer->device.rx)
        wl_silence_note_sent(self, peer);
    peer->traffic.flow_until = self->now + WL_TRAFFIC_REST;
    self->traffic.rest = peer->traffic.flow_until;
    wl_scheduler_schedule(&self->scheduler, peer);
}

static void
set_watched(WlEngine *self, gboolean *watched, gboolean watch)
{
    if (*watched == watch)
        return;
    *watched = watch;
    if (watch)
        self->traffic.peers++;
    else
        self->traffic.peers--;
}

void
wl_traffic_watch(WlEngine *self, WlPeer *peer, gboolean watch)
{
    set_watched(self, &peer->traffic.watched, watch);
}

void
wl_traffic_watch_name(WlEngine *self, WlPeer *peer, gboolean watch)
{
    set_watched(self, &peer->traffic.named, watch);
}

/* ---- on-demand peers */

void
wl_traffic_init(WlEngine *self)
{
    self->traffic.on_demand = g_ptr_array_new();
    self->traffic.wanted = wl_array_new(WlPrefix);
}

void
wl_traffic_clear(WlEngine *self)
{
    g_ptr_array_unref(self->traffic.on_demand);
    g_array_unref(self->traffic.wanted);
}

void
wl_traffic_set_on_demand(WlEngine *self, WlPeer *peer, gboolean on_demand)
{
    if (peer->traffic.on_demand == on_demand)
        return;
    peer->traffic.on_demand = on_demand;
    if (on_demand)
        g_ptr_array_add(self->traffic.on_demand, peer);
    else
        g_ptr_array_remove(self->traffic.on_demand, peer);
}

/* The prefixes of @peer for which it is demanded, those of the profile as well. All
 * packets are for a default route. */
static void
add_wanted(const WlPeer *peer, GArray *wanted)
{
    const GArray *lists[] = {peer->prefixes.learned_ips, peer->prefixes.static_ips,
                             peer->prefixes.direct_ips};

    for (guint i = 0; i < (peer->config ? G_N_ELEMENTS(lists) : 1); i++) {
        for (guint j = 0; j < lists[i]->len && wanted->len < WL_TRAFFIC_MAX_WANTED; j++) {
            const WlPrefix *prefix = &g_array_index(lists[i], WlPrefix, j);

            if (prefix->length > 0)
                wl_prefix_set_add(wanted, prefix);
        }
    }
}

static GArray *
get_wanted(const WlEngine *self)
{
    const GPtrArray *peers = self->traffic.on_demand;
    GArray *wanted = wl_array_new(WlPrefix);

    /* First the members that are reached by traffic only. */
    for (guint i = 0; i < 2 * peers->len && wanted->len < WL_TRAFFIC_MAX_WANTED; i++) {
        const WlPeer *peer = peers->pdata[i % peers->len];

        if (peer->basic == (i < peers->len))
            add_wanted(peer, wanted);
    }
    return wanted;
}

static void
try_on_demand(WlEngine *self, const WlIp *destination)
{
    g_autoptr(GArray) prefixes = wl_array_new(WlPrefix);

    for (guint i = 0; i < self->traffic.on_demand->len; i++) {
        WlPeer *peer = self->traffic.on_demand->pdata[i];

        g_array_set_size(prefixes, 0);
        add_wanted(peer, prefixes);
        for (guint j = 0; j < prefixes->len; j++) {
            if (!wl_prefix_contains_ip(&g_array_index(prefixes, WlPrefix, j), destination))
                continue;
            wl_connect_demand(peer, self->now);
            wl_endpoint_dns_renew(self, peer);
            wl_scheduler_schedule(&self->scheduler, peer);
            break;
        }
    }
}

/* ---- the turn */

static void
watch_link(WlEngine *self, gboolean any)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_WATCH_TRAFFIC);

    self->traffic.watching = any ? WL_TRAFFIC_WATCH_ANY : WL_TRAFFIC_WATCH_SOME;
    if (!any)
        output->prefixes = g_array_ref(self->traffic.wanted);
    wl_outputs_push(&self->outputs, output);
}

/* While traffic flows the counters show which peers have it. On-demand peers have no session and no
 * counters, so the link still reports packets for them. */
static void
watch_on_demand(WlEngine *self)
{
    WlTraffic *traffic = &self->traffic;
    g_autoptr(GArray) wanted = NULL;

    if (traffic->watching == WL_TRAFFIC_WATCH_ANY || traffic->on_demand->len == 0)
        return;
    wanted = get_wanted(self);
    if (wanted->len == 0 || (traffic->watching == WL_TRAFFIC_WATCH_SOME &&
                             wl_prefix_set_equal(wanted, traffic->wanted)))
        return;
    g_array_unref(traffic->wanted);
    traffic->wanted = g_steal_pointer(&wanted);
    watch_link(self, FALSE);
}

void
wl_traffic_run(WlEngine *self)
{
    WlTraffic *traffic = &self->traffic;

    if (traffic->peers == 0)
        traffic->active = FALSE;
    if (traffic->active && traffic->rest > self->now) {
        if (traffic->poll_due <= self->now) {
            traffic->poll_due = self->now + WL_TRAFFIC_POLL;
            wl_engine_request_snapshot(self);
        }
        wl_scheduler_wake_at(&self->scheduler, MIN(traffic->poll_due, traffic->rest));
    } else {
        traffic->active = FALSE;
        if (traffic->peers > 0 && traffic->watching != WL_TRAFFIC_WATCH_ANY)
            watch_link(self, TRUE);
    }
    watch_on_demand(self);
}

void
wl_traffic_started(WlEngine *self, const WlIp *destination)
{
    gboolean any = self->traffic.watching == WL_TRAFFIC_WATCH_ANY;

    self->traffic.watching = WL_TRAFFIC_WATCH_NONE;
    if (destination)
        try_on_demand(self, destination);
    if (any && self->traffic.peers > 0) {
        self->traffic.active = TRUE;
        self->traffic.rest = self->now + WL_TRAFFIC_REST;
        self->traffic.poll_due = self->now;
    }
}
