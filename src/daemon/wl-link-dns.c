/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A client of org.freedesktop.resolve1(5). Calls are made in their order and not waited for. */

#include "wl-link-dns.h"

#include <string.h>
#include <sys/socket.h>

#include "wl-address.h"

#define RESOLVED           "org.freedesktop.resolve1"
#define RESOLVED_PATH      "/org/freedesktop/resolve1"
#define RESOLVED_INTERFACE "org.freedesktop.resolve1.Manager"

struct _WlLinkDns {
    GDBusConnection *bus; /* NULL: none */
    guint watch;
    gboolean running; /* systemd-resolved */
    gboolean missing; /* the log says that it is not running */
    int ifindex;
    GPtrArray *items; /* of char * */
    gboolean everything;
    gboolean given; /* systemd-resolved has settings of this link */
};

/* ---- arguments ----------------------------------------------------------------------------- */

static GVariant *
servers_variant(const GPtrArray *items)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(iay)"));
    for (guint i = 0; i < items->len; i++) {
        WlIp ip;

        if (!wl_ip_parse(items->pdata[i], &ip))
            continue;
        g_variant_builder_add(
            &list, "(i@ay)", ip.family == WL_FAMILY_V6 ? AF_INET6 : AF_INET,
            g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, ip.bytes, wl_ip_size(&ip), 1));
    }
    return g_variant_builder_end(&list);
}

/* Domains with whether they are not searched. */
static GVariant *
domains_variant(const GPtrArray *items, gboolean everything, gboolean *any)
{
    GVariantBuilder list;

    *any = FALSE;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(sb)"));
    for (guint i = 0; i < items->len; i++) {
        const char *item = items->pdata[i];
        WlIp ip;

        if (wl_ip_parse(item, &ip))
            continue;
        *any = TRUE;
        g_variant_builder_add(&list, "(sb)", item[0] == '~' ? item + 1 : item, item[0] == '~');
    }
    if (everything)
        g_variant_builder_add(&list, "(sb)", ".", TRUE);
    return g_variant_builder_end(&list);
}

/* ---- calls --------------------------------------------------------------------------------- */

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (reply)
        return;
    g_dbus_error_strip_remote_error(error);
    g_warning("systemd-resolved refused the DNS settings of the link: %s", error->message);
}

static void
call(WlLinkDns *self, const char *method, GVariant *parameters)
{
    g_dbus_connection_call(self->bus, RESOLVED, RESOLVED_PATH, RESOLVED_INTERFACE, method,
                           parameters, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_reply,
                           NULL);
}

static void
log_missing(WlLinkDns *self)
{
    if (!self->missing)
        g_message("systemd-resolved is not running, so the DNS settings of the profile are not "
                  "used");
    self->missing = TRUE;
}

static void
give(WlLinkDns *self)
{
    gboolean any;
    GVariant *domains;

    if (self->ifindex == 0 || (self->items->len == 0 && !self->given))
        return;
    if (!self->running) {
        log_missing(self);
        return;
    }
    self->missing = FALSE;
    if (self->items->len == 0) {
        self->given = FALSE;
        call(self, "RevertLink", g_variant_new("(i)", self->ifindex));
        return;
    }
    domains = domains_variant(self->items, self->everything, &any);
    self->given = TRUE;
    call(self, "SetLinkDNS",
         g_variant_new("(i@a(iay))", self->ifindex, servers_variant(self->items)));
    call(self, "SetLinkDomains", g_variant_new("(i@a(sb))", self->ifindex, domains));
    call(self, "SetLinkDefaultRoute",
         g_variant_new("(ib)", self->ifindex, self->everything || !any));
}

static void
on_running(GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
    WlLinkDns *self = user_data;

    self->running = TRUE;
    give(self);
}

static void
on_gone(GDBusConnection *bus, const char *name, gpointer user_data)
{
    WlLinkDns *self = user_data;

    self->running = self->given = FALSE;
    give(self);
}

/* ---- life ---------------------------------------------------------------------------------- */

WlLinkDns *
wl_link_dns_new(void)
{
    WlLinkDns *self = g_new0(WlLinkDns, 1);

    self->items = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
wl_link_dns_set_bus(WlLinkDns *self, GDBusConnection *bus)
{
    g_clear_handle_id(&self->watch, g_bus_unwatch_name);
    g_set_object(&self->bus, bus);
    self->running = self->given = FALSE;
    if (bus)
        self->watch = g_bus_watch_name_on_connection(bus, RESOLVED, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                     on_running, on_gone, self, NULL);
    else
        give(self);
}

void
wl_link_dns_set(WlLinkDns *self, int ifindex, const GPtrArray *items, gboolean everything)
{
    self->ifindex = ifindex;
    self->everything = everything;
    g_ptr_array_set_size(self->items, 0);
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(self->items, g_strdup(items->pdata[i]));
    /* Until the watch has answered it is not known whether it runs. */
    if (self->running || !self->watch)
        give(self);
}

void
wl_link_dns_free(WlLinkDns *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->watch, g_bus_unwatch_name);
    g_clear_object(&self->bus);
    g_ptr_array_unref(self->items);
    g_free(self);
}
