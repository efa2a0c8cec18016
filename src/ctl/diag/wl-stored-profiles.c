/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wirelink profiles that NetworkManager stores and lets the caller read, and whether each is
 * activated. The array belongs to the caller; a profile that cannot be read is left out.
 */
#include "wl-stored-profiles.h"

#include <string.h>

#include "wl-bus.h"
#include "wl-check-manager.h"
#include "wl-display.h"
#include "wl-property.h"

#define SETTINGS_TYPE   "(a{sa{sv}})"
#define STATE_ACTIVATED 2 /* NM_ACTIVE_CONNECTION_STATE_ACTIVATED */
#define MAX_CONNECTIONS 1000
#define MAX_VALUE       80 /* columns */

static void
free_call(gpointer call)
{
    wl_call_free(call);
}

static void
profile_free(WlStoredProfile *profile)
{
    g_free(profile->id);
    g_free(profile->uuid);
    g_free(profile->path);
    g_variant_unref(profile->settings);
    g_hash_table_unref(profile->data);
    g_free(profile);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const WlStoredProfile *left = *(WlStoredProfile *const *) a;
    const WlStoredProfile *right = *(WlStoredProfile *const *) b;
    int order = strcmp(left->id, right->id);

    return order ? order : strcmp(left->uuid, right->uuid);
}

static guint
get_port(GHashTable *data, const char *key)
{
    const char *text = g_hash_table_lookup(data, key);
    guint64 port = 0;

    if (text)
        g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &port, NULL);
    return (guint) port;
}

static GHashTable *
unpack_data(GVariant *vpn)
{
    GHashTable *data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GVariant) packed = wl_property_value(vpn, "data", "a{ss}");
    GVariantIter iter;
    const char *key, *value;

    if (!packed)
        return data;
    g_variant_iter_init(&iter, packed);
    while (g_variant_iter_next(&iter, "{&s&s}", &key, &value))
        g_hash_table_insert(data, g_strdup(key), g_strdup(value));
    return data;
}

static guint
count_users(GVariant *connection)
{
    g_autoptr(GVariant) permissions = wl_property_value(connection, "permissions", "as");

    return permissions ? (guint) g_variant_n_children(permissions) : 0;
}

/* @settings: a{sa{sv}}. NULL for a profile of another type. */
static WlStoredProfile *
parse_settings(GVariant *settings)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) vpn = g_variant_lookup_value(settings, "vpn", G_VARIANT_TYPE_VARDICT);
    WlStoredProfile *profile;

    if (!connection || !vpn || strcmp(wl_property_string(vpn, "service-type"), WL_BUS_NAME) != 0)
        return NULL;
    profile = g_new0(WlStoredProfile, 1);
    profile->id = g_strdup(wl_property_string(connection, "id"));
    profile->uuid = wl_display_quote(wl_property_string(connection, "uuid"), MAX_VALUE);
    profile->n_users = count_users(connection);
    profile->persistent = wl_property_boolean(vpn, "persistent");
    profile->settings = g_variant_ref(settings);
    profile->data = unpack_data(vpn);
    profile->listen_port = get_port(profile->data, "listen-port");
    profile->fact_port = get_port(profile->data, "fact-port");
    return profile;
}

static GPtrArray *
read_paths(GVariant *paths, const char *interface, const char *method, const char *argument,
           const char *type)
{
    GPtrArray *calls = g_ptr_array_new_with_free_func(free_call);
    gsize n = paths && g_variant_is_of_type(paths, G_VARIANT_TYPE("ao"))
                  ? MIN(g_variant_n_children(paths), MAX_CONNECTIONS)
                  : 0;

    for (gsize i = 0; i < n; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(paths, i);
        WlCall *call = wl_call_new(WL_MANAGER_NAME, NULL, interface, method,
                                   argument ? g_variant_new("(s)", argument) : NULL, type);

        call->path = g_variant_get_string(child, NULL);
        g_ptr_array_add(calls, call);
    }
    return calls;
}

static void
mark_activated(GDBusConnection *bus, const GPtrArray *profiles)
{
    g_autoptr(GVariant) paths =
        wl_manager_get_property(bus, WL_MANAGER_PATH, WL_MANAGER_NAME, "ActiveConnections", NULL);
    g_autoptr(GPtrArray) calls = read_paths(paths, WL_MANAGER_PROPERTIES, "GetAll",
                                            WL_MANAGER_NAME ".Connection.Active", "(a{sv})");

    wl_call_all(bus, calls, NULL);
    for (guint i = 0; i < calls->len; i++) {
        const WlCall *call = g_ptr_array_index(calls, i);
        g_autoptr(GVariant) properties =
            call->reply ? g_variant_get_child_value(call->reply, 0) : NULL;

        if (!properties || wl_property_uint(properties, "State") != STATE_ACTIVATED)
            continue;
        for (guint j = 0; j < profiles->len; j++) {
            WlStoredProfile *profile = g_ptr_array_index(profiles, j);

            if (strcmp(profile->uuid, wl_property_string(properties, "Uuid")) == 0)
                profile->activated = TRUE;
        }
    }
}

GPtrArray *
wl_stored_profiles_load(GDBusConnection *bus)
{
    g_autoptr(GVariant) paths = wl_manager_get_property(
        bus, WL_MANAGER_PATH "/Settings", WL_MANAGER_NAME ".Settings", "Connections", NULL);
    g_autoptr(GPtrArray) calls = read_paths(paths, WL_MANAGER_NAME ".Settings.Connection",
                                            "GetSettings", NULL, SETTINGS_TYPE);
    GPtrArray *profiles = g_ptr_array_new_with_free_func((GDestroyNotify) profile_free);

    wl_call_all(bus, calls, NULL);
    for (guint i = 0; i < calls->len; i++) {
        const WlCall *call = g_ptr_array_index(calls, i);
        g_autoptr(GVariant) settings =
            call->reply ? g_variant_get_child_value(call->reply, 0) : NULL;
        WlStoredProfile *profile = settings ? parse_settings(settings) : NULL;

        if (!profile)
            continue;
        profile->path = g_strdup(call->path);
        g_ptr_array_add(profiles, profile);
    }
    g_ptr_array_sort(profiles, compare);
    if (profiles->len > 0)
        mark_activated(bus, profiles);
    return profiles;
}
