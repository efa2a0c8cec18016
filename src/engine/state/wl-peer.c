/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-peer.h"

#include "state/wl-candidates.h"
#include "wl-array.h"
#include "wl-link-local.h"
#include "wl-role.h"

static void
endpoint_dns_free(WlEndpointDns *dns)
{
    g_free(dns->name);
    g_array_unref(dns->addresses);
    g_free(dns);
}

static GArray *
prefixes_new(void)
{
    return wl_array_new(WlPrefix);
}

static void
init_path(WlPeerPath *self)
{
    WlPathAgreement *agreement = &self->agreement;
    WlEcho *echo = &self->echo;

    self->fell_back = self->promoted = WL_LONG_AGO;
    agreement->acked = TRUE;
    agreement->announce_due = agreement->watched_since = WL_NEVER;
    agreement->last_probe = agreement->last_ack = WL_LONG_AGO;
    agreement->check_until = agreement->watched_until = agreement->probe_due = WL_LONG_AGO;
    agreement->routed_since = agreement->urgent_since = WL_LONG_AGO;
    echo->sent = echo->last_reply = echo->session_since = echo->suspected_since = WL_LONG_AGO;
}

void
wl_peer_reset_connect(WlPeer *self)
{
    self->connect.phase = WL_CONNECT_IDLE;
    self->connect.restart = self->connect.heard = self->connect.hearsay = FALSE;
    self->connect.due = WL_NEVER;
    self->connect.resume = self->connect.head_start = WL_LONG_AGO;
    self->connect.round = 0;
    self->connect.backoff = WL_BACKOFF_FIRST;
    for (guint i = 0; i < G_N_ELEMENTS(self->connect.poll); i++)
        self->connect.poll[i] = WL_NEVER;
}

static WlEndpointDns *
take_dns(GPtrArray *names, const char *name)
{
    WlEndpointDns *dns;

    for (guint i = 0; i < names->len; i++) {
        if (g_str_equal(((WlEndpointDns *) names->pdata[i])->name, name))
            return g_ptr_array_steal_index(names, i);
    }
    dns = g_new0(WlEndpointDns, 1);
    dns->name = g_strdup(name);
    dns->addresses = wl_array_new(WlEndpoint);
    dns->due = WL_LONG_AGO;
    dns->backoff = WL_RESOLVE_FIRST;
    return dns;
}

void
wl_peer_set_config(WlPeer *self, const WlPeerConfig *config)
{
    g_autoptr(GPtrArray) before = self->endpoints.dns_names;

    self->config = config;
    self->router = config && wl_role_is_router_peer(config);
    if (config)
        self->basic = config->basic;
    self->endpoints.dns_names = g_ptr_array_new_with_free_func((GDestroyNotify) endpoint_dns_free);
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        WlEndpoint endpoint;

        if (!wl_endpoint_parse(config->endpoints->pdata[i], &endpoint))
            g_ptr_array_add(self->endpoints.dns_names,
                            take_dns(before, config->endpoints->pdata[i]));
    }
}

WlPeer *
wl_peer_new(const WlKey *key, const WlPeerConfig *config, guint slot)
{
    WlPeer *self = g_new0(WlPeer, 1);

    self->key = *key;
    wl_key_link_local(key, &self->link_local);
    self->slot = slot;
    self->membership.trust = WL_TRUST_UNSET;
    self->prefixes.static_ips = prefixes_new();
    self->prefixes.direct_ips = prefixes_new();
    self->prefixes.learned_ips = prefixes_new();
    self->prefixes.hosts = wl_array_new(WlHost);
    self->device.allowed = prefixes_new();
    self->endpoints.candidates = wl_candidates_new();
    self->endpoints.history = wl_endpoint_history_new();
    self->dirty.candidates = self->dirty.local_facts = self->dirty.name = TRUE;
    self->turn.timer.owner = self->subscription.alive_due.owner = self;
    for (guint i = 0; i < WL_STEP_N; i++)
        self->turn.wake_at[i] = WL_NEVER;
    self->endpoints.dns_names = g_ptr_array_new_with_free_func((GDestroyNotify) endpoint_dns_free);
    self->device.handshake = -1;
    self->device.snapshot = self->device.rx_time = WL_LONG_AGO;
    self->reconcile.retry = WL_LONG_AGO;
    self->traffic.rx_seen = self->traffic.flow_until = WL_LONG_AGO;
    self->failover.fine_since = self->failover.announce_due = self->failover.claim_due = WL_NEVER;
    self->failover.watched_since = self->failover.asked = WL_LONG_AGO;
    self->failover.call_due = WL_NEVER;
    self->failover.claimed_next = WL_LONG_AGO;
    self->silence.asked = self->silence.probed = WL_LONG_AGO;
    self->liveness.last_alive = -1;
    self->liveness.last_heard = WL_LONG_AGO;
    self->liveness.alive_since = WL_NEVER;
    self->resync.last = WL_LONG_AGO;
    self->resync.due = WL_NEVER;
    self->endpoints.refused_logged = self->receive.full_logged = WL_LONG_AGO;
    self->advertise.alive_sent = self->advertise.alive_sent_before = WL_LONG_AGO;
    self->advertise.facts_sent = self->advertise.retry = WL_LONG_AGO;
    self->outer.since = self->outer.restored = WL_LONG_AGO;
    self->outer.next = self->outer.log_next = WL_LONG_AGO;
    self->outer.check = WL_NEVER;
    self->roaming.retry = WL_NEVER;
    init_path(&self->path);
    self->connect.tried = self->connect.off_link_tried = self->connect.demanded = WL_LONG_AGO;
    wl_peer_reset_connect(self);

    wl_peer_set_config(self, config);
    return self;
}

void
wl_peer_free(WlPeer *self)
{
    g_array_unref(self->prefixes.static_ips);
    g_array_unref(self->prefixes.direct_ips);
    g_array_unref(self->prefixes.learned_ips);
    g_array_unref(self->prefixes.hosts);
    g_array_unref(self->device.allowed);
    g_array_unref(self->endpoints.candidates);
    g_array_unref(self->endpoints.history);
    g_ptr_array_unref(self->endpoints.dns_names);
    g_clear_pointer(&self->names.metadata, wl_metadata_unref);
    g_free(self->path.inference);
    wl_send_window_free(self->acks.window);
    g_free(self->names.learned);
    g_free(self->names.folded);
    g_free(self->names.shown);
    wl_reason_free(self->status.reason);
    g_free(self);
}

char *
wl_peer_dup_label(const WlPeer *self)
{
    const char *name = self->config ? self->config->name : NULL;
    char *key;

    if (!name || !*name)
        name = self->names.shown;
    if (name && *name)
        return g_strdup(name);
    key = wl_key_to_string(&self->key);
    key[8] = '\0';
    return key;
}

gboolean
wl_peer_is_ready(const WlPeer *self, gint64 now)
{
    return self->basic || self->liveness.alive_until > now + WL_READY_LEFT;
}

gboolean
wl_peer_owns_prefix(const WlPeer *self)
{
    return self->prefixes.static_ips->len > 0 || self->prefixes.direct_ips->len > 0 ||
           self->prefixes.learned_ips->len > 0;
}

gboolean
wl_peer_is_observer(const WlPeer *self)
{
    return self->router || wl_peer_get_configured_trust(self) >= WL_TRUST_MEMBERSHIP;
}

WlTrust
wl_peer_get_configured_trust(const WlPeer *self)
{
    return self->config ? self->config->trust : WL_TRUST_UNSET;
}

void
wl_connect_restart(WlPeer *peer)
{
    peer->connect.restart = TRUE;
    peer->connect.fast_rate = (WlRateLimit){0};
}

gboolean
wl_connect_restart_heard(WlPeer *peer, WlCandidateSource source, gint64 now)
{
    WlRateLimit *rate = &peer->connect.restart_rates[source == WL_CANDIDATE_SOURCE_ROUTER];

    if (source == WL_CANDIDATE_SOURCE_THIRD_PARTY)
        peer->connect.heard = TRUE;
    if (peer->connect.restart || source == WL_CANDIDATE_SOURCE_THIRD_PARTY)
        return TRUE;
    peer->connect.restart = source == WL_CANDIDATE_SOURCE_PROFILE ||
                            wl_rate_limit_take(rate, now, WL_ADDRESS_INTERVAL, WL_ADDRESS_BURST);
    return peer->connect.restart;
}

void
wl_connect_demand(WlPeer *peer, gint64 now)
{
    peer->connect.demanded = now;
    peer->connect.due = MIN(peer->connect.due, now);
    peer->connect.resume = MIN(peer->connect.resume, now);
    peer->connect.demand_round = !peer->basic;
    peer->path.agreement.request_pending = !peer->basic;
}

void
wl_connect_asked(WlPeer *peer)
{
    peer->connect.asked = TRUE;
}

void
wl_connect_packet_sent(WlPeer *peer)
{
    peer->connect.initiated = TRUE;
}

void
wl_connect_recreated(WlPeer *peer)
{
    peer->connect.initiated = FALSE;
}

void
wl_connect_endpoint_dropped(WlPeer *peer)
{
    peer->connect.endpoint_dropped = TRUE;
}

void
wl_roaming_suspect(WlPeer *peer)
{
    peer->roaming.suspect = TRUE;
}

void
wl_roaming_router_sees(WlPeer *peer, const WlEndpoint *endpoint)
{
    WlRoaming *roaming = &peer->roaming;

    if (roaming->n_sightings < WL_ROAMING_SIGHTINGS)
        roaming->sightings[roaming->n_sightings++] = *endpoint;
}

gboolean
wl_roaming_third_party_sees(WlPeer *peer, gint64 now)
{
    if (!wl_rate_limit_take(&peer->roaming.heard_rate, now, WL_ROAMING_HEARD_INTERVAL,
                            WL_ROAMING_HEARD_BURST))
        return FALSE;
    wl_roaming_suspect(peer);
    return TRUE;
}

void
wl_reconcile_retry_now(WlPeer *peer)
{
    peer->reconcile.retry = WL_LONG_AGO;
}

void
wl_path_request_check(WlPeer *peer, gint64 now)
{
    peer->path.agreement.check_until = now + WL_PATH_CHECK;
}

void
wl_path_request_urgent_check(WlPeer *peer, gint64 now)
{
    wl_path_request_check(peer, now);
    if (peer->path.agreement.urgent_since + WL_PATH_CHECK <= now)
        peer->path.agreement.urgent_since = now;
}

void
wl_path_start_over(WlPeer *peer, gint64 now)
{
    WlPathAgreement *agreement = &peer->path.agreement;

    memset(peer->path.failures, 0, sizeof(peer->path.failures));
    peer->path.round_trip = (WlRoundTrip){0};
    agreement->probe_due = MIN(agreement->probe_due, now);
    agreement->urgent_since = WL_LONG_AGO;
}

void
wl_peer_force_alive(WlPeer *peer)
{
    peer->advertise.force_alive = TRUE;
}

void
wl_peer_request_alive(WlPeer *peer)
{
    peer->advertise.force_alive = TRUE;
    peer->advertise.request_alive |= peer->boot.native;
}

void
wl_peer_request_introduction(WlPeer *peer)
{
    peer->advertise.force_alive = peer->advertise.request_alive = TRUE;
}

void
wl_peer_forget_own_alive(WlPeer *peer)
{
    peer->advertise.alive_expires = 0;
}

void
wl_peer_alive_received(WlPeer *peer, gint64 now, gint64 expires, gboolean restarted)
{
    WlPeerLiveness *liveness = &peer->liveness;

    /* Facts that the peer sent meanwhile may be lost: it is not authoritative until it had time to
     * send them again. */
    if (restarted || liveness->last_alive < now - WL_AUTHORITATIVE_HEARD)
        liveness->alive_since = WL_NEVER;
    liveness->last_alive = now;
    liveness->alive_until = restarted ? expires : MAX(liveness->alive_until, expires);
}

void
wl_peer_heard(WlPeer *peer, gint64 now)
{
    peer->liveness.last_heard = now;
    /* A snapshot of the same moment was taken before: what it says is no answer to a later try. */
    peer->device.snapshot = MIN(peer->device.snapshot, now - 1);
}

void
wl_peer_add_own_rx(WlPeer *peer, guint64 bytes)
{
    peer->traffic.own_rx += bytes;
}

void
wl_peer_add_own_tx(WlPeer *peer, guint64 bytes)
{
    peer->traffic.own_tx += bytes;
}

void
wl_peer_note_facts(WlPeer *peer)
{
    peer->failover.sent_facts = TRUE;
}

void
wl_peer_reconsider_facts(WlPeer *peer)
{
    peer->advertise.position = 0;
}

void
wl_peer_set_worked(WlPeer *peer, const WlEndpoint *endpoint, gint64 seen, gint64 until)
{
    wl_endpoint_history_note(peer->endpoints.history, endpoint, seen);
    peer->endpoints.worked = *endpoint;
    peer->endpoints.worked_until = until;
}

gboolean
wl_peer_forget_worked(WlPeer *peer, const WlEndpoint *endpoint)
{
    if (wl_endpoint_equal(&peer->endpoints.worked, endpoint))
        peer->endpoints.worked = (WlEndpoint){0};
    return wl_endpoint_history_forget(peer->endpoints.history, endpoint);
}
