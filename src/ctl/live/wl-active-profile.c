/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One active profile as its service publishes it on D-Bus: the properties of the link and of each
 * peer, read once and never changed except for a round trip that is completed later.
 */
#include "wl-active-profile.h"

#include <string.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-units.h"

#define MAX_LABEL  63  /* columns of a name */
#define MAX_REASON 300 /* columns */

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

char *
wl_active_peer_address(const WlActivePeer *peer)
{
    g_autoptr(GVariant) list = wl_property_value(peer->properties, "AllowedIPs", "as");
    const char *prefix;
    GVariantIter iter;

    if (!list)
        return g_strdup("");
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "&s", &prefix)) {
        gsize length = strcspn(prefix, "/");
        const char *host = strchr(prefix, ':') ? "/128" : "/32";

        if (strcmp(prefix + length, host) == 0) {
            g_autofree char *address = g_strndup(prefix, length);

            return wl_display_quote(address, MAX_LABEL);
        }
    }
    return g_strdup("");
}

gboolean
wl_active_peer_is_silent(const WlActivePeer *peer)
{
    return strcmp(wl_property_string(peer->properties, "ReasonId"), "no-reply") == 0;
}

gboolean
wl_active_peer_is_reached(const WlActivePeer *peer)
{
    const char *state = wl_property_string(peer->properties, "State");

    return g_str_has_prefix(state, "direct") || strcmp(state, "routed") == 0;
}

char *
wl_active_peer_reason(const WlActivePeer *peer, gint64 now)
{
    gint64 then = wl_property_int(peer->properties, "LastReply");
    g_autofree char *age = wl_units_age(then, now);

    if (wl_active_peer_is_silent(peer) && then > 0)
        return g_strdup_printf("no reply for %s; it may be offline", age);
    return wl_display_quote(wl_property_string(peer->properties, "Reason"), MAX_REASON);
}

char *
wl_active_peer_path(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    const char *state = wl_property_string(peer->properties, "State");
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));
    g_autofree char *router = via ? wl_active_peer_label(via) : NULL;
    g_autofree char *endpoint =
        wl_display_quote(wl_property_string(peer->properties, "Endpoint"), MAX_LABEL);

    if (router)
        return g_strdup_printf("through %s", router);
    if (g_str_has_prefix(state, "direct") && *endpoint)
        return g_strdup_printf("%s, %s", strcmp(state, "direct-lan") == 0 ? "direct-lan" : "direct",
                               endpoint);
    return wl_display_quote(state, MAX_LABEL);
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

/* ---- other orders -------------------------------------------------------------------------- */

static gint64
rank_state(const WlActivePeer *peer)
{
    static const char *const states[] = {"direct-lan", "direct", "routed", "connecting", "offline"};
    const char *state = wl_property_string(peer->properties, "State");
    guint i = 0;

    while (i < G_N_ELEMENTS(states) && strcmp(states[i], state) != 0)
        i++;
    return i;
}

static gint64
rank(const WlActivePeer *peer, WlPeerOrder order)
{
    guint64 value;

    switch (order) {
    case WL_PEER_ORDER_STATE:
        return rank_state(peer);
    case WL_PEER_ORDER_LATENCY:
        value = wl_property_uint(peer->properties, "RoundTrip");
        return value > 0 ? (gint64) value : G_MAXINT64;
    case WL_PEER_ORDER_TRAFFIC:
        value = MIN(wl_property_uint(peer->properties, "RxBytes"), G_MAXINT64 / 2) +
                MIN(wl_property_uint(peer->properties, "TxBytes"), G_MAXINT64 / 2);
        return -(gint64) value;
    case WL_PEER_ORDER_NAME:
        break;
    }
    return 0;
}

static int
compare_in_order(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const WlPeerOrder *order = user_data;
    gint64 left = rank(*(WlActivePeer *const *) a, *order);
    gint64 right = rank(*(WlActivePeer *const *) b, *order);

    if (left != right)
        return left < right ? -1 : 1;
    return compare_peers(a, b);
}

gboolean
wl_peer_order_parse(const char *name, WlPeerOrder *order)
{
    static const char *const names[] = {"name", "state", "latency", "traffic"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        *order = i;
        if (strcmp(name, names[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

void
wl_active_profile_sort(WlActiveProfile *self, WlPeerOrder order)
{
    g_ptr_array_sort_with_data(self->peers, compare_in_order, &order);
}

/* ---- reading ------------------------------------------------------------------------------- */

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

const WlActivePeer *
wl_active_profile_get_exit(const WlActiveProfile *self)
{
    const char *key = wl_property_string(self->link, "Exit");

    for (guint i = 0; *key && i < self->peers->len; i++) {
        const WlActivePeer *peer = self->peers->pdata[i];

        if (strcmp(wl_property_string(peer->properties, "PublicKey"), key) == 0)
            return peer;
    }
    return NULL;
}
