/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-network-monitor.h"

#include <net/if.h> /* before the kernel's headers, which then leave out what is in it */

#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "wl-link-state.h"
#include "wl-fd-source.h"
#include "wl-netlink-watch.h"
#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-rtnl-route.h"

/* ms in which a burst of messages becomes one event. */
#define COALESCE   20
#define READ_AGAIN 1000 /* ms, after a reading that failed */

struct _WlNetworkMonitor {
    int link;
    WlNetworkMonitorEvents events;
    gpointer user_data;
    grefcount references;
    gboolean closed;
    WlNetlink *route; /* for dumps */
    WlNetlinkWatch *watch;
    WlLinkState *keeper; /* of the watched link; NULL: none */
    GSource *timer;      /* set while a burst goes on */
    gboolean lost;       /* messages were lost: everything has to be read again */
    gboolean routes_changed;
    gboolean link_up, link_seen;

    GArray *links;          /* of WlRtnlLink */
    GArray *all_addresses;  /* of WlRtnlAddress, the watched link's too */
    GArray *default_routes; /* of WlRtnlRoute */
    GArray *addresses;      /* of WlNetworkAddress: as last told */
    GArray *told_routes;    /* of WlRtnlRoute: those of uplinks, as last told */
};

static void
unref(WlNetworkMonitor *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    wl_netlink_free(self->route);
    wl_link_state_free(self->keeper);
    g_array_unref(self->links);
    g_array_unref(self->all_addresses);
    g_array_unref(self->default_routes);
    g_array_unref(self->addresses);
    g_array_unref(self->told_routes);
    g_free(self);
}

static WlRtnlLink *
find_link(WlNetworkMonitor *self, int ifindex, guint *position)
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

static gboolean
has_any_prefix(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++) {
        if (g_str_has_prefix(name, *prefixes))
            return TRUE;
    }
    return FALSE;
}

/* Whether the internet may be behind a link, as far as its sort tells. */
static gboolean
is_uplink(const WlRtnlLink *link)
{
    /* Tunnels, and what only leads to this machine itself. */
    static const char *const kinds[] = {"wireguard", "tun",   "dummy",  "ifb",    "ipip",
                                        "sit",       "gre",   "gretap", "ip6gre", "ip6tnl",
                                        "vti",       "vti6",  "xfrm",   "vxlan",  "geneve",
                                        "vrf",       "nlmon", "erspan", NULL};
    /* Made by container engines and virtual machine monitors. */
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
    case ARPHRD_NONE: /* mobile broadband, in some drivers */
        return !has_any_prefix(link->name, names);
    default:
        return FALSE;
    }
}

static gboolean
is_up(const WlRtnlLink *link)
{
    /* Running: it has a carrier, or is of a sort that knows none. */
    return link->flags & IFF_UP && link->flags & IFF_RUNNING;
}

static int
compare_addresses(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlNetworkAddress));
}

static GArray *
make_addresses(WlNetworkMonitor *self)
{
    const guint32 unusable = IFA_F_TENTATIVE | IFA_F_DEPRECATED | IFA_F_TEMPORARY | IFA_F_DADFAILED;
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlNetworkAddress));

    for (guint i = 0; i < self->all_addresses->len; i++) {
        const WlRtnlAddress *address = &g_array_index(self->all_addresses, WlRtnlAddress, i);
        const WlRtnlLink *link = find_link(self, address->ifindex, NULL);
        /* The same flag says "temporary" of IPv6 and "secondary" of IPv4, which is no fault. */
        guint32 mask = address->address.ip.family == WL_FAMILY_V4
                           ? unusable & ~(guint32) IFA_F_TEMPORARY
                           : unusable;
        /* An optimistic address is tentative in name only. */
        guint32 flags = address->flags & IFA_F_OPTIMISTIC
                            ? address->flags & ~(guint32) IFA_F_TENTATIVE
                            : address->flags;
        WlNetworkAddress entry;

        if (!link || !(link->flags & IFF_UP) || address->ifindex == self->link)
            continue;
        memset(&entry, 0, sizeof entry); /* compared byte for byte */
        entry.address = address->address;
        g_strlcpy(entry.ifname, link->name, sizeof entry.ifname);
        entry.ifindex = link->ifindex;
        entry.usable = is_up(link) && !(flags & mask);
        entry.uplink = is_uplink(link);
        g_array_append_val(array, entry);
    }
    g_array_sort(array, compare_addresses);
    return array;
}

static int
compare_routes(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlRtnlRoute));
}

static GArray *
make_routes(WlNetworkMonitor *self)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));

    for (guint i = 0; i < self->default_routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->default_routes, WlRtnlRoute, i);
        const WlRtnlLink *link = find_link(self, route->ifindex, NULL);

        if (link && route->ifindex != self->link && is_up(link) && is_uplink(link))
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

/* TRUE if something changed that a caller can see. */
static gboolean
update_view(WlNetworkMonitor *self)
{
    gboolean addresses = replace_array(&self->addresses, make_addresses(self));
    gboolean routes = replace_array(&self->told_routes, make_routes(self));

    return addresses || routes;
}

static void
tell_link_state(WlNetworkMonitor *self, gboolean present, gboolean up)
{
    gboolean was_seen = self->link_seen;
    gboolean was_up = self->link_up;

    self->link_seen = present;
    self->link_up = present && up;
    if (was_seen && !present && self->events.link_gone)
        self->events.link_gone(self, self->user_data);
    else if (present && was_up && !up && self->events.link_down)
        self->events.link_down(self, self->user_data);
}

static void
tell_address_lost(WlNetworkMonitor *self, const WlPrefix *address)
{
    if (!self->closed && self->events.link_address_lost)
        self->events.link_address_lost(self, address, self->user_data);
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

static void
take_link(WlNetworkMonitor *self, const struct nlmsghdr *message)
{
    WlRtnlLink link, *known;
    guint position;

    if (!wl_rtnl_parse_link(message, &link) || link.wireless_event)
        return;
    known = find_link(self, link.ifindex, &position);
    /* The kernel takes IPv4 routes away with their link or address, in silence. */
    if (!known || message->nlmsg_type == RTM_DELLINK || known->flags != link.flags)
        self->routes_changed = TRUE;
    if (message->nlmsg_type == RTM_DELLINK) {
        if (known)
            g_array_remove_index_fast(self->links, position);
    } else if (known) {
        *known = link;
    } else {
        g_array_append_val(self->links, link);
    }
    if (link.ifindex == self->link)
        tell_link_state(self, message->nlmsg_type == RTM_NEWLINK, (link.flags & IFF_UP) != 0);
}

static void
take_address(WlNetworkMonitor *self, const struct nlmsghdr *message)
{
    WlRtnlAddress address, *known;
    guint position;

    if (!wl_rtnl_parse_address(message, &address))
        return;
    known = find_address(self->all_addresses, &address, &position);
    if (message->nlmsg_type == RTM_NEWADDR) {
        if (known)
            *known = address;
        else
            g_array_append_val(self->all_addresses, address);
        return;
    }
    if (!known)
        return;
    g_array_remove_index_fast(self->all_addresses, position);
    self->routes_changed = TRUE;
    if (address.ifindex == self->link)
        tell_address_lost(self, &address.address);
}

static gboolean
read_routes(WlNetworkMonitor *self, GError **error)
{
    int result = wl_rtnl_list_default_routes(self->route, self->default_routes);

    self->routes_changed = result != 0;
    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result), "cannot list the routes: %s",
                g_strerror(-result));
    return FALSE;
}

static gboolean
read_everything(WlNetworkMonitor *self, GError **error)
{
    int result = wl_rtnl_list_links(self->route, self->links);

    if (result == 0)
        result = wl_rtnl_list_addresses(self->route, self->all_addresses);
    if (result == 0)
        return read_routes(self, error);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result),
                "cannot list the interfaces and addresses: %s", g_strerror(-result));
    return FALSE;
}

/* What the watched link has at the moment. */
static gboolean
read_watched_link(WlNetworkMonitor *self, GError **error)
{
    int result;

    wl_link_state_free(self->keeper);
    self->keeper = wl_link_state_new(self->link);
    result = wl_link_state_read(self->keeper, self->route);
    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result),
                "cannot list the routes of the link: %s", g_strerror(-result));
    return FALSE;
}

/* After a loss of messages: reads everything, and finds out what happened to the watched link. */
static void
catch_up(WlNetworkMonitor *self)
{
    g_autoptr(GArray) before = g_array_copy(self->all_addresses);
    g_autoptr(GError) error = NULL;
    const WlRtnlLink *link;

    self->lost = !read_everything(self, &error);
    /* A link that is down keeps what it is owed. */
    if (!self->lost && self->link_up)
        self->lost = !read_watched_link(self, &error);
    if (self->lost) {
        g_warning("%s", error->message);
        return;
    }
    for (guint i = 0; i < before->len; i++) {
        const WlRtnlAddress *address = &g_array_index(before, WlRtnlAddress, i);

        if (address->ifindex == self->link && !find_address(self->all_addresses, address, NULL))
            tell_address_lost(self, &address->address);
    }
    if (self->closed || self->link == 0)
        return;
    link = find_link(self, self->link, NULL);
    tell_link_state(self, link != NULL, link && link->flags & IFF_UP);
}

static gboolean burst_over(gpointer user_data);

static void
call_back_in(WlNetworkMonitor *self, guint milliseconds)
{
    self->timer = g_timeout_source_new(milliseconds);
    g_source_set_callback(self->timer, burst_over, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
}

static gboolean
burst_over(gpointer user_data)
{
    WlNetworkMonitor *self = user_data;
    g_autoptr(GError) error = NULL;

    g_ref_count_inc(&self->references);
    g_source_destroy(self->timer);
    g_clear_pointer(&self->timer, g_source_unref);
    if (self->lost)
        catch_up(self);
    else if (self->routes_changed && !read_routes(self, &error))
        g_warning("%s", error->message);
    if (!self->closed && self->keeper && wl_link_state_settle(self->keeper) &&
        self->events.link_reset)
        self->events.link_reset(self, self->user_data);
    if (!self->closed && update_view(self) && self->events.changed)
        self->events.changed(self, self->user_data);
    /* What could not be read would otherwise never be known. */
    if (!self->closed && !self->timer && (self->lost || self->routes_changed))
        call_back_in(self, READ_AGAIN);
    unref(self);
    return G_SOURCE_REMOVE;
}

static void
take_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlNetworkMonitor *self = user_data;

    gboolean kept = message && self->keeper && wl_link_state_handle(self->keeper, message);

    g_ref_count_inc(&self->references);
    if (!message) {
        self->lost = TRUE;
    } else {
        switch (message->nlmsg_type) {
        case RTM_NEWLINK:
        case RTM_DELLINK:
            take_link(self, message);
            break;
        case RTM_NEWADDR:
        case RTM_DELADDR:
            take_address(self, message);
            break;
        default:
            /* Replacing a route tells nothing of the one replaced: they are read anew. */
            if (wl_rtnl_is_default_route(message)) {
                self->routes_changed = TRUE;
            } else if (!kept) {
                unref(self);
                return;
            }
        }
    }
    /* Not put off by further messages, so that a long storm cannot hold the news back. */
    if (!self->closed && !self->timer)
        call_back_in(self, COALESCE);
    unref(self);
}

WlNetworkMonitor *
wl_network_monitor_new(int link, const WlNetworkMonitorEvents *events, gpointer user_data,
                       GError **error)
{
    static const guint groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                   RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  0};
    g_autoptr(WlNetworkMonitor) self = g_new0(WlNetworkMonitor, 1);
    const WlRtnlLink *watched;

    g_ref_count_init(&self->references);
    self->link = link;
    self->events = *events;
    self->user_data = user_data;
    self->links = g_array_new(FALSE, TRUE, sizeof(WlRtnlLink));
    self->all_addresses = g_array_new(FALSE, TRUE, sizeof(WlRtnlAddress));
    self->default_routes = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));
    self->addresses = g_array_new(FALSE, TRUE, sizeof(WlNetworkAddress));
    self->told_routes = g_array_new(FALSE, TRUE, sizeof(WlRtnlRoute));
    self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->route)
        return NULL;
    /* Joined before the first reading, so that nothing falls in between. */
    self->watch = wl_netlink_watch_new(groups, take_message, self, error);
    if (!self->watch || !read_everything(self, error))
        return NULL;
    if (link > 0 && !read_watched_link(self, error))
        return NULL;
    watched = link > 0 ? find_link(self, link, NULL) : NULL;
    self->link_seen = watched != NULL;
    self->link_up = watched && watched->flags & IFF_UP;
    update_view(self);
    return g_steal_pointer(&self);
}

void
wl_network_monitor_free(WlNetworkMonitor *self)
{
    if (!self)
        return;
    self->closed = TRUE;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    if (self->timer) {
        g_source_destroy(self->timer);
        g_clear_pointer(&self->timer, g_source_unref);
    }
    unref(self);
}

gboolean
wl_network_monitor_restore_link(WlNetworkMonitor *self, GError **error)
{
    int result = self->keeper ? wl_link_state_restore(self->keeper, self->route) : 0;

    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result),
                "some addresses or routes of the link could not be put back: %s",
                g_strerror(-result));
    return FALSE;
}

const GArray *
wl_network_monitor_get_addresses(WlNetworkMonitor *self)
{
    return self->addresses;
}

const char *
wl_network_monitor_get_uplink(WlNetworkMonitor *self)
{
    const WlRtnlRoute *best = NULL;
    const WlRtnlLink *link;

    for (guint i = 0; i < self->told_routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->told_routes, WlRtnlRoute, i);

        if (!best || route->family < best->family ||
            (route->family == best->family && route->priority < best->priority))
            best = route;
    }
    link = best ? find_link(self, best->ifindex, NULL) : NULL;
    return link ? link->name : "";
}

GArray *
wl_network_monitor_dup_gateways(WlNetworkMonitor *self)
{
    GArray *gateways = g_array_new(FALSE, TRUE, sizeof(WlIp));

    for (guint i = 0; i < self->told_routes->len; i++) {
        const WlRtnlRoute *route = &g_array_index(self->told_routes, WlRtnlRoute, i);
        if (route->gateway.family != WL_FAMILY_NONE)
            g_array_append_val(gateways, route->gateway);
    }
    return gateways;
}
