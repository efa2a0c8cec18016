/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-peer-table.h"

#include "wl-array.h"
#include "wl-hash.h"

guint
wl_peer_table_hash_ip(gconstpointer key)
{
    return wl_hash(key, sizeof(WlIp));
}

gboolean
wl_peer_table_equal_ip(gconstpointer a, gconstpointer b)
{
    return wl_ip_equal(a, b);
}

void
wl_peer_table_init(WlPeerTable *self)
{
    self->list = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_free);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->by_link_local = g_hash_table_new(wl_peer_table_hash_ip, wl_peer_table_equal_ip);
    self->by_dns_name =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    self->slots = wl_array_new(gboolean);
    self->routers = g_ptr_array_new();
    self->authorities = g_ptr_array_new();
}

void
wl_peer_table_clear(WlPeerTable *self)
{
    g_array_unref(self->slots);
    g_ptr_array_unref(self->authorities);
    g_ptr_array_unref(self->routers);
    g_hash_table_unref(self->by_dns_name);
    g_hash_table_unref(self->by_link_local);
    g_hash_table_unref(self->by_key);
    g_ptr_array_unref(self->list);
}

/* TRUE if the peer with @key is at *index. FALSE: *index is where it belongs. */
static gboolean
search(const WlPeerTable *self, const WlKey *key, guint *index)
{
    guint low = 0, high = self->list->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const WlPeer *peer = self->list->pdata[middle];
        if (wl_key_compare(&peer->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < self->list->len && wl_key_equal(&wl_peer_table_get(self, low)->key, key);
}

WlPeer *
wl_peer_table_find(const WlPeerTable *self, const WlKey *key)
{
    return g_hash_table_lookup(self->by_key, key);
}

WlPeer *
wl_peer_table_find_link_local(const WlPeerTable *self, const WlIp *address)
{
    return g_hash_table_lookup(self->by_link_local, address);
}

static guint
take_slot(WlPeerTable *self)
{
    gboolean taken = TRUE;

    for (guint i = 0; i < self->slots->len; i++) {
        if (!g_array_index(self->slots, gboolean, i)) {
            g_array_index(self->slots, gboolean, i) = TRUE;
            return i;
        }
    }
    g_array_append_val(self->slots, taken);
    return self->slots->len - 1;
}

WlPeer *
wl_peer_table_add(WlPeerTable *self, const WlKey *key, const WlPeerConfig *config)
{
    WlPeer *peer = wl_peer_new(key, config, take_slot(self));
    guint index;

    search(self, key, &index);
    g_ptr_array_insert(self->list, (int) index, peer);
    g_hash_table_insert(self->by_key, &peer->key, peer);
    g_hash_table_insert(self->by_link_local, &peer->link_local, peer);
    if (!config)
        self->learned++;
    return peer;
}

void
wl_peer_table_set_config(WlPeerTable *self, WlPeer *peer, const WlPeerConfig *config)
{
    self->learned += (peer->config && !config) - (!peer->config && config);
    wl_peer_set_config(peer, config);
}

void
wl_peer_table_remove(WlPeerTable *self, WlPeer *peer)
{
    guint index;

    g_array_index(self->slots, gboolean, peer->slot) = FALSE;
    g_hash_table_remove(self->by_key, &peer->key);
    g_hash_table_remove(self->by_link_local, &peer->link_local);
    if (!peer->config)
        self->learned--;
    if (search(self, &peer->key, &index))
        g_ptr_array_remove_index(self->list, index);
}

static int
compare_keys(gconstpointer a, gconstpointer b)
{
    const WlPeer *x = *(WlPeer *const *) a, *y = *(WlPeer *const *) b;

    return wl_key_compare(&x->key, &y->key);
}

void
wl_peer_list_sort(GPtrArray *peers)
{
    g_ptr_array_sort(peers, compare_keys);
}
