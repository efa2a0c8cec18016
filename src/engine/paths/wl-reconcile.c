/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-reconcile.h"

#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-prefix-set.h"

void
wl_reconcile_request_recreate(WlPeer *peer, const WlEndpoint *endpoint)
{
    peer->reconcile.recreate = TRUE;
    peer->reconcile.endpoint = endpoint ? *endpoint : (WlEndpoint){0};
}

void
wl_reconcile_request_endpoint(WlPeer *peer, const WlEndpoint *endpoint)
{
    peer->reconcile.set_endpoint = TRUE;
    peer->reconcile.endpoint = *endpoint;
}

void
wl_reconcile_request_settings(WlPeer *peer)
{
    peer->reconcile.set_settings = TRUE;
}

/*
 * Adds prefixes that the peer has only on the direct path. After a fall-back they move to a live
 * router; without one they stay, and WireGuard keeps trying.
 */
static void
add_when_direct(const WlEngine *self, const WlPeer *peer, const GArray *prefixes, GArray *wanted)
{
    for (guint i = 0; i < prefixes->len; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (peer->path.direct || (wl_prefix_set_contains(peer->device.allowed, prefix) &&
                                  !wl_engine_find_fallback_router(self, peer, prefix)))
            wl_prefix_set_add(wanted, prefix);
    }
}

/* The prefixes of the leaves that the fellow @router holds. */
static void
add_held(const WlEngine *self, const WlPeer *router, GArray *wanted)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        const WlPeer *leaf = wl_peer_table_get(&self->peers, i);
        const GArray *lists[] = {leaf->prefixes.static_ips, leaf->prefixes.direct_ips,
                                 leaf->prefixes.learned_ips};

        for (guint j = 0; leaf->failover.holder == router && j < G_N_ELEMENTS(lists); j++) {
            for (guint k = 0; k < lists[j]->len; k++)
                wl_prefix_set_add(wanted, &g_array_index(lists[j], WlPrefix, k));
        }
    }
}

/* The allowed IPs that the peer should have, in a scratch array shared by all peers. */
static const GArray *
wanted_allowed(WlEngine *self, const WlPeer *peer)
{
    GArray *wanted = self->outputs.allowed_scratch;

    g_array_set_size(wanted, 0);
    if (peer->failover.holder)
        return wanted; /* a fellow has them */
    g_array_append_vals(wanted, peer->prefixes.static_ips->data, peer->prefixes.static_ips->len);
    if (self->routers.fellows && wl_router_set_index(&self->routers, peer) >= 0)
        add_held(self, peer, wanted);
    add_when_direct(self, peer, peer->prefixes.direct_ips, wanted);
    add_when_direct(self, peer, peer->prefixes.learned_ips, wanted);
    return wanted;
}

static void
emit_change(WlEngine *self, WlPeer *peer, WlPeerChangeKind kind, const GArray *wanted,
            gboolean replace_allowed, const WlEndpoint *endpoint)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_CHANGE_PEER);
    WlPeerChange *change = wl_peer_change_new(kind, &peer->key);

    output->key = peer->key;
    output->change = change;
    change->endpoint = *endpoint;
    change->replace_allowed_ips = replace_allowed;
    change->replace_settings = peer->reconcile.set_settings;
    peer->reconcile.set_settings = FALSE;
    if (replace_allowed) {
        WlPrefix link_local = wl_prefix_from_ip(&peer->link_local);
        g_array_append_val(change->allowed_ips, link_local);
        g_array_append_vals(change->allowed_ips, wanted->data, wanted->len);
    }
    if ((kind != WL_PEER_UPDATE || change->replace_settings) && peer->config) {
        change->has_preshared_key = peer->config->has_preshared_key;
        change->preshared_key = peer->config->preshared_key;
        change->keepalive = peer->config->keepalive;
    }
    wl_outputs_push(&self->outputs, output);
    peer->reconcile.change = ++self->outputs.changes;

    if (kind != WL_PEER_UPDATE) {
        peer->device.present = TRUE;
        peer->device.endpoint = *endpoint;
        peer->device.handshake = -1;
        peer->device.rx = peer->device.tx = 0;
        wl_connect_recreated(peer);
    } else if (wl_endpoint_is_set(endpoint)) {
        peer->device.endpoint = *endpoint;
    }
    if (replace_allowed) {
        peer->device.link_local = TRUE;
        if (!wl_prefix_set_equal(wanted, peer->device.allowed)) {
            g_array_set_size(peer->device.allowed, 0);
            g_array_append_vals(peer->device.allowed, wanted->data, wanted->len);
            peer->device.allowed_serial++;
            wl_engine_local_facts_changed(self, peer);
        }
    }
}

/* The first configured address, which a new peer has at once; names are resolved later. */
static WlEndpoint
first_endpoint(const WlEngine *self, const WlPeer *peer)
{
    WlEndpoint endpoint;

    for (guint i = 0; peer->config && i < peer->config->endpoints->len; i++) {
        if (wl_endpoint_parse(peer->config->endpoints->pdata[i], &endpoint) &&
            !wl_engine_is_inside(self, &peer->key, &endpoint))
            return endpoint;
    }
    return (WlEndpoint){0};
}

void
wl_reconcile_peer(WlEngine *self, WlPeer *peer)
{
    const GArray *wanted = wanted_allowed(self, peer);
    WlEndpoint none = {0};
    gboolean recreate = peer->reconcile.recreate, move = peer->reconcile.set_endpoint;

    if (peer->reconcile.retry > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->reconcile.retry);
        return;
    }
    peer->reconcile.recreate = peer->reconcile.set_endpoint = FALSE;
    if (!peer->device.present) {
        WlEndpoint endpoint = recreate ? peer->reconcile.endpoint : first_endpoint(self, peer);

        emit_change(self, peer, WL_PEER_ADD, wanted, TRUE, &endpoint);
    } else if (recreate) {
        emit_change(self, peer, WL_PEER_RECREATE, wanted, TRUE, &peer->reconcile.endpoint);
    } else {
        gboolean replace =
            !peer->device.link_local || !wl_prefix_set_equal(wanted, peer->device.allowed);
        if (!replace && !move && !peer->reconcile.set_settings)
            peer->reconcile.backoff = 0;
        else
            emit_change(self, peer, WL_PEER_UPDATE, wanted, replace,
                        move ? &peer->reconcile.endpoint : &none);
    }
}

void
wl_reconcile_failed(WlEngine *self, WlPeer *peer)
{
    g_autofree char *label = wl_peer_dup_label(peer);

    peer->reconcile.backoff =
        CLAMP(peer->reconcile.backoff * 2, WL_CHANGE_RETRY, WL_CHANGE_RETRY_MAX);
    peer->reconcile.retry = self->now + peer->reconcile.backoff;
    wl_engine_log(self, peer, "%s: the link refused a change; retrying", label);
    /* The snapshot reveals every other difference. */
    peer->reconcile.set_settings = peer->device.present;
    wl_scheduler_schedule(&self->scheduler, peer);
    wl_engine_request_snapshot_for(self, peer);
}
