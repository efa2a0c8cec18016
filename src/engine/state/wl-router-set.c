/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-router-set.h"

#include "state/wl-fact-entry.h"
#include "state/wl-timing.h"
#include "wl-role.h"

void
wl_router_set_init(WlRouterSet *self)
{
    *self = (WlRouterSet){
        .members = g_ptr_array_new(),
        .chosen = WL_LONG_AGO,
        .hold = WL_ROUTER_HOLD,
        .returned = WL_LONG_AGO,
    };
}

void
wl_router_set_clear(WlRouterSet *self)
{
    g_clear_pointer(&self->members, g_ptr_array_unref);
}

/* Default routes cover everything that no member has: an exit is no router of the network. On a
 * router a greater prefix is that of a router above it, and only its own subnet marks a fellow. */
static gboolean
is_shared(const WlEngineConfig *config, const WlPrefix *prefix, gboolean own_router)
{
    if (prefix->length <= 1 || !wl_role_covers_subnet(prefix, config->addresses))
        return FALSE;
    for (guint i = 0; own_router && i < config->addresses->len; i++) {
        WlPrefix subnet = wl_prefix_masked(&g_array_index(config->addresses, WlPrefix, i));
        if (wl_prefix_equal(&subnet, prefix))
            return TRUE;
    }
    return !own_router;
}

static gboolean
is_member(const WlEngineConfig *config, const WlPeerConfig *peer, gboolean own_router)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        if (is_shared(config, &g_array_index(peer->allowed_ips, WlPrefix, i), own_router))
            return TRUE;
    }
    return FALSE;
}

/* The bits of the members are others now, and the first one is used if the current one is gone. */
static void
members_changed(WlRouterSet *self)
{
    self->answered = 0;
    if (self->fellows || (self->preferred && wl_router_set_index(self, self->preferred) < 0))
        self->preferred = NULL;
    if (self->fellows || self->members->len == 0)
        self->current = NULL;
    else if (wl_router_set_index(self, self->current) < 0)
        self->current = self->members->pdata[0];
}

gboolean
wl_router_set_update(WlRouterSet *self, const WlEngineConfig *config, const WlPeerTable *peers,
                     gboolean own_router)
{
    g_autoptr(GPtrArray) before = self->members;
    gboolean changed = self->fellows != own_router;

    self->members = g_ptr_array_new();
    self->fellows = own_router;
    for (guint i = 0; i < config->peers->len && self->members->len < WL_MAX_ROUTER_SET; i++) {
        WlPeer *peer = wl_peer_table_find(
            peers, &((const WlPeerConfig *) config->peers->pdata[i])->public_key);

        if (peer && peer->config && is_member(config, peer->config, own_router))
            g_ptr_array_add(self->members, peer);
    }
    changed |= before->len != self->members->len;
    for (guint i = 0; !changed && i < before->len; i++)
        changed = before->pdata[i] != self->members->pdata[i];
    if (!changed)
        return FALSE;
    members_changed(self);
    return TRUE;
}

void
wl_router_set_drop(WlRouterSet *self, WlPeer *peer)
{
    if (g_ptr_array_remove(self->members, peer))
        members_changed(self);
}

gboolean
wl_router_set_is_usable(const WlPeer *router)
{
    return router->liveness.healthy && router->failover.fine_since != WL_NEVER;
}

int
wl_router_set_get_rank(const WlRouterSet *self, const WlPeer *router)
{
    return router == self->preferred ? -1 : wl_router_set_index(self, router);
}

int
wl_router_set_index(const WlRouterSet *self, const WlPeer *peer)
{
    for (guint i = 0; i < self->members->len; i++) {
        if (self->members->pdata[i] == peer)
            return (int) i;
    }
    return -1;
}

gboolean
wl_router_set_withholds(const WlRouterSet *self, const WlEngineConfig *config, const WlPeer *peer,
                        const WlPrefix *prefix)
{
    const WlPeer *current = self->current;

    if (wl_router_set_index(self, peer) < 0)
        return FALSE;
    if (self->fellows)
        return is_shared(config, prefix, TRUE);
    if (!current || current == peer)
        return FALSE;
    for (guint i = 0; i < current->config->allowed_ips->len; i++) {
        const WlPrefix *other = &g_array_index(current->config->allowed_ips, WlPrefix, i);
        if (other->length > 1 && wl_prefix_contains(other, prefix))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_router_set_shares(const WlRouterSet *self, const WlEngineConfig *config, const WlPrefix *prefix)
{
    return self->members->len > 0 && is_shared(config, prefix, self->fellows);
}

gboolean
wl_router_set_chooses(const WlRouterSet *self, const WlPeer *peer)
{
    return (self->fellows || self->members->len > 1) && wl_router_set_index(self, peer) >= 0;
}

/* TRUE for a prefix that all routers share, and for one inside our own subnets. */
static gboolean
is_of_network(const WlRouterSet *self, const WlEngineConfig *config, const WlPrefix *prefix)
{
    WlPrefix masked = wl_prefix_masked(prefix);

    for (guint i = 0; i < config->addresses->len; i++) {
        WlPrefix subnet = wl_prefix_masked(&g_array_index(config->addresses, WlPrefix, i));
        if (wl_prefix_contains(&subnet, &masked))
            return TRUE;
    }
    return wl_router_set_shares(self, config, &masked);
}

gboolean
wl_router_set_hides(const WlRouterSet *self, const WlEngineConfig *config, const WlKey *own,
                    const WlPeer *peer, const WlFact *fact)
{
    const WlPeer *holder = peer->failover.holder;

    if (!self->fellows || self->members->len == 0 || peer->boot.native ||
        !wl_fact_is_allowed(fact) || !is_of_network(self, config, &fact->value.prefix))
        return FALSE;
    if (wl_key_equal(&fact->subject, own))
        return !peer->failover.here;
    for (guint i = 0; i < self->members->len; i++) {
        const WlPeer *fellow = self->members->pdata[i];
        if (wl_key_equal(&fact->subject, &fellow->key))
            return fellow != holder;
    }
    return FALSE;
}
