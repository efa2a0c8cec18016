/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of this machine as its files show it: kernel, modules, sockets, programs.
 * WIRELINK_ROOT in the environment names a directory to use in place of the root directory.
 * Texts belong to the caller; what cannot be read is missing, not an error.
 */
#include "wl-host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "wl-display.h"

#define MAX_FILE  (4 * 1024 * 1024)
#define MAX_FDS   65536 /* of all processes, in a search */
#define MAX_LABEL 40

/* Packagers may reset the date of a file. */
#define RELEASED G_GINT64_CONSTANT(1735689600) /* 2025-01-01 */

char *
wl_host_path(const char *path)
{
    const char *root = g_getenv("WIRELINK_ROOT");

    return g_build_filename(root && *root ? root : "/", path, NULL);
}

char *
wl_host_read(const char *path)
{
    g_autofree char *whole = wl_host_path(path);
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[4096];
    gssize n = 0;
    int fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return NULL;
    while (text->len < MAX_FILE && (n = read(fd, buffer, sizeof(buffer))) > 0)
        g_string_append_len(text, buffer, n);
    close(fd);
    return n < 0 ? NULL : g_strdup(text->str);
}

gboolean
wl_host_exists(const char *path)
{
    g_autofree char *whole = wl_host_path(path);

    return access(whole, F_OK) == 0;
}

char *
wl_host_find_program(const char *name)
{
    static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                          "/usr/bin",        "/sbin",          "/bin"};

    for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(folders[i], name, NULL);
        g_autofree char *whole = wl_host_path(path);

        if (access(whole, X_OK) == 0)
            return g_steal_pointer(&path);
    }
    return NULL;
}

/* ---- WireGuard ----------------------------------------------------------------------------- */

static gboolean
lists_module(const char *release, const char *list)
{
    static const char *const roots[] = {"/lib/modules", "/usr/lib/modules"};

    for (guint i = 0; i < G_N_ELEMENTS(roots); i++) {
        g_autofree char *path = g_build_filename(roots[i], release, list, NULL);
        g_autofree char *text = wl_host_read(path);

        if (text && strstr(text, "/wireguard.ko"))
            return TRUE;
    }
    return FALSE;
}

WlHostWireguard
wl_host_get_wireguard(void)
{
    g_autofree char *release = wl_host_read("/proc/sys/kernel/osrelease");

    if (wl_host_exists("/sys/module/wireguard"))
        return WL_HOST_WIREGUARD_LOADED;
    if (!release)
        return WL_HOST_WIREGUARD_NONE;
    g_strstrip(release);
    if (lists_module(release, "modules.builtin"))
        return WL_HOST_WIREGUARD_LOADED;
    return lists_module(release, "modules.dep") ? WL_HOST_WIREGUARD_LOADABLE
                                                : WL_HOST_WIREGUARD_NONE;
}

/* ---- ports --------------------------------------------------------------------------------- */

/* The inode of a socket bound to @port on all addresses, from a table such as /proc/net/udp.
 * Sockets of the kernel have the inode 0, hence *found. */
static guint64
find_socket(const char *table, guint port, gboolean *found)
{
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    guint64 inode = 0;

    for (guint i = 1; lines[0] && lines[i]; i++) {
        char address[33];
        unsigned int bound;
        unsigned long long number;

        /* "sl: local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode ref" */
        if (sscanf(lines[i], " %*u: %32[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*s %*s %llu", address,
                   &bound, &number) < 3 ||
            bound != port || strspn(address, "0") != strlen(address))
            continue;
        *found = TRUE;
        inode = number;
    }
    return inode;
}

static gboolean
holds_socket(const char *process, const char *socket, guint *budget)
{
    g_autofree char *path = g_build_filename("/proc", process, "fd", NULL);
    g_autofree char *whole = wl_host_path(path);
    g_autoptr(GDir) fds = g_dir_open(whole, 0, NULL);
    const char *fd;

    while (fds && *budget > 0 && (fd = g_dir_read_name(fds))) {
        g_autofree char *file = g_build_filename(whole, fd, NULL);
        char target[64];
        gssize n = readlink(file, target, sizeof(target) - 1);

        *budget -= 1;
        if (n <= 0)
            continue;
        target[n] = '\0';
        if (strcmp(target, socket) == 0)
            return TRUE;
    }
    return FALSE;
}

static char *
find_holder(guint64 inode)
{
    g_autofree char *socket = g_strdup_printf("socket:[%" G_GUINT64_FORMAT "]", inode);
    g_autofree char *whole = wl_host_path("/proc");
    g_autoptr(GDir) processes = g_dir_open(whole, 0, NULL);
    guint budget = MAX_FDS;
    const char *process;

    while (processes && (process = g_dir_read_name(processes))) {
        g_autofree char *path = NULL;
        g_autofree char *name = NULL;
        g_autofree char *shown = NULL;

        if (!g_ascii_isdigit(*process) || !holds_socket(process, socket, &budget))
            continue;
        path = g_build_filename("/proc", process, "comm", NULL);
        name = wl_host_read(path);
        shown = wl_display_quote(name ? g_strchomp(name) : "a process", MAX_LABEL);
        return g_strdup_printf("%s (%s)", shown, process);
    }
    return NULL;
}

WlHostPort
wl_host_find_port(guint port, char **holder)
{
    static const char *const tables[] = {"/proc/net/udp6", "/proc/net/udp"};
    gboolean readable = FALSE, found = FALSE;

    *holder = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(tables) && !*holder; i++) {
        g_autofree char *table = wl_host_read(tables[i]);
        guint64 inode;

        if (!table)
            continue;
        readable = TRUE;
        inode = find_socket(table, port, &found);
        *holder = inode ? find_holder(inode) : NULL;
    }
    if (!readable)
        return WL_HOST_PORT_UNKNOWN;
    return found ? WL_HOST_PORT_HELD : WL_HOST_PORT_FREE;
}

/* ---- time ---------------------------------------------------------------------------------- */

gint64
wl_host_get_made_time(void)
{
    g_autofree char *path = wl_host_path("/proc/self/exe");
    struct stat info;

    return stat(path, &info) == 0 ? MAX((gint64) info.st_mtime, RELEASED) : RELEASED;
}

gboolean
wl_host_has_daemon(void)
{
    g_autofree char *program = wl_host_find_program("wirelinkd");

    return program != NULL;
}
