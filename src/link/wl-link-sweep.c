/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-link-private.h"
#include "wl-policy-routes.h"
#include "wl-rtnl.h"
#include "wl-uapi.h"

/* ms that the program of a deleted tun link gets to end; measured: 20. */
#define END_TIMEOUT 3000

static gboolean
is_marked(const WlRtnlLink *link, const char *uuid)
{
    const char *rest = link->alias;

    if (!g_str_has_prefix(rest, WL_LINK_MARK))
        return FALSE;
    return !uuid || g_str_equal(rest + strlen(WL_LINK_MARK), uuid);
}

void
wl_link_unmarked_name(const char *uuid, char *name)
{
    g_snprintf(name, IF_NAMESIZE, WL_LINK_UNMARKED "%.8s", uuid);
}

/* Made by one of ours that was killed before it could mark it. */
static gboolean
is_half_made(const WlRtnlLink *link, const char *uuid)
{
    char name[IF_NAMESIZE] = WL_LINK_UNMARKED;

    if (*link->alias || !g_str_equal(link->kind, "wireguard"))
        return FALSE;
    if (uuid)
        wl_link_unmarked_name(uuid, name);
    return uuid ? g_str_equal(link->name, name) : g_str_has_prefix(link->name, name);
}

/* The program behind a tun link, as a pidfd; -1 if nobody listens. */
static int
find_program(const char *name)
{
    pid_t pid = 0;
    int fd = wl_uapi_connect(name, &pid);

    if (fd < 0)
        return -1;
    close(fd);
    return pid > 0 ? (int) syscall(SYS_pidfd_open, pid, 0) : -1;
}

/*
 * wireguard-go ends by itself when its link is deleted, and takes its socket with it. A link of the
 * same name must not come before that, or it would lose its own socket to it.
 */
static void
wait_for_end(int program)
{
    struct pollfd poll_fd = {.fd = program, .events = POLLIN};

    while (poll(&poll_fd, 1, END_TIMEOUT) < 0 && errno == EINTR)
        ;
    close(program);
}

static gboolean
remove_link(WlNetlink *route, const WlRtnlLink *link, GError **error)
{
    gboolean userspace = g_str_equal(link->kind, "tun");
    int program = userspace ? find_program(link->name) : -1;
    int result = wl_rtnl_delete_link(route, link->ifindex);

    if (result < 0 && result != -ENODEV) {
        if (program >= 0)
            close(program);
        wl_link_set_errno(error, result, "cannot delete leftover interface \"%s\"", link->name);
        return FALSE;
    }
    if (program >= 0)
        wait_for_end(program);
    if (userspace)
        wl_uapi_remove_stale_socket(link->name);
    return TRUE;
}

static gboolean
is_not_swept(guint32 mark, gpointer user_data)
{
    const char *uuid = user_data;

    return uuid && wl_policy_routes_mark(uuid) != mark;
}

gboolean
wl_link_sweep(const char *uuid, int keep, GError **error)
{
    g_autoptr(GArray) links = g_array_new(FALSE, TRUE, sizeof(WlRtnlLink));
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);
    int result;

    if (!route || !wl_policy_routes_sweep(is_not_swept, (gpointer) uuid, error))
        return FALSE;
    result = wl_rtnl_list_links(route, links);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot list the interfaces");
        return FALSE;
    }
    for (guint i = 0; i < links->len; i++) {
        const WlRtnlLink *link = &g_array_index(links, WlRtnlLink, i);

        if ((!is_marked(link, uuid) && !is_half_made(link, uuid)) || link->ifindex == keep)
            continue;
        if (!remove_link(route, link, error))
            return FALSE;
    }
    return TRUE;
}
