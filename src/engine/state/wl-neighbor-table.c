/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-neighbor-table.h"

#include "state/wl-peer-table.h"
#include "state/wl-timing.h"
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
wl_neighbor_is_pending(const WlNeighbor *self, gint64 now)
{
    return self->state == WL_NEIGHBOR_PENDING && self->requested + WL_NEIGHBOR_TIMEOUT > now;
}

static guint
count_of(const WlNeighborTable *self, const WlKey *payer)
{
    guint n = 0;

    for (guint i = 0; i < self->entries->len; i++)
        n += wl_key_equal(&g_array_index(self->entries, WlNeighbor, i).payer, payer);
    return n;
}

WlNeighbor *
wl_neighbor_table_find_victim(const WlNeighborTable *self, const WlKey *payer, gint64 now)
{
    guint own = count_of(self, payer), most = 0;
    WlNeighbor *victim = NULL;

    for (guint i = 0; i < self->entries->len; i++) {
        WlNeighbor *known = &g_array_index(self->entries, WlNeighbor, i);
        guint n;

        if (wl_neighbor_is_pending(known, now))
            continue;
        n = count_of(self, &known->payer);
        if (n <= own && !wl_key_equal(&known->payer, payer))
            continue;
        if (victim && (n < most || (n == most && known->requested >= victim->requested)))
            continue;
        most = n;
        victim = known;
    }
    return victim;
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
