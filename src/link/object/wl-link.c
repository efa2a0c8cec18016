/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of every link: owns the interface once wl_link_adopt() has set its alias, watches
 * for its deletion, and implements addresses and "up" with rtnetlink and sysctl. A backend
 * implements the rest of struct _WlLinkClass. Errors are of WL_LINK_ERROR.
 */
#include "wl-link.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "wl-limitation.h"
#include "wl-link-alias.h"
#include "wl-link-class.h"
#include "wl-netlink-watch.h"
#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-sysctl.h"

typedef struct {
    char *name;
    int ifindex;
    guint16 listen_port;
    WlNetlink *route;
    WlNetlinkWatch *watch;
    gboolean failed;
    gboolean destroyed;
} WlLinkPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE(WlLink, wl_link, G_TYPE_OBJECT)

static guint failed_signal, device_signal, refused_signal;

static WlLinkPrivate *
get_private(WlLink *self)
{
    return wl_link_get_instance_private(self);
}

void
wl_link_set_port_in_use(GError **error, const char *name, guint16 port)
{
    g_set_error(
        error, WL_LINK_ERROR, WL_LINK_ERROR_IN_USE,
        "UDP port %u for interface \"%s\" is used by another program or link; choose another "
        "listen-port",
        port, name);
}

void
wl_link_set_exists(GError **error, const char *name, const char *alias)
{
    gboolean has_alias = alias && *alias;

    g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS,
                "interface \"%s\" already exists (%s%s%s); choose another interface-name", name,
                has_alias ? "alias \"" : "no alias", has_alias ? alias : "", has_alias ? "\"" : "");
}

void
wl_link_fail(WlLink *self, const char *format, ...)
{
    WlLinkPrivate *private = get_private(self);
    g_autofree char *reason = NULL;
    va_list arguments;

    if (private->failed || private->destroyed)
        return;
    private->failed = TRUE;
    va_start(arguments, format);
    reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_object_ref(self);
    g_signal_emit(self, failed_signal, 0, reason);
    g_object_unref(self);
}

/* A handler may drop the last reference. */
static void
emit_pair(WlLink *self, guint signal, gconstpointer first, gconstpointer second)
{
    if (get_private(self)->destroyed)
        return;
    g_object_ref(self);
    g_signal_emit(self, signal, 0, first, second);
    g_object_unref(self);
}

void
wl_link_report_device(WlLink *self, const WlDevice *device, const GError *error)
{
    emit_pair(self, device_signal, device, error);
}

void
wl_link_report_refused(WlLink *self, const WlKey *peer, const GError *error)
{
    emit_pair(self, refused_signal, peer, error);
}

/* Handles group LINK: the interface was deleted or moved to another network namespace. */
static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlLink *self = user_data;
    WlLinkPrivate *private = get_private(self);
    char name[IF_NAMESIZE];
    WlRtnlLink link;

    if (message) {
        if (message->nlmsg_type != RTM_DELLINK || !wl_rtnl_parse_link(message, &link) ||
            link.ifindex != private->ifindex)
            return;
    } else if (if_indextoname((guint) private->ifindex, name)) {
        return;
    }
    wl_link_fail(self, "interface \"%s\" was deleted", private->name);
}

void
wl_link_set_identity(WlLink *self, const char *name, int ifindex)
{
    WlLinkPrivate *private = get_private(self);

    g_free(private->name);
    private->name = g_strdup(name);
    private->ifindex = ifindex;
}

gboolean
wl_link_adopt(WlLink *self, WlNetlink *route, const WlLinkConfig *config, int ifindex,
              GError **error)
{
    static const guint groups[] = {RTNLGRP_LINK, 0};
    WlLinkPrivate *private = get_private(self);
    g_autofree char *alias = wl_link_alias(config->uuid);
    g_autoptr(GError) refused = NULL;
    int result;

    wl_link_set_identity(self, config->name, ifindex);
    private->route = route;
    private->listen_port = config->listen_port;
    result = wl_rtnl_change_link(route, ifindex, &(WlRtnlLinkChange){.alias = alias});
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot set the alias of interface \"%s\"", config->name);
        return FALSE;
    }
    /* The network monitor also notices a deletion. */
    private->watch = wl_netlink_watch_new(groups, on_message, self, &refused);
    if (!private->watch)
        wl_limitation_add("network-changes", "a deletion of the link is noticed late: %s",
                          refused->message);
    /* Fails if the interface was deleted before the watch began. */
    result = wl_rtnl_change_link(route, ifindex, &(WlRtnlLinkChange){.mtu = config->mtu});
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot set MTU %u of interface \"%s\"", config->mtu,
                          config->name);
        return FALSE;
    }
    /* Fails if IPv6 is disabled, which wl_link_set_up() reports. */
    wl_rtnl_change_link(route, ifindex, &(WlRtnlLinkChange){.no_address_generation = TRUE});
    return TRUE;
}

WlNetlink *
wl_link_get_route(WlLink *self)
{
    return get_private(self)->route;
}

static gboolean
check_exists(WlLink *self, GError **error)
{
    WlLinkPrivate *private = get_private(self);

    if (!private->failed && !private->destroyed)
        return TRUE;
    g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE, "interface \"%s\" was deleted",
                private->name);
    return FALSE;
}

static gboolean
real_add_address(WlLink *self, const WlPrefix *address, GError **error)
{
    WlLinkPrivate *private = get_private(self);
    g_autofree char *text = NULL;
    int result;

    if (address->ip.family == WL_FAMILY_V6 && !wl_sysctl_enable_ipv6(private->name, error))
        return FALSE;
    result = wl_rtnl_add_address(private->route, private->ifindex, address);
    if (result == 0 || result == -EEXIST)
        return TRUE;
    text = wl_prefix_to_string(address);
    wl_link_set_errno(error, result, "cannot add address %s to interface \"%s\"", text,
                      private->name);
    return FALSE;
}

static gboolean
real_set_up(WlLink *self, GError **error)
{
    WlLinkPrivate *private = get_private(self);
    int result;

    if (!wl_sysctl_prepare_link(private->name, error))
        return FALSE;
    result = wl_rtnl_change_link(private->route, private->ifindex, &(WlRtnlLinkChange){.up = TRUE});
    if (result == 0)
        return TRUE;
    /* The kernel's WireGuard binds its UDP sockets when the interface goes up (wg_open() in
     * drivers/net/wireguard/device.c). */
    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(error, private->name, private->listen_port);
    else
        wl_link_set_errno(error, result, "cannot set interface \"%s\" up", private->name);
    return FALSE;
}

static void
real_destroy(WlLink *self)
{
    WlLinkPrivate *private = get_private(self);
    int result;

    if (!private->route || private->ifindex <= 0)
        return;
    result = wl_rtnl_delete_link(private->route, private->ifindex);
    if (result < 0 && result != -ENODEV)
        g_warning("cannot delete interface \"%s\": %s", private->name, g_strerror(-result));
}

WlDevice *
wl_link_read(WlLink *self, GError **error)
{
    g_return_val_if_fail(WL_IS_LINK(self), NULL);
    if (!check_exists(self, error))
        return NULL;
    return WL_LINK_GET_CLASS(self)->read(self, error);
}

gboolean
wl_link_apply(WlLink *self, const WlPeerChange *change, GError **error)
{
    g_return_val_if_fail(WL_IS_LINK(self) && change, FALSE);
    return check_exists(self, error) && WL_LINK_GET_CLASS(self)->apply(self, change, error);
}

gboolean
wl_link_set_mark(WlLink *self, guint32 mark, GError **error)
{
    g_return_val_if_fail(WL_IS_LINK(self), FALSE);
    return check_exists(self, error) && WL_LINK_GET_CLASS(self)->set_mark(self, mark, error);
}

gboolean
wl_link_add_address(WlLink *self, const WlPrefix *address, GError **error)
{
    g_return_val_if_fail(WL_IS_LINK(self) && address, FALSE);
    return check_exists(self, error) && WL_LINK_GET_CLASS(self)->add_address(self, address, error);
}

gboolean
wl_link_set_up(WlLink *self, GError **error)
{
    g_return_val_if_fail(WL_IS_LINK(self), FALSE);
    return check_exists(self, error) && WL_LINK_GET_CLASS(self)->set_up(self, error);
}

void
wl_link_destroy(WlLink *self)
{
    WlLinkPrivate *private = get_private(self);

    g_return_if_fail(WL_IS_LINK(self));
    if (private->destroyed)
        return;
    private->destroyed = TRUE;
    g_clear_pointer(&private->watch, wl_netlink_watch_free);
    WL_LINK_GET_CLASS(self)->destroy(self);
    g_clear_pointer(&private->route, wl_netlink_free);
}

const char *
wl_link_get_name(WlLink *self)
{
    return get_private(self)->name;
}

int
wl_link_get_ifindex(WlLink *self)
{
    return get_private(self)->ifindex;
}

const char *
wl_link_get_backend(WlLink *self)
{
    return WL_LINK_GET_CLASS(self)->backend;
}

static void
wl_link_dispose(GObject *object)
{
    wl_link_destroy(WL_LINK(object));
    G_OBJECT_CLASS(wl_link_parent_class)->dispose(object);
}

static void
wl_link_finalize(GObject *object)
{
    g_free(get_private(WL_LINK(object))->name);
    G_OBJECT_CLASS(wl_link_parent_class)->finalize(object);
}

static void
wl_link_class_init(WlLinkClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = wl_link_dispose;
    G_OBJECT_CLASS(klass)->finalize = wl_link_finalize;
    klass->add_address = real_add_address;
    klass->set_up = real_set_up;
    klass->destroy = real_destroy;
    /* The reason is a sentence. */
    failed_signal = g_signal_new("failed", WL_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
    device_signal = g_signal_new("device", WL_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
    refused_signal = g_signal_new("refused", WL_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
wl_link_init(WlLink *self)
{
}
