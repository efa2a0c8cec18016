/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backend of the kernel's WireGuard: rtnetlink creates the interface, generic netlink family
 * `wireguard` configures it. Owns its generic netlink socket. Errors are of WL_LINK_ERROR.
 */
#include "wl-link-kernel.h"

#include <errno.h>
#include <linux/wireguard.h>
#include <net/if.h>

#include "wl-link-alias.h"
#include "wl-link-class.h"
#include "wl-rtnl-link.h"
#include "wl-wg-message-parse.h"
#include "wl-wg-message.h"

#define WL_TYPE_LINK_KERNEL (wl_link_kernel_get_type())
G_DECLARE_FINAL_TYPE(WlLinkKernel, wl_link_kernel, WL, LINK_KERNEL, WlLink)

struct _WlLinkKernel {
    WlLink parent;
    WlNetlink *generic;
    guint16 family;
};

G_DEFINE_FINAL_TYPE(WlLinkKernel, wl_link_kernel, WL_TYPE_LINK)

static int
send_message(WlLinkKernel *self, WlNetlinkMessage *message)
{
    return wl_netlink_request(self->generic, (struct nlmsghdr *) message->data, NULL, NULL);
}

typedef struct {
    WlDevice *device;
    gint64 now;
} Reading;

static void
begin_reading(gpointer user_data)
{
    Reading *reading = user_data;

    wl_device_free(reading->device);
    reading->device = wl_device_new();
    reading->now = g_get_real_time();
}

static int
read_message(const struct nlmsghdr *message, gpointer user_data)
{
    Reading *reading = user_data;

    return wl_wg_message_parse(message, reading->now, reading->device);
}

static WlDevice *
wl_link_kernel_read(WlLink *link, GError **error)
{
    WlLinkKernel *self = WL_LINK_KERNEL(link);
    g_autoptr(WlNetlinkMessage) message =
        wl_wg_message_get_device(self->family, wl_link_get_ifindex(link));
    Reading reading = {wl_device_new(), 0};
    int result = wl_netlink_dump(self->generic, (struct nlmsghdr *) message->data, begin_reading,
                                 read_message, &reading);

    /* Optional: a failure leaves the number at 0. */
    if (result == 0) {
        wl_rtnl_get_frame_errors(wl_link_get_route(link), wl_link_get_ifindex(link),
                                 &reading.device->dropped);
        return reading.device;
    }
    wl_device_free(reading.device);
    wl_link_set_errno(error, result, "cannot read interface \"%s\"", wl_link_get_name(link));
    return NULL;
}

static gboolean
wl_link_kernel_apply(WlLink *link, const WlPeerChange *change, GError **error)
{
    WlLinkKernel *self = WL_LINK_KERNEL(link);
    g_autoptr(GPtrArray) messages =
        wl_wg_message_change(self->family, wl_link_get_ifindex(link), change);

    for (guint i = 0; i < messages->len; i++) {
        int result = send_message(self, g_ptr_array_index(messages, i));
        g_autofree char *key = NULL;

        if (result == 0)
            continue;
        key = wl_key_to_string(&change->public_key);
        wl_link_set_errno(error, result, "cannot change peer %s of interface \"%s\"", key,
                          wl_link_get_name(link));
        return FALSE;
    }
    return TRUE;
}

static gboolean
wl_link_kernel_set_mark(WlLink *link, guint32 mark, GError **error)
{
    WlLinkKernel *self = WL_LINK_KERNEL(link);
    g_autoptr(WlNetlinkMessage) message =
        wl_wg_message_set_mark(self->family, wl_link_get_ifindex(link), mark);
    int result = send_message(self, message);

    if (result == 0)
        return TRUE;
    wl_link_set_errno(error, result, "cannot set the firewall mark of interface \"%s\"",
                      wl_link_get_name(link));
    return FALSE;
}

static void
wl_link_kernel_finalize(GObject *object)
{
    wl_netlink_free(WL_LINK_KERNEL(object)->generic);
    G_OBJECT_CLASS(wl_link_kernel_parent_class)->finalize(object);
}

static void
wl_link_kernel_class_init(WlLinkKernelClass *klass)
{
    WlLinkClass *link_class = WL_LINK_CLASS(klass);

    G_OBJECT_CLASS(klass)->finalize = wl_link_kernel_finalize;
    link_class->backend = "kernel";
    link_class->read = wl_link_kernel_read;
    link_class->apply = wl_link_kernel_apply;
    link_class->set_mark = wl_link_kernel_set_mark;
}

static void
wl_link_kernel_init(WlLinkKernel *self)
{
}

static void
set_creation_error(GError **error, WlNetlink *route, const char *name, int result)
{
    WlRtnlLink existing;

    switch (result) {
    case -EOPNOTSUPP: /* no such kind, even after the kernel tried to load the module */
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                    "this kernel has no WireGuard");
        return;
    case -EEXIST:
        if (wl_rtnl_find_link(route, name, &existing) == 0)
            wl_link_set_exists(error, name, existing.alias);
        else
            wl_link_set_exists(error, name, NULL);
        return;
    default:
        wl_link_set_errno(error, result, "cannot create interface \"%s\"", name);
    }
}

static gboolean
configure(WlLinkKernel *self, const WlLinkConfig *config, GError **error)
{
    g_autoptr(WlNetlinkMessage) message = NULL;
    int family, result;

    self->generic = wl_netlink_new(NETLINK_GENERIC, error);
    if (!self->generic)
        return FALSE;
    family = wl_netlink_resolve_family(self->generic, WG_GENL_NAME);
    if (family < 0) {
        wl_link_set_errno(error, family, "the kernel has no generic netlink family \"wireguard\"");
        return FALSE;
    }
    self->family = (guint16) family;
    message = wl_wg_message_set_device(self->family, wl_link_get_ifindex(WL_LINK(self)),
                                       config->private_key, config->listen_port, config->fwmark);
    result = send_message(self, message);
    if (result == 0)
        return TRUE;
    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(error, config->name, config->listen_port);
    else
        wl_link_set_errno(error, result, "cannot configure interface \"%s\"", config->name);
    return FALSE;
}

/* Creates the interface with a temporary name, sets its alias, and renames it then, so that cleanup
 * recognizes it at any time. Returns its index, or a negative errno with *error. */
static int
create(WlNetlink *route, const WlLinkConfig *config, int ifindex, GError **error)
{
    g_autofree char *alias = wl_link_alias(config->uuid);
    char temporary[IF_NAMESIZE];
    WlRtnlLink link;
    int result;

    wl_link_temporary_name(config->uuid, temporary);
    result = wl_rtnl_add_wireguard(route, temporary, ifindex);
    if (result < 0) {
        set_creation_error(error, route, temporary, result);
        return result;
    }
    result = wl_rtnl_find_link(route, temporary, &link);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot find interface \"%s\"", temporary);
        return result;
    }
    result = wl_rtnl_change_link(route, link.ifindex, &(WlRtnlLinkChange){.alias = alias});
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot set the alias of interface \"%s\"", temporary);
    } else {
        result =
            wl_rtnl_change_link(route, link.ifindex, &(WlRtnlLinkChange){.name = config->name});
        if (result < 0)
            set_creation_error(error, route, config->name, result);
    }
    if (result == 0)
        return link.ifindex;
    wl_rtnl_delete_link(route, link.ifindex);
    return result;
}

WlLink *
wl_link_kernel_new(const WlLinkConfig *config, int ifindex, GError **error)
{
    g_autoptr(WlLinkKernel) self = NULL;
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);

    ifindex = route ? create(route, config, ifindex, error) : -1;
    if (ifindex < 0)
        return NULL;
    /* From here on dropping the object deletes the interface. */
    self = g_object_new(WL_TYPE_LINK_KERNEL, NULL);
    if (!wl_link_adopt(WL_LINK(self), g_steal_pointer(&route), config, ifindex, error) ||
        !configure(self, config, error))
        return NULL;
    return WL_LINK(g_steal_pointer(&self));
}
