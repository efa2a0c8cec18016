/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes leftovers of earlier processes: interfaces, control sockets, rules, routes, nf_tables
 * tables and forwarding that they enabled. An object without our alias, temporary name, priorities
 * or protocol number is never removed. Stateless. Errors are of WL_LINK_ERROR, or of G_IO_ERROR
 * where the in-use marks cannot be read.
 */
#include "wl-cleanup.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-link-alias.h"
#include "wl-link-error.h"
#include "wl-opened-links.h"
#include "wl-own-table.h"
#include "wl-policy-routes.h"
#include "wl-profile-in-use.h"
#include "wl-rtnl-link.h"
#include "wl-uapi-client.h"

/* How long the program of a deleted tun interface may take to exit, ms; measured: 20. */
#define EXIT_TIMEOUT 3000

/* What to remove: leftovers of one profile, or of all that no process serves. */
typedef struct {
    const char *uuid;  /* NULL: all profiles but `served` */
    char **served;     /* UUIDs; NULL: none */
    int keep;          /* an interface index, or 0 */
    GPtrArray *report; /* of char *; may be NULL */
} Scope;

static gboolean
is_in_scope(const Scope *scope, const char *uuid)
{
    if (scope->uuid)
        return g_str_equal(scope->uuid, uuid);
    return !scope->served || !g_strv_contains((const char *const *) scope->served, uuid);
}

static gboolean
has_alias_of_ours(const WlRtnlLink *link, const Scope *scope)
{
    return g_str_has_prefix(link->alias, WL_LINK_ALIAS_PREFIX) &&
           is_in_scope(scope, link->alias + strlen(WL_LINK_ALIAS_PREFIX));
}

static gboolean
has_temporary_name(const WlRtnlLink *link, const char *uuid)
{
    char name[IF_NAMESIZE];

    wl_link_temporary_name(uuid, name);
    return g_str_equal(link->name, name);
}

/* Created by a process that was killed before it set the alias. */
static gboolean
is_incomplete(const WlRtnlLink *link, const Scope *scope)
{
    if (*link->alias || !g_str_equal(link->kind, "wireguard") ||
        !g_str_has_prefix(link->name, WL_LINK_TEMPORARY_PREFIX))
        return FALSE;
    if (scope->uuid)
        return has_temporary_name(link, scope->uuid);
    for (guint i = 0; scope->served && scope->served[i]; i++) {
        if (has_temporary_name(link, scope->served[i]))
            return FALSE;
    }
    return TRUE;
}

/* A pidfd of the program that serves a tun interface; -1 if none listens. */
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
 * wireguard-go exits when its interface is deleted, and removes its control socket. An interface of
 * the same name must not be created before that, or wireguard-go removes the new one's socket.
 */
static void
wait_for_exit(int program)
{
    struct pollfd poll_fd = {.fd = program, .events = POLLIN};

    while (poll(&poll_fd, 1, EXIT_TIMEOUT) < 0 && errno == EINTR)
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
        wait_for_exit(program);
    if (userspace)
        wl_uapi_remove_stale_socket(link->name);
    return TRUE;
}

static gboolean
is_mark_kept(guint32 mark, gpointer user_data)
{
    const Scope *scope = user_data;

    if (scope->uuid)
        return wl_policy_routes_fwmark(scope->uuid) != mark;
    for (guint i = 0; scope->served && scope->served[i]; i++) {
        if (wl_policy_routes_fwmark(scope->served[i]) == mark)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_table_kept(const char *uuid, gpointer user_data)
{
    return !is_in_scope(user_data, uuid);
}

static void G_GNUC_PRINTF(2, 3) report(const Scope *scope, const char *format, ...)
{
    va_list arguments;

    if (!scope->report)
        return;
    va_start(arguments, format);
    g_ptr_array_add(scope->report, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static gboolean
cleanup_links(const Scope *scope, GError **error)
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

        if ((!has_alias_of_ours(link, scope) && !is_incomplete(link, scope)) ||
            link->ifindex == scope->keep)
            continue;
        if (!remove_link(route, link, error))
            return FALSE;
        report(scope, "interface %s", link->name);
    }
    return TRUE;
}

/* Rules first, because they lead packets to links that this deletes. */
static gboolean
cleanup_all(const Scope *scope, GError **error)
{
    guint removed = 0;
    gboolean done = wl_policy_routes_cleanup(is_mark_kept, (gpointer) scope, &removed, error);

    if (removed)
        report(scope, "%u rules and routes of a full tunnel", removed);
    /* What the kernel refuses in one part does not keep the others; the first error counts. */
    done = cleanup_links(scope, done ? error : NULL) && done;
    removed = 0;
    done = wl_own_table_cleanup(is_table_kept, (gpointer) scope, &removed, done ? error : NULL) &&
           done;
    if (removed)
        report(scope, "%u nf_tables table%s", removed, removed == 1 ? "" : "s");
    removed = wl_opened_links_cleanup(is_table_kept, (gpointer) scope);
    if (removed)
        report(scope, "forwarding of %u interface%s", removed, removed == 1 ? "" : "s");
    return done;
}

gboolean
wl_cleanup_profile(const char *uuid, int keep, GError **error)
{
    const Scope scope = {.uuid = uuid, .keep = keep};

    return cleanup_all(&scope, error);
}

/* Removes the control sockets of programs that were killed with their service. Their interfaces
 * ended with them. */
static void
cleanup_sockets(const Scope *scope)
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
            report(scope, "socket %s", path);
    }
}

GPtrArray *
wl_cleanup_unserved(GError **error)
{
    g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) served = wl_profile_in_use_list(error);
    const Scope scope = {.served = served, .report = removed};

    if (!served || !cleanup_all(&scope, error))
        return NULL;
    cleanup_sockets(&scope);
    return g_steal_pointer(&removed);
}
