/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Watches the properties of NetworkManager and its DnsManager. */

#include "wl-uplinks.h"

#include <NetworkManager.h>
#include <string.h>

#define PROPERTIES "org.freedesktop.DBus.Properties"

#define MAX_SERVERS 64

/* A NetworkManager object whose properties are watched. */
typedef struct {
    const char *path;
    const char *interface;
    void (*take)(WlUplinks *self, GVariant *properties);
} Source;

static void take_manager(WlUplinks *self, GVariant *properties);
static void take_dns(WlUplinks *self, GVariant *properties);

static const Source sources[] = {
    {NM_DBUS_PATH, NM_DBUS_INTERFACE, take_manager},
    {NM_DBUS_PATH "/DnsManager", NM_DBUS_INTERFACE ".DnsManager", take_dns},
};

struct _WlUplinks {
    GDBusConnection *connection;
    const WlUplinksEvents *events;
    gpointer user_data;
    GCancellable *cancellable;
    guint subscriptions[G_N_ELEMENTS(sources)];

    WlConnectivity connectivity;
    gboolean metered;
    char *primary;    /* object path of the last primary connection; NULL: none yet */
    GArray *dns;      /* of WlDnsServer */
    gboolean vpn_dns; /* a VPN provides others */
};

static WlConnectivity
connectivity_of(guint32 state)
{
    switch (state) {
    case NM_CONNECTIVITY_PORTAL:
        return WL_CONNECTIVITY_PORTAL;
    case NM_CONNECTIVITY_FULL:
        return WL_CONNECTIVITY_FULL;
    default:
        /* Also for limited and none: NetworkManager checks a web page, and WireGuard may still
         * work. */
        return WL_CONNECTIVITY_UNKNOWN;
    }
}

static void
set_connectivity(WlUplinks *self, WlConnectivity connectivity)
{
    WlConnectivity before = self->connectivity;

    if (connectivity == before)
        return;
    self->connectivity = connectivity;
    if (connectivity == WL_CONNECTIVITY_PORTAL)
        g_message("behind a captive portal; retrying unreachable peers once a minute");
    else if (before == WL_CONNECTIVITY_PORTAL)
        g_message("no longer behind a captive portal");
    self->events->connectivity(connectivity, self->user_data);
}

static void
set_primary(WlUplinks *self, const char *path)
{
    gboolean first = !self->primary;

    /* "/" is none, which rtnetlink has reported. The previous one is not a change either. */
    if (g_str_equal(path, "/") || g_strcmp0(path, self->primary) == 0)
        return;
    g_free(self->primary);
    self->primary = g_strdup(path);
    if (!first)
        self->events->primary(self->user_data);
}

static void
set_metered(WlUplinks *self, gboolean metered)
{
    if (metered == self->metered)
        return;
    self->metered = metered;
    g_message(metered ? "the uplink is metered" : "the uplink is not metered");
}

static void
take_manager(WlUplinks *self, GVariant *properties)
{
    guint32 connectivity, metered;
    const char *primary;

    if (g_variant_lookup(properties, "PrimaryConnection", "&o", &primary))
        set_primary(self, primary);
    if (g_variant_lookup(properties, "Connectivity", "u", &connectivity))
        set_connectivity(self, connectivity_of(connectivity));
    if (g_variant_lookup(properties, "Metered", "u", &metered))
        set_metered(self, metered == NM_METERED_YES || metered == NM_METERED_GUESS_YES);
}

static gboolean
has_server(const GArray *servers, const WlDnsServer *server)
{
    for (guint i = 0; i < servers->len; i++)
        if (memcmp(&g_array_index(servers, WlDnsServer, i), server, sizeof *server) == 0)
            return TRUE;
    return FALSE;
}

/* @text is an IP address. Newer forms like "dns+tls://192.0.2.53#name" are ignored. */
static void
add_server(GArray *servers, const char *text, const char *interface)
{
    WlDnsServer server;

    memset(&server, 0, sizeof(server)); /* compared bytewise */
    if (servers->len >= MAX_SERVERS || !wl_ip_parse(text, &server.address))
        return;
    g_strlcpy(server.interface, interface, sizeof server.interface);
    if (!has_server(servers, &server))
        g_array_append_val(servers, server);
}

/* The order is ignored. Neither list contains duplicates. */
static gboolean
same_servers(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < a->len; i++)
        if (!has_server(b, &g_array_index(a, WlDnsServer, i)))
            return FALSE;
    return a->len == b->len;
}

static void
take_dns(WlUplinks *self, GVariant *properties)
{
    g_autoptr(GArray) servers = g_array_new(FALSE, TRUE, sizeof(WlDnsServer));
    g_autoptr(GVariant) entries =
        g_variant_lookup_value(properties, "Configuration", G_VARIANT_TYPE("aa{sv}"));
    gboolean vpn_dns = FALSE;

    for (gsize i = 0; entries && i < g_variant_n_children(entries); i++) {
        g_autoptr(GVariant) entry = g_variant_get_child_value(entries, i);
        g_autofree const char **names = NULL;
        const char *interface = "";
        gboolean vpn = FALSE;

        if (!g_variant_lookup(entry, "nameservers", "^a&s", &names))
            continue;
        /* Not protected: a VPN's server may be in a network that a member routes. */
        g_variant_lookup(entry, "vpn", "b", &vpn);
        vpn_dns = vpn_dns || (vpn && names[0]);
        g_variant_lookup(entry, "interface", "&s", &interface);
        for (const char **name = names; !vpn && *name; name++)
            add_server(servers, *name, interface);
    }
    if (!entries || (vpn_dns == self->vpn_dns && same_servers(servers, self->dns)))
        return;
    g_array_unref(self->dns);
    self->dns = g_steal_pointer(&servers);
    self->vpn_dns = vpn_dns;
    self->events->dns(self->dns, vpn_dns, self->user_data);
}

static const Source *
find_source(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
        if (g_str_equal(sources[i].path, path))
            return &sources[i];
    return NULL;
}

static void
on_properties_changed(GDBusConnection *connection, const char *sender, const char *path,
                      const char *interface, const char *signal, GVariant *parameters,
                      gpointer user_data)
{
    const Source *source = find_source(path);
    g_autoptr(GVariant) properties = NULL;

    if (!source || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sa{sv}as)")))
        return;
    properties = g_variant_get_child_value(parameters, 1);
    source->take(user_data, properties);
}

static void
take_reply(GObject *object, GAsyncResult *result, gpointer user_data, const Source *source)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(object), result, &error);
    g_autoptr(GVariant) properties = reply ? g_variant_get_child_value(reply, 0) : NULL;

    if (properties)
        source->take(user_data, properties);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_info("failed to query uplinks of NetworkManager: %s", error->message);
}

static void
on_manager(GObject *object, GAsyncResult *result, gpointer user_data)
{
    take_reply(object, result, user_data, &sources[0]);
}

static void
on_dns(GObject *object, GAsyncResult *result, gpointer user_data)
{
    take_reply(object, result, user_data, &sources[1]);
}

WlUplinks *
wl_uplinks_new(GDBusConnection *connection, const WlUplinksEvents *events, gpointer user_data)
{
    static const GAsyncReadyCallback callbacks[G_N_ELEMENTS(sources)] = {on_manager, on_dns};
    WlUplinks *self = g_new0(WlUplinks, 1);

    self->connection = g_object_ref(connection);
    self->events = events;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    self->dns = g_array_new(FALSE, TRUE, sizeof(WlDnsServer));
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        const Source *source = &sources[i];

        self->subscriptions[i] = g_dbus_connection_signal_subscribe(
            connection, NM_DBUS_SERVICE, PROPERTIES, "PropertiesChanged", source->path,
            source->interface, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
        g_dbus_connection_call(connection, NM_DBUS_SERVICE, source->path, PROPERTIES, "GetAll",
                               g_variant_new("(s)", source->interface), G_VARIANT_TYPE("(a{sv})"),
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, callbacks[i],
                               self);
    }
    return self;
}

void
wl_uplinks_free(WlUplinks *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
        g_dbus_connection_signal_unsubscribe(self->connection, self->subscriptions[i]);
    g_object_unref(self->connection);
    g_array_unref(self->dns);
    g_free(self->primary);
    g_free(self);
}
