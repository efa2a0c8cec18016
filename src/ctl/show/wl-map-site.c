/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which peers of a map are drawn together: those on a network of this machine, those behind the
 * address of one NAT, and routers.
 */
#include "wl-map-site.h"

#include <string.h>

/* "192.0.2.1" of "192.0.2.1:51820", "2001:db8::1" of "[2001:db8::1]:51820"; to be freed. */
static char *
host_of(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');

    if (!colon)
        return NULL;
    if (endpoint[0] == '[' && colon > endpoint + 1 && colon[-1] == ']')
        return g_strndup(endpoint + 1, (gsize) (colon - endpoint) - 2);
    return g_strndup(endpoint, (gsize) (colon - endpoint));
}

char *
wl_map_site_address(const WlActivePeer *peer)
{
    g_autoptr(GVariant) candidates = wl_property_value(peer->properties, "Candidates", "a(ssss)");
    g_autofree char *outer = host_of(wl_property_string(peer->properties, "Endpoint"));
    const char *endpoint, *source;
    gboolean named = FALSE;
    GVariantIter iter;

    if (!outer || !candidates || outer[0] == '\0')
        return NULL;
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &endpoint, NULL, &source, NULL)) {
        g_autofree char *host = host_of(endpoint);

        if (strcmp(source, "self") != 0 || !host ||
            (strchr(host, ':') != NULL) != (strchr(outer, ':') != NULL))
            continue;
        if (strcmp(host, outer) == 0)
            return NULL;
        named = TRUE;
    }
    return named ? g_steal_pointer(&outer) : NULL;
}

WlMapSiteKind
wl_map_site_kind(const WlActivePeer *peer)
{
    g_autofree char *address = NULL;

    if (strcmp(wl_property_string(peer->properties, "State"), "direct-lan") == 0)
        return WL_MAP_SITE_HERE;
    if (wl_property_boolean(peer->properties, "Router"))
        return WL_MAP_SITE_ROUTERS;
    address = wl_map_site_address(peer);
    return address ? WL_MAP_SITE_NAT : WL_MAP_SITE_ALONE;
}
