/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-endpoint-dns.h"

#include <string.h>

#include "state/wl-engine-marks.h"
#include "wl-array.h"

/* TRUE if the endpoint of the session is being checked or was silent at the last check: the name
 * may resolve to another address now. */
static gboolean
is_in_doubt(const WlPeer *peer)
{
    return !peer->roaming.upgrading &&
           (peer->silence.probes > 0 || peer->roaming.suspect ||
            peer->roaming.phase != WL_ROAMING_NONE || peer->roaming.retry != WL_NEVER);
}

void
wl_endpoint_dns_renew(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.dns_names->len; i++) {
        WlEndpointDns *dns = peer->endpoints.dns_names->pdata[i];

        dns->due = MIN(dns->due, self->now);
        dns->backoff = WL_RESOLVE_FIRST;
    }
}

/* Configured names are resolved again, with increasing delay, until there is a working session. */
void
wl_endpoint_dns_run(WlEngine *self, WlPeer *peer)
{
    if (!self->uplink.present || (peer->liveness.healthy && !is_in_doubt(peer)))
        return;
    for (guint i = 0; i < peer->endpoints.dns_names->len; i++) {
        WlEndpointDns *dns = peer->endpoints.dns_names->pdata[i];

        if (dns->due <= self->now) {
            WlOutput *output = wl_output_new(WL_OUTPUT_RESOLVE);
            output->key = peer->key;
            output->name = g_strdup(dns->name);
            wl_outputs_push(&self->outputs, output);
            dns->outstanding = TRUE;
            dns->due = self->now + WL_RESOLVE_LOST;
        }
        wl_scheduler_wake_peer_at(&self->scheduler, peer, dns->due);
    }
}

void
wl_endpoint_dns_index(WlEngine *self)
{
    g_hash_table_remove_all(self->peers.by_dns_name);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        for (guint j = 0; j < peer->endpoints.dns_names->len; j++) {
            const WlEndpointDns *dns = peer->endpoints.dns_names->pdata[j];
            GPtrArray *peers = g_hash_table_lookup(self->peers.by_dns_name, dns->name);

            if (!peers) {
                peers = g_ptr_array_new();
                g_hash_table_insert(self->peers.by_dns_name, g_strdup(dns->name), peers);
            }
            if (peers->len == 0 || peers->pdata[peers->len - 1] != peer)
                g_ptr_array_add(peers, peer);
        }
    }
}

/* Records whether @name resolves, for all peers that have it. Returns whether this changed. */
static gboolean
set_unresolved(const GPtrArray *peers, const char *name, gboolean unresolved)
{
    gboolean before = FALSE;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];

        for (guint j = 0; j < peer->endpoints.dns_names->len; j++) {
            WlEndpointDns *dns = peer->endpoints.dns_names->pdata[j];

            if (strcmp(dns->name, name) != 0)
                continue;
            before = before || dns->unresolved;
            dns->unresolved = unresolved;
        }
    }
    return before != unresolved;
}

/* Logs one line for a name, regardless of how many peers have it and how often it fails. */
static void
log_result(WlEngine *self, const GPtrArray *peers, const char *name, gboolean unresolved)
{
    g_autofree char *label = NULL;

    /* Without an uplink every name fails. */
    if ((unresolved && !self->uplink.present) || !set_unresolved(peers, name, unresolved))
        return;
    label = wl_peer_dup_label(peers->pdata[0]);
    if (unresolved)
        wl_engine_log(self, peers->pdata[0],
                      "%s: cannot resolve %s; retrying with increasing delay", label, name);
    else
        wl_engine_log(self, peers->pdata[0], "%s: %s resolves again", label, name);
}

static gint64
get_pause(const WlEngine *self, const WlPeer *peer, const WlEndpointDns *dns)
{
    gboolean awaited = peer->silence.probes > 0 && peer->traffic.flow_until > self->now;

    return awaited ? MIN(dns->backoff, WL_RESOLVE_TRAFFIC) : dns->backoff;
}

/* @after has an address that @before lacks. Both are lists of WlEndpoint. */
static gboolean
has_news(const GArray *before, const GArray *after)
{
    for (guint i = 0; i < after->len; i++) {
        gboolean known = FALSE;

        for (guint j = 0; j < before->len; j++)
            known |= wl_endpoint_equal(&g_array_index(before, WlEndpoint, j),
                                       &g_array_index(after, WlEndpoint, i));
        if (!known)
            return TRUE;
    }
    return FALSE;
}

void
wl_endpoint_dns_result(WlEngine *self, const char *name, const WlEndpoint *endpoints, gsize n)
{
    const GPtrArray *peers = g_hash_table_lookup(self->peers.by_dns_name, name);
    gboolean awaited = FALSE;

    for (guint i = 0; peers && i < peers->len; i++) {
        WlPeer *peer = peers->pdata[i];

        wl_scheduler_count_work(&self->scheduler);
        for (guint j = 0; j < peer->endpoints.dns_names->len; j++) {
            WlEndpointDns *dns = peer->endpoints.dns_names->pdata[j];
            g_autoptr(GArray) before = NULL;

            if (!dns->outstanding || strcmp(dns->name, name) != 0)
                continue;
            awaited = TRUE;
            wl_scheduler_schedule(&self->scheduler, peer);
            dns->outstanding = FALSE;
            dns->due = self->now + wl_engine_jitter(self, get_pause(self, peer, dns));
            dns->backoff = MIN(dns->backoff * 2, WL_RESOLVE_MAX);
            /* After a failure the last result is kept, since it may still be valid. */
            if (n == 0)
                continue;
            before = g_steal_pointer(&dns->addresses);
            dns->addresses = wl_array_new(WlEndpoint);
            for (gsize k = 0; k < MIN(n, WL_MAX_RESOLVED); k++) {
                if (wl_endpoint_is_set(&endpoints[k]) && endpoints[k].port != 0)
                    g_array_append_val(dns->addresses, endpoints[k]);
            }
            /* It does not answer, and may be at the new address. */
            if (peer->liveness.healthy && peer->silence.probes > 0 &&
                has_news(before, dns->addresses))
                wl_roaming_suspect(peer);
            wl_engine_candidates_changed(self, peer);
            wl_engine_local_facts_changed(self, peer);
        }
    }
    if (awaited)
        log_result(self, peers, name, n == 0);
}
