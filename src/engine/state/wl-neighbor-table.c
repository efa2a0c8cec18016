/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-neighbor-table.h"

#include "state/wl-peer-table.h"
#include "wl-array.h"

void
wl_neighbor_table_init(WlNeighborTable *self)
{
    self->entries = wl_array_new(WlNeighbor);
    self->candidates = g_hash_table_new_full(wl_peer_table_hash_ip, wl_peer_table_equal_ip, g_free,
                                             (GDestroyNotify) g_ptr_array_unref);
}

void
wl_neighbor_table_clear(WlNeighborTable *self)
{
    g_array_unref(self->entries);
    g_hash_table_unref(self->candidates);
}

WlNeighbor *
wl_neighbor_table_find(const WlNeighborTable *self, const WlIp *ip, guint32 ifindex)
{
    for (guint i = 0; i < self->entries->len; i++) {
        WlNeighbor *known = &g_array_index(self->entries, WlNeighbor, i);
        if (known->ifindex == ifindex && wl_ip_equal(&known->ip, ip))
            return known;
    }
    return NULL;
}

gboolean
wl_neighbor_table_is_present(const WlNeighborTable *self, const WlPolicy *policy, const WlIp *ip)
{
    for (guint i = 0; i < policy->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(policy->local, WlLocalAddress, i);
        const WlNeighbor *known;

        if (!wl_policy_is_on_link_of(local, ip))
            continue;
        /* The address belongs to another member on this machine: a kernel does not resolve its own
         * addresses. */
        if (wl_ip_equal(&local->address.ip, ip))
            return TRUE;
        known = wl_neighbor_table_find(self, ip, local->ifindex);
        if (known && known->state == WL_NEIGHBOR_PRESENT)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_neighbor_table_is_absent(const WlNeighborTable *self, const WlPolicy *policy, const WlIp *ip)
{
    gboolean absent = FALSE;

    for (guint i = 0; i < policy->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(policy->local, WlLocalAddress, i);
        const WlNeighbor *known;

        if (!wl_policy_is_on_link_of(local, ip))
            continue;
        known = wl_neighbor_table_find(self, ip, local->ifindex);
        if (!known || known->misses == 0)
            return FALSE;
        absent = TRUE;
    }
    return absent;
}
