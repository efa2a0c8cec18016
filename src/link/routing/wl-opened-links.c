/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces whose forwarding is to be reset. A record is a file with a line for each, such as
 * "4 eth0"; "6 all" stands for all interfaces. Stateless.
 */
#include "wl-opened-links.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "wl-lock-file.h"
#include "wl-sysctl.h"

#define PREFIX "forwarding."
#define ALL    "all"

/* "forwarding.<network namespace>." */
static char *
dup_prefix(void)
{
    return g_strdup_printf(PREFIX "%" G_GUINT64_FORMAT ".", wl_lock_file_get_namespace());
}

static void
append(GString *text, char family, const GArray *opened)
{
    for (guint i = 0; i < opened->len; i++) {
        int ifindex = g_array_index(opened, int, i);
        char name[IF_NAMESIZE] = ALL;

        if (ifindex == 0 || if_indextoname((guint) ifindex, name))
            g_string_append_printf(text, "%c %s\n", family, name);
    }
}

static gboolean
write_text(const char *path, const GString *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    gboolean written = fd >= 0 && write(fd, text->str, text->len) == (gssize) text->len;

    if (fd >= 0)
        close(fd);
    return written;
}

void
wl_opened_links_store(const char *uuid, const GArray *opened4, const GArray *opened6)
{
    g_autofree char *prefix = dup_prefix();
    g_autofree char *path = g_strconcat(WL_LOCK_DIRECTORY "/", prefix, uuid, NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    append(text, '4', opened4);
    append(text, '6', opened6);
    if (text->len == 0)
        unlink(path);
    else if (!write_text(path, text))
        g_warning("interfaces keep forwarding if this service is killed: cannot write %s: %s", path,
                  g_strerror(errno));
}

/* FALSE if the interface is gone. */
static gboolean
reset(const char *line)
{
    const char *name = line + strlen("4 ");

    if (strlen(line) < strlen("4 x") || strchr(name, '/'))
        return FALSE;
    if (*line == '6' && strcmp(name, ALL) == 0)
        return wl_sysctl_disable_global_ipv6_forwarding(NULL);
    if (if_nametoindex(name) == 0)
        return FALSE;
    return *line == '6' ? wl_sysctl_disable_ipv6_forwarding(name, NULL)
                        : wl_sysctl_disable_ipv4_forwarding(name, NULL);
}

static guint
reset_all(const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint count = 0;

    if (g_file_get_contents(path, &text, NULL, NULL))
        lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines && lines[i]; i++)
        count += reset(lines[i]);
    unlink(path);
    return count;
}

guint
wl_opened_links_cleanup(WlOpenedLinksKeep keep, gpointer user_data)
{
    g_autofree char *prefix = dup_prefix();
    g_autoptr(GDir) directory = g_dir_open(WL_LOCK_DIRECTORY, 0, NULL);
    guint count = 0;
    const char *file;

    while (directory && (file = g_dir_read_name(directory))) {
        g_autofree char *path = g_build_filename(WL_LOCK_DIRECTORY, file, NULL);

        if (g_str_has_prefix(file, prefix) && !keep(file + strlen(prefix), user_data))
            count += reset_all(path);
    }
    return count;
}
