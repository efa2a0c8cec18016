/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect-slot.h"

#include "paths/wl-captive-portal.h"
#include "paths/wl-reconcile.h"

/* Times after a try at which the device is read, since WireGuard reports no events. */
static const gint64 poll_after[] = {WL_CONNECT_POLL_1, WL_CONNECT_POLL_2, WL_CONNECT_POLL_3};

const WlCandidate *
wl_connect_slot_configured(const WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        if (candidate->source == WL_CANDIDATE_SOURCE_PROFILE)
            return candidate;
    }
    return NULL;
}

gboolean
wl_connect_slot_is_long_away(const WlPeer *peer)
{
    return peer->connect.round >= WL_CONNECT_LONG_AWAY;
}

WlConnectCycle
wl_connect_slot_make_cycle(const WlEngine *self, const WlPeer *peer)
{
    return (WlConnectCycle){
        .now = self->now,
        .round = peer->connect.serial,
        .number = peer->connect.round,
        .on_link_only = wl_captive_portal_holds_back(self, peer),
        .limiter = &self->limiter,
        .addresses = &self->addresses,
        .subject = &peer->key,
    };
}

void
wl_connect_slot_note_try(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_handshake_limiter_note(&self->limiter, endpoint, &peer->key, self->now);
    peer->connect.tried = self->now;
    peer->connect.holds = 0;
    wl_held_back_begin(&peer->held_back);
}

void
wl_connect_slot_recreate(WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_reconcile_request_recreate(peer, endpoint);
    wl_connect_recreated(peer);
}

void
wl_connect_slot_wait_until(WlEngine *self, WlPeer *peer, WlConnectPhase phase, gint64 due)
{
    peer->connect.phase = phase;
    peer->connect.due = due;
    for (guint i = 0; i < G_N_ELEMENTS(poll_after); i++)
        peer->connect.poll[i] = WL_NEVER;
}

void
wl_connect_slot_rest(const WlEngine *self, WlPeer *peer)
{
    const WlCandidate *configured = wl_connect_slot_configured(peer);
    const WlEndpoint *endpoint = configured ? &configured->endpoint : NULL;

    /* Behind a captive portal, and to a peer that is long away, WireGuard's own retries, every 5 s,
     * must end as well. */
    if ((endpoint ? !wl_endpoint_equal(endpoint, &peer->device.endpoint)
                  : wl_endpoint_is_set(&peer->device.endpoint)) ||
        ((wl_captive_portal_blocks(self, peer) ||
          (endpoint && wl_connect_slot_is_long_away(peer))) &&
         peer->connect.initiated))
        wl_connect_slot_recreate(peer, endpoint);
}

void
wl_connect_slot_schedule_polls(const WlEngine *self, WlPeer *peer, gint64 slot)
{
    for (guint i = 0; i < G_N_ELEMENTS(poll_after); i++)
        peer->connect.poll[i] = poll_after[i] < slot ? self->now + poll_after[i] : WL_NEVER;
}

gint64
wl_connect_slot_get_length(const WlEngine *self, const WlPeer *peer, const WlCandidate *candidate)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);
    gboolean last = wl_endpoint_cycling_is_last(peer->endpoints.candidates, &cycle, candidate);

    return MAX(wl_endpoint_cycling_slot(
                   peer->connect.demand_round && !last ? 0 : peer->connect.round, last),
               wl_connect_slot_round_trip(self));
}

gint64
wl_connect_slot_round_trip(const WlEngine *self)
{
    return wl_round_trip_timeout(&self->uplink.round_trip, 0, 0, WL_ROUND_TRIP_MAX);
}

void
wl_connect_slot_begin(WlEngine *self, WlPeer *peer, WlCandidate *candidate, gint64 slot)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);

    wl_address_limiter_note(&self->addresses, candidate, &peer->key, self->now);
    wl_endpoint_cycling_note_try(&cycle, candidate);
    peer->connect.last = candidate->endpoint;
    peer->connect.phase = WL_CONNECT_SLOT;
    peer->connect.hearsay = wl_candidate_is_hearsay(candidate);
    wl_peer_force_alive(peer);
    peer->connect.due = self->now + slot;
    wl_connect_slot_note_try(self, peer, &candidate->endpoint);
    peer->connect.crossed = FALSE;
    /* A member that is back after so long shows it by its datagrams: no wake-ups for that. */
    wl_connect_slot_schedule_polls(self, peer,
                                   wl_connect_slot_is_long_away(peer) && !peer->basic ? 0 : slot);
}

gint64
wl_connect_slot_get_spaced(const WlPeer *peer)
{
    return MAX(peer->advertise.alive_sent, peer->advertise.facts_sent) + WL_INITIATION_SPACING;
}
