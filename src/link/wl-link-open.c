/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens a link: cleans up leftovers, then picks the backend. The top of src/link; the only file
 * that knows both backends. Errors are of WL_LINK_ERROR.
 */
#include "wl-link-open.h"

#include "wl-cleanup.h"
#include "wl-limitation.h"
#include "wl-link-class.h"
#include "wl-link-kernel.h"
#include "wl-link-userspace.h"
#include "wl-rtnl-link.h"

/* After the cleanup an interface of that name belongs to another program or profile. */
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

/* WIRELINK_WIREGUARD=userspace in NetworkManager's environment skips the kernel's WireGuard. */
static gboolean
wants_userspace(void)
{
    return g_strcmp0(g_getenv("WIRELINK_WIREGUARD"), "userspace") == 0;
}

static void
userspace_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    WlLink *link = wl_link_userspace_new_finish(result, &error);

    if (link)
        g_task_return_pointer(task, link, g_object_unref);
    else if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD) && wants_userspace())
        g_task_return_new_error(
            task, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
            "WIRELINK_WIREGUARD=userspace requests userspace WireGuard, and %s; "
            "install wireguard-go, or remove that variable to use the kernel's",
            error->message);
    else if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD))
        g_task_return_new_error(task, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                                "this kernel has no WireGuard, and %s; install wireguard-go or a "
                                "kernel with the wireguard module",
                                error->message);
    else
        g_task_return_error(task, g_steal_pointer(&error));
}

static WlLink *
open_kernel(const WlLinkConfig *config, GError **error)
{
    if (!wants_userspace())
        return wl_link_kernel_new(config, 0, error);
    g_set_error_literal(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                        "WIRELINK_WIREGUARD requests userspace WireGuard");
    return NULL;
}

#define NO_CLEANUP "what a killed service left behind stays"

/* An interface of the same name that stays is found next. */
static void
cleanup_profile(const char *uuid)
{
    g_autoptr(GError) error = NULL;

    if (!wl_cleanup_profile(uuid, 0, &error))
        wl_limitation_add("cleanup", NO_CLEANUP ": %s", error->message);
}

/* Cleans up after other profiles. A failure does not prevent serving this one. */
static void
cleanup_unserved(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_cleanup_unserved(&error);

    if (error)
        wl_limitation_add("cleanup", NO_CLEANUP ": %s", error->message);
    for (guint i = 0; removed && i < removed->len; i++)
        g_message("removed leftovers of a killed service: %s", (char *) removed->pdata[i]);
}

void
wl_link_open_async(const WlLinkConfig *config, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    GError *error = NULL;
    WlLink *link = NULL;

    if (wl_link_config_check(config, &error)) {
        cleanup_profile(config->uuid);
        cleanup_unserved();
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

WlLink *
wl_link_reopen(const WlLinkConfig *config, int ifindex, GError **error)
{
    return wl_link_kernel_new(config, ifindex, error);
}
