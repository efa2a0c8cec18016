/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-policy.h"

#include <string.h>

#include "state/wl-timing.h"
#include "wl-array.h"
#include "wl-prefix-set.h"

static void
add_prefix(GArray *list, const WlPrefix *prefix)
{
    WlPrefix masked = wl_prefix_masked(prefix);

    g_array_append_val(list, masked);
}

/* Copies the list in order, without duplicates. */
static GArray *
without_duplicates(const GArray *list)
{
    g_autoptr(GArray) seen = wl_array_new(WlPrefix);
    GArray *once = wl_array_new(WlPrefix);

    for (guint i = 0; i < list->len; i++) {
        const WlPrefix *prefix = &g_array_index(list, WlPrefix, i);
        if (wl_prefix_set_add(seen, prefix))
            g_array_append_vals(once, prefix, 1);
    }
    return once;
}

static GArray *
prefixes_new(void)
{
    return wl_array_new(WlPrefix);
}

static void
add_prefixes(GArray *list, const GArray *prefixes)
{
    for (guint i = 0; i < prefixes->len; i++)
        add_prefix(list, &g_array_index(prefixes, WlPrefix, i));
}

/* Without default routes and their halves, which are no routes of the link. */
static void
add_routable(GArray *list, const GArray *prefixes)
{
    for (guint i = 0; i < prefixes->len; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (prefix->length > 1)
            add_prefix(list, prefix);
    }
}

/* The prefixes within which facts may claim: the networks of the profile or, without any, its
 * addresses and the allowed IPs of its peers. */
static GArray *
dup_claimable(const WlEngineConfig *config)
{
    GArray *claimable = prefixes_new();

    if (config->networks->len > 0) {
        add_prefixes(claimable, config->networks);
        return claimable;
    }
    add_prefixes(claimable, config->addresses);
    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];
        add_routable(claimable, peer->allowed_ips);
    }
    return claimable;
}

static gboolean
replace_prefixes(GArray **list, GArray *other)
{
    gboolean same = *list && wl_prefix_set_equal(*list, other);

    g_clear_pointer(list, g_array_unref);
    *list = other;
    return !same;
}

gboolean
wl_policy_read_profile(WlPolicy *self)
{
    GArray *claimable = dup_claimable(self->config);
    GArray *networks = without_duplicates(claimable);
    GArray *tunnel = prefixes_new();
    gboolean changed = FALSE;

    add_prefixes(tunnel, self->config->addresses);
    add_routable(tunnel, claimable);
    for (guint i = 0; i < self->config->peers->len; i++)
        add_routable(tunnel, ((const WlPeerConfig *) self->config->peers->pdata[i])->allowed_ips);
    wl_prefix_set_make_outermost(claimable);
    wl_prefix_set_make_outermost(tunnel);
    changed |= replace_prefixes(&self->networks, networks);
    changed |= replace_prefixes(&self->claimable, claimable);
    changed |= replace_prefixes(&self->tunnel, tunnel);
    return changed;
}

void
wl_policy_init(WlPolicy *self, const WlEngineConfig *config)
{
    memset(self, 0, sizeof(*self));
    self->config = config;
    self->local = wl_array_new(WlLocalAddress);
    self->servers = wl_array_new(WlIp);
    self->mapped = wl_array_new(WlEndpoint);
    self->listen_port = config->listen_port;
    wl_policy_read_profile(self);
}

void
wl_policy_clear(WlPolicy *self)
{
    g_clear_pointer(&self->networks, g_array_unref);
    g_clear_pointer(&self->claimable, g_array_unref);
    g_clear_pointer(&self->tunnel, g_array_unref);
    g_clear_pointer(&self->local, g_array_unref);
    g_clear_pointer(&self->servers, g_array_unref);
    g_clear_pointer(&self->mapped, g_array_unref);
}

static int
local_compare(gconstpointer a, gconstpointer b)
{
    const WlLocalAddress *x = a, *y = b;
    int order = wl_prefix_compare(&x->address, &y->address);

    if (order == 0)
        order = strncmp(x->ifname, y->ifname, sizeof(x->ifname));
    if (order == 0)
        order = (int) x->announce - (int) y->announce;
    if (order == 0)
        order = (int) x->uplink - (int) y->uplink;
    return order != 0 ? order : (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static gboolean
is_uplink(const WlLocalAddress *local)
{
    return local->uplink || local->announce;
}

/* The classes of local addresses, the most important one first. */
enum {
    LOCAL_UPLINK,  /* the first one of each uplink and family, and of each of its networks */
    LOCAL_NETWORK, /* the first one of any other network */
    LOCAL_MORE_OF_UPLINK,
    LOCAL_OTHER, /* single addresses, as those of the services of a cluster, and more of a network
                  */
    LOCAL_N,
};

static guint
classify(const WlLocalAddress *local, GArray *networks, GHashTable *uplinks)
{
    const guint max = wl_prefix_max_length(&local->address);
    const WlPrefix network = wl_prefix_masked(&local->address);
    gboolean fresh = network.length < max && wl_prefix_set_add(networks, &network);

    if (is_uplink(local)) {
        guint64 id = (guint64) local->ifindex << 8 | local->address.ip.family;

        fresh |= g_hash_table_add(uplinks, g_memdup2(&id, sizeof(id)));
        return fresh ? LOCAL_UPLINK : LOCAL_MORE_OF_UPLINK;
    }
    return fresh ? LOCAL_NETWORK : LOCAL_OTHER;
}

/* Shortens a sorted list to the limit: uplinks and distinct networks stay. */
static void
keep_most_important(GArray *list)
{
    g_autoptr(GArray) networks = wl_array_new(WlPrefix), kept = wl_array_new(WlLocalAddress);
    g_autoptr(GHashTable) uplinks =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autofree guint8 *classes = g_new0(guint8, list->len);

    if (list->len <= WL_MAX_LOCAL_ADDRESSES)
        return;
    for (guint pass = 0; pass < 2; pass++) { /* a network of an uplink is one of its own first */
        for (guint i = 0; i < list->len; i++) {
            const WlLocalAddress *local = &g_array_index(list, WlLocalAddress, i);
            if (is_uplink(local) == (pass == 0))
                classes[i] = (guint8) classify(local, networks, uplinks);
        }
    }
    for (guint class = 0; class < LOCAL_N; class ++) {
        for (guint i = 0; i < list->len && kept->len < WL_MAX_LOCAL_ADDRESSES; i++)
            if (classes[i] == class)
                g_array_append_vals(kept, &g_array_index(list, WlLocalAddress, i), 1);
    }
    g_array_set_size(list, 0);
    g_array_append_vals(list, kept->data, kept->len);
    g_array_sort(list, local_compare);
}

gboolean
wl_policy_set_local(WlPolicy *self, const WlLocalAddress *addresses, gsize n)
{
    g_autoptr(GArray) list = wl_array_new(WlLocalAddress);
    gboolean same;

    g_array_append_vals(list, addresses, (guint) n);
    g_array_sort(list, local_compare);
    keep_most_important(list);
    same = list->len == self->local->len;
    for (guint i = 0; same && i < list->len; i++)
        same = local_compare(&g_array_index(list, WlLocalAddress, i),
                             &g_array_index(self->local, WlLocalAddress, i)) == 0;
    if (same)
        return FALSE;
    g_array_unref(self->local);
    self->local = g_steal_pointer(&list);
    return TRUE;
}

static int
ip_compare(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlIp));
}

gboolean
wl_policy_set_servers(WlPolicy *self, const WlIp *servers, gsize n)
{
    g_autoptr(GArray) list = wl_array_new(WlIp);

    for (gsize i = 0; i < MIN(n, WL_MAX_SERVERS); i++) {
        WlIp server = wl_ip_normalized(&servers[i]);
        if (server.family != WL_FAMILY_NONE)
            g_array_append_val(list, server);
    }
    g_array_sort(list, ip_compare);
    if (list->len == self->servers->len &&
        (list->len == 0 || memcmp(list->data, self->servers->data, list->len * sizeof(WlIp)) == 0))
        return FALSE;
    g_array_unref(self->servers);
    self->servers = g_steal_pointer(&list);
    return TRUE;
}

gboolean
wl_policy_set_mapped(WlPolicy *self, const WlEndpoint *endpoints, gsize n)
{
    if (n == self->mapped->len &&
        (n == 0 || memcmp(endpoints, self->mapped->data, n * sizeof(WlEndpoint)) == 0))
        return FALSE;
    g_array_set_size(self->mapped, 0);
    if (n > 0)
        g_array_append_vals(self->mapped, endpoints, (guint) n);
    return TRUE;
}

gboolean
wl_policy_has_uplink(const WlPolicy *self, WlFamily family)
{
    for (guint i = 0; i < self->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->local, WlLocalAddress, i);
        if (is_uplink(local) && local->address.ip.family == family &&
            wl_ip_is_global_unicast(&local->address.ip))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_policy_can_send_to(const WlPolicy *self, const WlIp *ip)
{
    if (wl_policy_has_uplink(self, ip->family))
        return TRUE;
    for (guint i = 0; i < self->local->len; i++) {
        if (wl_prefix_contains_ip(&g_array_index(self->local, WlLocalAddress, i).address, ip))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_policy_is_on_link_of(const WlLocalAddress *local, const WlIp *ip)
{
    return is_uplink(local) && local->address.length < wl_prefix_max_length(&local->address) &&
           wl_prefix_contains_ip(&local->address, ip);
}

gboolean
wl_policy_is_attached(const WlPolicy *self, const WlPrefix *prefix)
{
    for (guint i = 0; i < self->local->len; i++) {
        const WlPrefix *address = &g_array_index(self->local, WlLocalAddress, i).address;

        if (address->length == prefix->length && address->length < wl_prefix_max_length(address) &&
            wl_prefix_contains(prefix, address))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_policy_is_on_link(const WlPolicy *self, const WlIp *ip)
{
    for (guint i = 0; i < self->local->len; i++) {
        if (wl_policy_is_on_link_of(&g_array_index(self->local, WlLocalAddress, i), ip))
            return TRUE;
    }
    return FALSE;
}
