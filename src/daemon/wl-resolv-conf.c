/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads and watches resolv.conf(5). */

#include "wl-resolv-conf.h"

#include <string.h>

#include "wl-file-watch.h"

#define RESOLVED    "/run/systemd/resolve/resolv.conf"
#define CLASSIC     "/etc/resolv.conf"
#define MAX_SERVERS 64

struct _WlResolvConf {
    void (*changed)(const GArray *servers, gpointer user_data);
    gpointer user_data;
    char *path;
    WlFileWatch *watch; /* NULL: changes are not noticed */
    GPtrArray *except;  /* of char * */
    guint start_id;
};

/* ---- parsing ------------------------------------------------------------------------------- */

static gboolean
is_loopback(const WlIp *ip)
{
    static const guint8 v6[16] = {[15] = 1};

    return ip->family == WL_FAMILY_V6 ? memcmp(ip->bytes, v6, sizeof v6) == 0 : ip->bytes[0] == 127;
}

/* "192.0.2.1" or "fe80::1%eth0". */
static gboolean
parse_server(const char *word, WlDnsServer *server)
{
    g_autofree char *address = g_strndup(word, strcspn(word, "%"));
    const char *scope = strchr(word, '%');

    memset(server, 0, sizeof *server); /* compared bytewise */
    if (!wl_ip_parse(address, &server->address) || is_loopback(&server->address))
        return FALSE;
    if (scope)
        g_strlcpy(server->interface, scope + 1, sizeof server->interface);
    return TRUE;
}

static gboolean
is_excepted(const char *word, const GPtrArray *except)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *) except, word, g_str_equal, NULL);
}

static gboolean
has_server(const GArray *servers, const WlDnsServer *server)
{
    for (guint i = 0; i < servers->len; i++) {
        if (memcmp(&g_array_index(servers, WlDnsServer, i), server, sizeof *server) == 0)
            return TRUE;
    }
    return FALSE;
}

void
wl_resolv_conf_parse(const char *text, const GPtrArray *except, GArray *servers)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_array_set_size(servers, 0);
    for (guint i = 0; lines[i] && servers->len < MAX_SERVERS; i++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(lines[i]), " \t\r", 2);
        WlDnsServer server;

        if (!words[0] || strcmp(words[0], "nameserver") != 0 || !words[1])
            continue;
        g_strstrip(words[1]);
        words[1][strcspn(words[1], " \t#;")] = '\0';
        if (!is_excepted(words[1], except) && parse_server(words[1], &server) &&
            !has_server(servers, &server))
            g_array_append_val(servers, server);
    }
}

/* ---- the file ------------------------------------------------------------------------------ */

static void
read_file(gpointer user_data)
{
    WlResolvConf *self = user_data;
    g_autoptr(GArray) servers = g_array_new(FALSE, TRUE, sizeof(WlDnsServer));
    g_autofree char *text = NULL;

    if (g_file_get_contents(self->path, &text, NULL, NULL))
        wl_resolv_conf_parse(text, self->except, servers);
    self->changed(servers, self->user_data);
}

static gboolean
on_start(gpointer user_data)
{
    WlResolvConf *self = user_data;

    self->start_id = 0;
    read_file(self);
    return G_SOURCE_REMOVE;
}

/* A file that a symbolic link names is replaced in its own directory. */
static char *
find_target(const char *path)
{
    g_autofree char *link = g_file_read_link(path, NULL);
    g_autofree char *directory = g_path_get_dirname(path);

    return link ? g_canonicalize_filename(link, directory) : g_strdup(path);
}

WlResolvConf *
wl_resolv_conf_new(void (*changed)(const GArray *servers, gpointer user_data), gpointer user_data)
{
    WlResolvConf *self = g_new0(WlResolvConf, 1);
    g_autoptr(GError) error = NULL;

    self->changed = changed;
    self->user_data = user_data;
    self->except = g_ptr_array_new_with_free_func(g_free);
    self->path =
        g_file_test(RESOLVED, G_FILE_TEST_EXISTS) ? g_strdup(RESOLVED) : find_target(CLASSIC);
    self->watch = wl_file_watch_new(self->path, read_file, self, &error);
    if (!self->watch)
        g_info("changes of the DNS servers are not noticed: %s", error->message);
    self->start_id = g_idle_add(on_start, self);
    return self;
}

void
wl_resolv_conf_free(WlResolvConf *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->start_id, g_source_remove);
    wl_file_watch_free(self->watch);
    g_ptr_array_unref(self->except);
    g_free(self->path);
    g_free(self);
}

void
wl_resolv_conf_set_except(WlResolvConf *self, const GPtrArray *servers)
{
    g_ptr_array_set_size(self->except, 0);
    for (guint i = 0; i < servers->len; i++)
        g_ptr_array_add(self->except, g_strdup(servers->pdata[i]));
    if (!self->start_id)
        self->start_id = g_idle_add(on_start, self);
}
