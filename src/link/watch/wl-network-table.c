/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The copy of interfaces, addresses and default routes, and the view derived from it. Owns its
 * arrays; only its functions write them. Knows no main loop: WlNetworkMonitor feeds it messages and
 * decides when to read. Errors are of G_IO_ERROR.
 */
#include "wl-network-table.h"

#include <net/if.h> /* before the kernel's headers, which leave out what it defines */

#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "wl-link-alias.h"
#include "wl-link-error.h"
#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-rtnl-route.h"

struct _WlNetworkTable {
    int own;
    GArray *links;     /* of WlRtnlLink */
    GArray *addresses; /* of WlRtnlAddress, with those of our own link */
    GArray *routes;    /* of WlRtnlRoute: default routes */
    gboolean routes_stale;

    /* the view */
    GArray *visible_addresses; /* of WlNetworkAddress, sorted */
    GArray *own_addresses;     /* of WlPrefix, sorted */
    GArray *uplink_routes;     /* of WlRtnlRoute, sorted */
    char uplink[16];           /* the name; "": none */
};

WlNetworkTable *
wl_network_table_new(int own)
{
    WlNetworkTable *self = g_new0(WlNetworkTable, 1);

    self->own = own;
    self->links = g_array_new(FALSE, TRUE, sizeof(WlRtnlLink));
    self->addresses = g_array_new(FALSE, TRUE, sizeof(WlRtnlAddress));
    self->routes = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));
    self->visible_addresses = g_array_new(FALSE, TRUE, sizeof(WlNetworkAddress));
    self->own_addresses = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    self->uplink_routes = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));
    return self;
}

void
wl_network_table_free(WlNetworkTable *self)
{
    if (!self)
        return;
    g_array_unref(self->links);
    g_array_unref(self->addresses);
    g_array_unref(self->routes);
    g_array_unref(self->visible_addresses);
    g_array_unref(self->own_addresses);
    g_array_unref(self->uplink_routes);
    g_free(self);
}

static WlRtnlLink *
find_link(const WlNetworkTable *self, int ifindex, guint *position)
{
    for (guint i = 0; i < self->links->len; i++) {
        WlRtnlLink *link = &g_array_index(self->links, WlRtnlLink, i);

        if (link->ifindex != ifindex)
            continue;
        if (position)
            *position = i;
        return link;
    }
    return NULL;
}

static WlRtnlAddress *
find_address(GArray *addresses, const WlRtnlAddress *wanted, guint *position)
{
    for (guint i = 0; i < addresses->len; i++) {
        WlRtnlAddress *address = &g_array_index(addresses, WlRtnlAddress, i);

        if (address->ifindex != wanted->ifindex ||
            !wl_prefix_equal(&address->address, &wanted->address))
            continue;
        if (position)
            *position = i;
        return address;
    }
    return NULL;
}

/* ---- reading ------------------------------------------------------------------------------- */

gboolean
wl_network_table_read_routes(WlNetworkTable *self, WlNetlink *netlink, GError **error)
{
    int result = wl_rtnl_list_default_routes(netlink, self->routes);

    self->routes_stale = result != 0;
    if (result == 0)
        return TRUE;
    wl_io_set_errno(error, result, "cannot list the routes");
    return FALSE;
}

gboolean
wl_network_table_read(WlNetworkTable *self, WlNetlink *netlink, GError **error)
{
    int result = wl_rtnl_list_links(netlink, self->links);

    if (result == 0)
        result = wl_rtnl_list_addresses(netlink, self->addresses);
    if (result == 0)
        return wl_network_table_read_routes(self, netlink, error);
    wl_io_set_errno(error, result, "cannot list the interfaces and addresses");
    return FALSE;
}

gboolean
wl_network_table_needs_routes(const WlNetworkTable *self)
{
    return self->routes_stale;
}

void
wl_network_table_invalidate_routes(WlNetworkTable *self)
{
    self->routes_stale = TRUE;
}

/* ---- messages ------------------------------------------------------------------------------ */

void
wl_network_table_handle_link(WlNetworkTable *self, const struct nlmsghdr *message)
{
    WlRtnlLink link, *known;
    guint position;

    if (!wl_rtnl_parse_link(message, &link) || link.wireless_event)
        return;
    known = find_link(self, link.ifindex, &position);
    /* The kernel removes IPv4 routes with their interface or address without a message. */
    if (!known || message->nlmsg_type == RTM_DELLINK || known->flags != link.flags)
        self->routes_stale = TRUE;
    if (message->nlmsg_type == RTM_DELLINK) {
        if (known)
            g_array_remove_index_fast(self->links, position);
    } else if (known) {
        *known = link;
    } else {
        g_array_append_val(self->links, link);
    }
}

gboolean
wl_network_table_handle_address(WlNetworkTable *self, const struct nlmsghdr *message,
                                WlPrefix *removed)
{
    WlRtnlAddress address, *known;
    guint position;

    if (!wl_rtnl_parse_address(message, &address))
        return FALSE;
    known = find_address(self->addresses, &address, &position);
    if (message->nlmsg_type == RTM_NEWADDR) {
        if (known)
            *known = address;
        else
            g_array_append_val(self->addresses, address);
        return FALSE;
    }
    if (!known)
        return FALSE;
    g_array_remove_index_fast(self->addresses, position);
    self->routes_stale = TRUE;
    *removed = address.address;
    return address.ifindex == self->own;
}

/* ---- our own link -------------------------------------------------------------------------- */

gboolean
wl_network_table_get_own_link(const WlNetworkTable *self, gboolean *up)
{
    const WlRtnlLink *link = find_link(self, self->own, NULL);

    *up = link && link->flags & IFF_UP;
    return link != NULL;
}

GArray *
wl_network_table_dup_own_addresses(const WlNetworkTable *self)
{
    GArray *own = g_array_new(FALSE, TRUE, sizeof(WlPrefix));

    for (guint i = 0; i < self->addresses->len; i++) {
        const WlRtnlAddress *address = &g_array_index(self->addresses, WlRtnlAddress, i);

        if (address->ifindex == self->own)
            g_array_append_val(own, address->address);
    }
    return own;
}

/* ---- the view ------------------------------------------------------------------------------ */

static gboolean
has_any_prefix(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++) {
        if (g_str_has_prefix(name, *prefixes))
            return TRUE;
    }
    return FALSE;
}

/* Whether an interface may lead to the internet, judging by its type, kind and name. */
static gboolean
is_uplink(const WlRtnlLink *link)
{
    /* Tunnels, and interfaces that lead to this machine only. */
    static const char *const kinds[] = {"wireguard", "tun",   "dummy",  "ifb",    "ipip",
                                        "sit",       "gre",   "gretap", "ip6gre", "ip6tnl",
                                        "vti",       "vti6",  "xfrm",   "vxlan",  "geneve",
                                        "vrf",       "nlmon", "erspan", NULL};
    /* Created by container engines and virtual machine monitors. */
    static const char *const names[] = {"docker", "virbr",  "br-", "veth", "vnet",    "lxcbr",
                                        "lxdbr",  "podman", "cni", "cali", "flannel", NULL};

    if (link->flags & IFF_LOOPBACK || g_strv_contains(kinds, link->kind))
        return FALSE;
    switch (link->type) {
    case ARPHRD_ETHER:
    case ARPHRD_PPP:
    case ARPHRD_RAWIP:
    case ARPHRD_INFINIBAND:
    case ARPHRD_IEEE80211:
    case ARPHRD_NONE: /* mobile broadband, with some drivers */
        return !has_any_prefix(link->name, names);
    default:
        return FALSE;
    }
}

static gboolean
is_up(const WlRtnlLink *link)
{
    /* Running: it has a carrier, or its driver reports none. */
    return link->flags & IFF_UP && link->flags & IFF_RUNNING;
}

static int
compare_addresses(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlNetworkAddress));
}

/* Whether duplicate address detection of IPv6 keeps the kernel from sending with the address. An
 * optimistic address is usable although it is tentative (RFC 4429). */
static gboolean
is_unassigned(const WlRtnlAddress *address)
{
    return address->flags & IFA_F_DADFAILED ||
           (address->flags & IFA_F_TENTATIVE && !(address->flags & IFA_F_OPTIMISTIC));
}

static GArray *
make_addresses(const WlNetworkTable *self)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlNetworkAddress));

    for (guint i = 0; i < self->addresses->len; i++) {
        const WlRtnlAddress *address = &g_array_index(self->addresses, WlRtnlAddress, i);
        const WlRtnlLink *link = find_link(self, address->ifindex, NULL);
        /* IFA_F_TEMPORARY of IPv6 is IFA_F_SECONDARY of IPv4, which is usable (linux/if_addr.h). */
        guint32 short_lived = address->address.ip.family == WL_FAMILY_V4
                                  ? IFA_F_DEPRECATED
                                  : IFA_F_DEPRECATED | IFA_F_TEMPORARY;
        WlNetworkAddress entry;
        gboolean assigned;

        if (!link || !(link->flags & IFF_UP) || address->ifindex == self->own)
            continue;
        memset(&entry, 0, sizeof entry); /* with its padding: entries are compared as bytes */
        entry.address = address->address;
        g_strlcpy(entry.ifname, link->name, sizeof entry.ifname);
        entry.ifindex = link->ifindex;
        assigned = is_up(link) && !is_unassigned(address);
        entry.usable = assigned && !(address->flags & short_lived);
        entry.tunnel = g_str_has_prefix(link->alias, WL_LINK_ALIAS_PREFIX);
        entry.uplink = is_uplink(link);
        entry.source = assigned && (entry.uplink || link->flags & IFF_LOOPBACK) &&
                       wl_ip_is_global_unicast(&address->address.ip);
        g_array_append_val(array, entry);
    }
    g_array_sort(array, compare_addresses);
    return array;
}

static int
compare_prefixes(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlPrefix));
}

static GArray *
make_own_addresses(const WlNetworkTable *self)
{
    GArray *array = wl_network_table_dup_own_addresses(self);

    g_array_sort(array, compare_prefixes);
    return array;
}

static int
compare_routes(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlRtnlRoute));
}

static GArray *
make_routes(const WlNetworkTable *self)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));

    for (guint i = 0; i < self->routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->routes, WlRtnlRoute, i);
        const WlRtnlLink *link = find_link(self, route->ifindex, NULL);

        if (link && route->ifindex != self->own && is_up(link) && is_uplink(link))
            g_array_append_vals(array, route, 1);
    }
    g_array_sort(array, compare_routes);
    return array;
}

static gboolean
replace_array(GArray **array, GArray *with)
{
    gboolean differs = (*array)->len != with->len ||
                       (with->len > 0 && memcmp((*array)->data, with->data,
                                                with->len * g_array_get_element_size(with)) != 0);

    g_array_unref(*array);
    *array = with;
    return differs;
}

/*
 * Whether the kernel has an address to send with on the route: one of the interface, or one of lo,
 * where hosts that announce their routes themselves have it. NetworkManager 1.52 adds the route
 * before the address, which it first checks for duplicates.
 */
static gboolean
has_source(const WlNetworkTable *self, const WlRtnlRoute *route)
{
    for (guint i = 0; i < self->visible_addresses->len; i++) {
        const WlNetworkAddress *address =
            &g_array_index(self->visible_addresses, WlNetworkAddress, i);

        if (address->source && address->address.ip.family == route->family &&
            (address->ifindex == route->ifindex || !address->uplink))
            return TRUE;
    }
    return FALSE;
}

/* The default route that packets of this machine take, of @family or, NONE, of any. */
static const WlRtnlRoute *
find_best_route(const WlNetworkTable *self, WlFamily family)
{
    const WlRtnlRoute *best = NULL;

    for (guint i = 0; i < self->uplink_routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->uplink_routes, WlRtnlRoute, i);

        if ((family != WL_FAMILY_NONE && route->family != family) || !has_source(self, route))
            continue;
        if (!best || route->family < best->family ||
            (route->family == best->family && route->priority < best->priority))
            best = route;
    }
    return best;
}

static const char *
find_uplink(const WlNetworkTable *self)
{
    const WlRtnlRoute *best = find_best_route(self, WL_FAMILY_NONE);
    const WlRtnlLink *link;

    link = best ? find_link(self, best->ifindex, NULL) : NULL;
    return link ? link->name : "";
}

gboolean
wl_network_table_update_view(WlNetworkTable *self)
{
    gboolean addresses = replace_array(&self->visible_addresses, make_addresses(self));
    gboolean own = replace_array(&self->own_addresses, make_own_addresses(self));
    gboolean routes = replace_array(&self->uplink_routes, make_routes(self));
    gboolean uplink;

    /* As text, because another interface may have taken the place of the former one. */
    uplink = !g_str_equal(self->uplink, find_uplink(self));
    g_strlcpy(self->uplink, find_uplink(self), sizeof self->uplink);
    return addresses || own || routes || uplink;
}

const GArray *
wl_network_table_get_addresses(const WlNetworkTable *self)
{
    return self->visible_addresses;
}

const GArray *
wl_network_table_get_own_addresses(const WlNetworkTable *self)
{
    return self->own_addresses;
}

const char *
wl_network_table_get_uplink(const WlNetworkTable *self)
{
    return self->uplink;
}

GArray *
wl_network_table_dup_gateways(const WlNetworkTable *self)
{
    GArray *gateways = g_array_new(FALSE, TRUE, sizeof(WlIp));

    for (guint i = 0; i < self->uplink_routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->uplink_routes, WlRtnlRoute, i);

        if (route->gateway.family != WL_FAMILY_NONE)
            g_array_append_val(gateways, route->gateway);
    }
    return gateways;
}

gboolean
wl_network_table_get_gateway(const WlNetworkTable *self, WlFamily family, WlIp *gateway,
                             int *ifindex)
{
    const WlRtnlRoute *best = find_best_route(self, family);

    if (!best || best->gateway.family != family)
        return FALSE;
    *gateway = best->gateway;
    *ifindex = best->ifindex;
    return TRUE;
}
