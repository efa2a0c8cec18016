/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-cleanup.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-link-alias.h"
#include "wl-link-error.h"
#include "wl-policy-routes.h"
#include "wl-profile-lock.h"
#include "wl-rtnl-link.h"
#include "wl-uapi.h"

/* ms that the program of a deleted tun link gets to end; measured: 20. */
#define END_TIMEOUT 3000

/* Whose things go: of one profile, or of all that nobody serves. */
typedef struct {
    const char *uuid;  /* NULL: all but */
    char **served;     /* NULL: none */
    int keep;          /* interface index */
    GPtrArray *report; /* of char *; or NULL */
} Sweep;

static gboolean
is_swept(const Sweep *sweep, const char *uuid)
{
    if (sweep->uuid)
        return g_str_equal(sweep->uuid, uuid);
    return !sweep->served || !g_strv_contains((const char *const *) sweep->served, uuid);
}

static gboolean
is_marked(const WlRtnlLink *link, const Sweep *sweep)
{
    return g_str_has_prefix(link->alias, WL_LINK_ALIAS_PREFIX) &&
           is_swept(sweep, link->alias + strlen(WL_LINK_ALIAS_PREFIX));
}

static gboolean
has_unmarked_name(const WlRtnlLink *link, const char *uuid)
{
    char name[IF_NAMESIZE];

    wl_link_temporary_name(uuid, name);
    return g_str_equal(link->name, name);
}

/* Made by one of ours that was killed before it could mark it. */
static gboolean
is_half_made(const WlRtnlLink *link, const Sweep *sweep)
{
    if (*link->alias || !g_str_equal(link->kind, "wireguard") ||
        !g_str_has_prefix(link->name, WL_LINK_TEMPORARY_PREFIX))
        return FALSE;
    if (sweep->uuid)
        return has_unmarked_name(link, sweep->uuid);
    for (guint i = 0; sweep->served && sweep->served[i]; i++) {
        if (has_unmarked_name(link, sweep->served[i]))
            return FALSE;
    }
    return TRUE;
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
is_mark_kept(guint32 mark, gpointer user_data)
{
    const Sweep *sweep = user_data;

    if (sweep->uuid)
        return wl_policy_routes_fwmark(sweep->uuid) != mark;
    for (guint i = 0; sweep->served && sweep->served[i]; i++) {
        if (wl_policy_routes_fwmark(sweep->served[i]) == mark)
            return TRUE;
    }
    return FALSE;
}

static void G_GNUC_PRINTF(2, 3) report(const Sweep *sweep, const char *format, ...)
{
    va_list arguments;

    if (!sweep->report)
        return;
    va_start(arguments, format);
    g_ptr_array_add(sweep->report, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static gboolean
sweep_links(const Sweep *sweep, GError **error)
{
    g_autoptr(GArray) links = g_array_new(FALSE, TRUE, sizeof(WlRtnlLink));
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);
    int result;

    if (!route)
        return FALSE;
    result = wl_rtnl_list_links(route, links);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot list the interfaces");
        return FALSE;
    }
    for (guint i = 0; i < links->len; i++) {
        const WlRtnlLink *link = &g_array_index(links, WlRtnlLink, i);

        if ((!is_marked(link, sweep) && !is_half_made(link, sweep)) || link->ifindex == sweep->keep)
            continue;
        if (!remove_link(route, link, error))
            return FALSE;
        report(sweep, "interface %s", link->name);
    }
    return TRUE;
}

/* Rules first: they take packets to links that are to go. */
static gboolean
sweep_all(const Sweep *sweep, GError **error)
{
    guint removed;

    if (!wl_policy_routes_cleanup(is_mark_kept, (gpointer) sweep, &removed, error))
        return FALSE;
    if (removed)
        report(sweep, "%u rules and routes of a full tunnel", removed);
    return sweep_links(sweep, error);
}

gboolean
wl_cleanup_profile(const char *uuid, int keep, GError **error)
{
    const Sweep sweep = {.uuid = uuid, .keep = keep};

    return sweep_all(&sweep, error);
}

/* Of a program that was killed together with its service; the link went with it. */
static void
sweep_sockets(const Sweep *sweep)
{
    g_autoptr(GDir) directory = g_dir_open(WL_UAPI_DIRECTORY, 0, NULL);
    const char *file;

    while (directory && (file = g_dir_read_name(directory))) {
        g_autofree char *path = NULL, *name = NULL;

        if (!g_str_has_prefix(file, WL_LINK_NAME_PREFIX) || !g_str_has_suffix(file, ".sock"))
            continue;
        name = g_strndup(file, strlen(file) - strlen(".sock"));
        path = wl_uapi_socket_path(name);
        if (if_nametoindex(name) != 0)
            continue;
        wl_uapi_remove_stale_socket(name);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            report(sweep, "socket %s", path);
    }
}

GPtrArray *
wl_cleanup_unserved(GError **error)
{
    g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) served = wl_profile_lock_list(error);
    const Sweep sweep = {.served = served, .report = removed};

    if (!served || !sweep_all(&sweep, error))
        return NULL;
    sweep_sockets(&sweep);
    return g_steal_pointer(&removed);
}
