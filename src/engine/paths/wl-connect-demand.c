/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect-demand.h"

#include "paths/wl-path.h"
#include "paths/wl-traffic.h"

gint64
wl_connect_demand_interval(gint64 away, gboolean worked)
{
    /* What others say may be tried once a minute (state/wl-address-limiter.c). */
    if (!worked)
        return WL_ON_DEMAND_RETRY;
    return CLAMP(away / WL_ON_DEMAND_SHARE, WL_INITIATION_RETRY, WL_ON_DEMAND_RETRY);
}

/* A learned basic peer is usually a phone, reachable only while it is used. A server with a name
 * may have moved, which its name shows. */
static gboolean
is_reached_by_traffic_only(const WlPeer *peer)
{
    return (peer->basic && !peer->config) || peer->endpoints.dns_names->len > 0;
}

/* A router sees the peer and carries its traffic: a direct path that was blocked may work again. */
static gboolean
is_routed(const WlEngine *self, const WlPeer *peer)
{
    gboolean seen = FALSE;

    for (guint i = 0; !seen && i < peer->endpoints.candidates->len; i++)
        seen = g_array_index(peer->endpoints.candidates, WlCandidate, i).source ==
               WL_CANDIDATE_SOURCE_ROUTER;
    return seen && !peer->basic && wl_path_has_fallback(self, peer);
}

/* Nothing but the words of third parties is tried for a while. */
static gboolean
rests(const WlEngine *self, const WlPeer *peer)
{
    const WlConnect *connect = &peer->connect;

    return connect->resume > self->now ||
           (connect->phase == WL_CONNECT_SLOT && connect->due > self->now + WL_SLOT_LATER);
}

static gint64
get_interval(const WlEngine *self, const WlPeer *peer)
{
    gboolean worked = FALSE;

    if (is_reached_by_traffic_only(peer))
        return WL_ON_DEMAND_RETRY;
    for (guint i = 0; !worked && i < peer->endpoints.candidates->len; i++)
        worked = g_array_index(peer->endpoints.candidates, WlCandidate, i).worked;
    return wl_connect_demand_interval(self->now - peer->connect.since, worked);
}

void
wl_connect_demand_update(WlEngine *self, WlPeer *peer)
{
    gboolean pauses;
    gint64 again;

    if (is_reached_by_traffic_only(peer))
        pauses =
            peer->connect.phase == WL_CONNECT_PAUSE || peer->connect.backoff > WL_BACKOFF_FIRST;
    else
        pauses = rests(self, peer) && is_routed(self, peer);
    again = peer->connect.demanded + get_interval(self, peer);
    wl_traffic_set_on_demand(self, peer, pauses && again <= self->now);
    if (pauses && again > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, again);
}

void
wl_connect_demand_answer(WlEngine *self, WlPeer *peer, gint64 head_start)
{
    gint64 interval = get_interval(self, peer);

    peer->connect.asked = FALSE;
    /* The clocks of the two differ by the way of the request. */
    if (!rests(self, peer) || peer->basic || !self->uplink.present ||
        peer->connect.demanded + interval - interval / 4 > self->now)
        return;
    peer->connect.demanded = self->now;
    peer->connect.due = peer->connect.resume = self->now + head_start;
    peer->connect.demand_round = TRUE;
}
