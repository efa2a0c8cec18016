/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>
#include <string.h>

#include "wl-link-private.h"
#include "wl-rtnl.h"

/* IPv6 is not there on a link with a smaller MTU. */
#define MIN_MTU 1280
#define MAX_MTU 65535

gboolean
wl_link_config_check(const WlLinkConfig *config, GError **error)
{
    const char *name = config->name ? config->name : "";
    gsize length = strlen(name);
    gboolean valid = length > 0 && length < IFNAMSIZ && !g_str_equal(name, ".") &&
                     !g_str_equal(name, "..") && name[0] != '-' && !strchr(name, '%');

    for (gsize i = 0; i < length && valid; i++)
        valid = g_ascii_isgraph(name[i]) && !strchr("/:", name[i]);
    if (!valid) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "\"%s\" is no interface-name; it has 1 to 15 letters, digits or -._ and does "
                    "not begin with -",
                    name);
        return FALSE;
    }
    if (!config->uuid || !*config->uuid || strlen(config->uuid) > 64) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "interface \"%s\" needs the UUID of its profile", name);
        return FALSE;
    }
    if (config->mtu < MIN_MTU || config->mtu > MAX_MTU) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "MTU %u of interface \"%s\" is not between %d and %d", config->mtu, name,
                    MIN_MTU, MAX_MTU);
        return FALSE;
    }
    return TRUE;
}

WlLinkConfig *
wl_link_config_copy(const WlLinkConfig *config)
{
    WlLinkConfig *copy = g_new0(WlLinkConfig, 1);

    copy->name = g_strdup(config->name);
    copy->uuid = g_strdup(config->uuid);
    copy->private_key = wl_key_copy(config->private_key);
    copy->listen_port = config->listen_port;
    copy->mtu = config->mtu;
    copy->wireguard_go = g_strdup(config->wireguard_go);
    copy->fwmark = config->fwmark;
    return copy;
}

void
wl_link_config_free(WlLinkConfig *config)
{
    if (!config)
        return;
    g_free((char *) config->name);
    g_free((char *) config->uuid);
    wl_key_wipe((WlKey *) config->private_key);
    g_free((WlKey *) config->private_key);
    g_free((char *) config->wireguard_go);
    g_free(config);
}

/* After the sweep a link of that name is not ours, or that of another profile. */
static gboolean
check_name_is_free(const char *name, GError **error)
{
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);
    WlRtnlLink link;

    if (!route)
        return FALSE;
    if (wl_rtnl_find_link(route, name, &link) < 0)
        return TRUE;
    wl_link_set_exists(error, name, link.alias);
    return FALSE;
}

static void
userspace_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    WlLink *link = wl_link_userspace_new_finish(result, &error);

    if (link)
        g_task_return_pointer(task, link, g_object_unref);
    else if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD))
        g_task_return_new_error(task, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                                "this kernel has no WireGuard and %s; install wireguard-go or a "
                                "kernel with the wireguard module",
                                error->message);
    else
        g_task_return_error(task, g_steal_pointer(&error));
}

/* WIRELINK_WIREGUARD=userspace in the environment of NetworkManager passes over the kernel's. */
static gboolean
wants_userspace(void)
{
    return g_strcmp0(g_getenv("WIRELINK_WIREGUARD"), "userspace") == 0;
}

static WlLink *
open_kernel(const WlLinkConfig *config, GError **error)
{
    if (!wants_userspace())
        return wl_link_kernel_new(config, error);
    g_set_error_literal(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                        "WIRELINK_WIREGUARD asks for userspace WireGuard");
    return NULL;
}

/* Of other profiles; a failure is no reason not to serve this one. */
static void
sweep_dead(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_link_sweep_dead(&error);

    if (error)
        g_warning("what killed services left is still there: %s", error->message);
    for (guint i = 0; removed && i < removed->len; i++)
        g_message("removed what a killed service left: %s", (char *) removed->pdata[i]);
}

void
wl_link_open_async(const WlLinkConfig *config, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    GError *error = NULL;
    WlLink *link = NULL;

    if (wl_link_config_check(config, &error) && wl_link_sweep(config->uuid, 0, &error)) {
        sweep_dead();
        if (check_name_is_free(config->name, &error))
            link = open_kernel(config, &error);
    }
    if (link) {
        g_task_return_pointer(task, link, g_object_unref);
    } else if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD)) {
        g_clear_error(&error);
        wl_link_userspace_new_async(config, cancellable, userspace_opened, g_steal_pointer(&task));
    } else {
        g_task_return_error(task, error);
    }
}

WlLink *
wl_link_open_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
