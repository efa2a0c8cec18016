/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One active profile as its service publishes it on D-Bus: the properties of the link and of each
 * peer, read once and never changed except for a round trip that is completed later.
 */
#include "wl-active-profile.h"

#include <string.h>

#include "wl-bus.h"
#include "wl-display.h"

#define MAX_LABEL 63 /* columns of a name */

char *
wl_active_profile_label(const WlActiveProfile *profile)
{
    const char *id = wl_property_string(profile->link, "Id");

    return wl_display_quote(*id ? id : wl_property_string(profile->link, "Uuid"), MAX_LABEL);
}

char *
wl_active_peer_label(const WlActivePeer *peer)
{
    const char *name = wl_property_string(peer->properties, "Name");

    if (*name)
        return wl_display_quote(name, MAX_LABEL);
    return wl_display_short_key(wl_property_string(peer->properties, "PublicKey"));
}

const WlActivePeer *
wl_active_profile_find_peer(const WlActiveProfile *profile, const char *path)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlActivePeer *peer = g_ptr_array_index(profile->peers, i);

        if (strcmp(peer->path, path) == 0)
            return peer;
    }
    return NULL;
}

/* ---- from D-Bus ------------------------------------------------------------------------------ */

static void
peer_free(WlActivePeer *peer)
{
    g_free(peer->path);
    g_variant_unref(peer->properties);
    g_free(peer);
}

void
wl_active_profile_free(WlActiveProfile *self)
{
    g_free(self->service);
    g_clear_pointer(&self->link, g_variant_unref);
    g_ptr_array_unref(self->peers);
    g_free(self);
}

static int
compare_strings(GVariant *a, GVariant *b, const char *name)
{
    return strcmp(wl_property_string(a, name), wl_property_string(b, name));
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlActivePeer *left = *(WlActivePeer *const *) a, *right = *(WlActivePeer *const *) b;
    gboolean left_named = *wl_property_string(left->properties, "Name") != '\0';
    gboolean right_named = *wl_property_string(right->properties, "Name") != '\0';
    int order;

    if (left_named != right_named)
        return left_named ? -1 : 1;
    order = compare_strings(left->properties, right->properties, "Name");
    return order ? order : compare_strings(left->properties, right->properties, "PublicKey");
}

static void
add_peer(WlActiveProfile *profile, const char *path, GVariant *properties)
{
    WlActivePeer *peer = g_new0(WlActivePeer, 1);

    peer->path = g_strdup(path);
    peer->properties = properties;
    g_ptr_array_add(profile->peers, peer);
}

WlActiveProfile *
wl_active_profile_new(const char *service, GVariant *objects, gint64 read_at)
{
    WlActiveProfile *profile = g_new0(WlActiveProfile, 1);
    GVariant *interfaces;
    GVariantIter iter;
    const char *path;

    profile->service = g_strdup(service);
    profile->read_at = read_at;
    profile->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_free);
    g_variant_iter_init(&iter, objects);
    while (g_variant_iter_loop(&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
        GVariant *properties;

        properties =
            g_variant_lookup_value(interfaces, WL_BUS_PEER_INTERFACE, G_VARIANT_TYPE_VARDICT);
        if (properties)
            add_peer(profile, path, properties);
        if (!profile->link)
            profile->link =
                g_variant_lookup_value(interfaces, WL_BUS_LINK_INTERFACE, G_VARIANT_TYPE_VARDICT);
    }
    if (!profile->link) {
        wl_active_profile_free(profile);
        return NULL;
    }
    g_ptr_array_sort(profile->peers, compare_peers);
    return profile;
}
