/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-profiles.h"

#include "wl-ctl-output.h"

#include <string.h>

#define BASE_NAME      "org.freedesktop.NetworkManager.wirelink"
#define ROOT_PATH      "/org/freedesktop/NetworkManager/wirelink"
#define LINK_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Link"
#define PEER_INTERFACE "org.freedesktop.NetworkManager.wirelink1.Peer"

#define TIMEOUT      5000 /* ms, for each call */
#define MAX_PROFILES 256

/* ---- values -------------------------------------------------------------------------------- */

const char *
wl_ctl_get_string(GVariant *properties, const char *name)
{
    const char *value = "";

    if (!g_variant_lookup(properties, name, "&s", &value))
        g_variant_lookup(properties, name, "&o", &value);
    return value;
}

guint64
wl_ctl_get_uint(GVariant *properties, const char *name)
{
    guint64 value = 0;
    guint32 value32;
    guint16 value16;

    if (g_variant_lookup(properties, name, "u", &value32))
        value = value32;
    else if (g_variant_lookup(properties, name, "q", &value16))
        value = value16;
    else
        g_variant_lookup(properties, name, "t", &value);
    return value;
}

gint64
wl_ctl_get_int(GVariant *properties, const char *name)
{
    gint64 value = 0;

    g_variant_lookup(properties, name, "x", &value);
    return value;
}

gboolean
wl_ctl_get_boolean(GVariant *properties, const char *name)
{
    gboolean value = FALSE;

    g_variant_lookup(properties, name, "b", &value);
    return value;
}

GVariant *
wl_ctl_get_value(GVariant *properties, const char *name, const char *type)
{
    return g_variant_lookup_value(properties, name, G_VARIANT_TYPE(type));
}

char *
wl_ctl_peer_label(const WlCtlPeer *peer)
{
    const char *name = wl_ctl_get_string(peer->properties, "Name");
    g_autofree char *key = NULL;

    if (*name)
        return wl_ctl_harmless(name);
    key = wl_ctl_harmless(wl_ctl_get_string(peer->properties, "PublicKey"));
    if (strlen(key) > 8)
        key[8] = '\0';
    return g_strdup_printf("%s…", key);
}

const WlCtlPeer *
wl_ctl_profile_find_peer(const WlCtlProfile *profile, const char *path)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlCtlPeer *peer = g_ptr_array_index(profile->peers, i);

        if (strcmp(peer->path, path) == 0)
            return peer;
    }
    return NULL;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void
peer_free(WlCtlPeer *peer)
{
    g_free(peer->path);
    g_variant_unref(peer->properties);
    g_free(peer);
}

static void
profile_free(WlCtlProfile *profile)
{
    if (!profile)
        return;
    g_clear_pointer(&profile->link, g_variant_unref);
    g_ptr_array_unref(profile->peers);
    g_free(profile);
}

static int
compare_strings(GVariant *a, GVariant *b, const char *name)
{
    return strcmp(wl_ctl_get_string(a, name), wl_ctl_get_string(b, name));
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlCtlPeer *left = *(WlCtlPeer *const *) a, *right = *(WlCtlPeer *const *) b;
    int order = compare_strings(left->properties, right->properties, "Name");

    return order ? order : compare_strings(left->properties, right->properties, "PublicKey");
}

static int
compare_profiles(gconstpointer a, gconstpointer b)
{
    const WlCtlProfile *left = *(WlCtlProfile *const *) a, *right = *(WlCtlProfile *const *) b;
    int order = compare_strings(left->link, right->link, "Id");

    return order ? order : compare_strings(left->link, right->link, "Uuid");
}

/* @objects: a{oa{sa{sv}}}. NULL if there is no link among them: it is not up yet, or not any more.
 */
static WlCtlProfile *
profile_new(GVariant *objects)
{
    WlCtlProfile *profile = g_new0(WlCtlProfile, 1);
    GVariant *interfaces;
    GVariantIter iter;
    const char *path;

    profile->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_free);
    g_variant_iter_init(&iter, objects);
    while (g_variant_iter_loop(&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
        GVariant *properties;

        properties = g_variant_lookup_value(interfaces, PEER_INTERFACE, G_VARIANT_TYPE_VARDICT);
        if (properties) {
            WlCtlPeer *peer = g_new0(WlCtlPeer, 1);

            peer->path = g_strdup(path);
            peer->properties = properties;
            g_ptr_array_add(profile->peers, peer);
        }
        if (!profile->link)
            profile->link =
                g_variant_lookup_value(interfaces, LINK_INTERFACE, G_VARIANT_TYPE_VARDICT);
    }
    if (!profile->link) {
        profile_free(profile);
        return NULL;
    }
    g_ptr_array_sort(profile->peers, compare_peers);
    return profile;
}

/* ---- calls --------------------------------------------------------------------------------- */

static gboolean
is_gone(const GError *error)
{
    return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
}

/* Each process queues for the base name, so its queue is the list of them. */
static GStrv
list_services(GDBusConnection *bus, GError **error)
{
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) failure = NULL;
    GStrv owners = NULL;

    reply = g_dbus_connection_call_sync(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "ListQueuedOwners",
                                        g_variant_new("(s)", BASE_NAME), G_VARIANT_TYPE("(as)"),
                                        G_DBUS_CALL_FLAGS_NONE, TIMEOUT, NULL, &failure);
    if (reply) {
        g_variant_get(reply, "(^as)", &owners);
    } else if (is_gone(failure)) {
        owners = g_new0(char *, 1);
    } else {
        g_propagate_error(error, g_steal_pointer(&failure));
    }
    return owners;
}

static WlCtlProfile *
load_profile(GDBusConnection *bus, const char *service, GError **error)
{
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) objects = NULL;

    reply = g_dbus_connection_call_sync(
        bus, service, ROOT_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
        G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT, NULL, error);
    if (!reply)
        return NULL;
    objects = g_variant_get_child_value(reply, 0);
    return profile_new(objects);
}

static void
improve_error(GError *error)
{
    g_dbus_error_strip_remote_error(error);
    if (!g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
        return;
    g_free(error->message);
    error->message =
        g_strdup("only root may see the peers of a profile: run this as root, as with sudo");
}

GPtrArray *
wl_ctl_profiles_load(GError **problem, GError **error)
{
    g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func((GDestroyNotify) profile_free);
    g_autoptr(GDBusConnection) bus = NULL;
    g_auto(GStrv) services = NULL;

    bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, error);
    if (!bus) {
        g_prefix_error(error, "cannot reach the system bus: ");
        return NULL;
    }
    services = list_services(bus, error);
    if (!services) {
        g_prefix_error(error, "cannot list the active profiles: ");
        return NULL;
    }
    for (guint i = 0; services[i] && i < MAX_PROFILES; i++) {
        g_autoptr(GError) failure = NULL;
        WlCtlProfile *profile = load_profile(bus, services[i], &failure);

        if (profile)
            g_ptr_array_add(profiles, profile);
        if (!failure || is_gone(failure))
            continue;
        improve_error(failure);
        if (g_error_matches(failure, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
        g_prefix_error(&failure, "a service of an active profile does not answer: ");
        if (!*problem)
            g_propagate_error(problem, g_steal_pointer(&failure));
    }
    g_ptr_array_sort(profiles, compare_profiles);
    return g_steal_pointer(&profiles);
}
