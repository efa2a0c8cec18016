/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the members of a map are drawn: this machine in the center, the peers on a circle around it
 * in the order of their names, a routed peer beside its router. The same profile gives the same
 * layout. Coordinates are user units of the picture.
 */
#include "wl-map-layout.h"

#include <math.h>
#include <string.h>

#define SPACING    150 /* along the circle, between two peers */
#define CROWDED    16  /* with more peers than this, labels at the top stand side by side */
#define WIDE       195 /* spacing that keeps such labels apart */
#define MIN_RADIUS 200
#define MARGIN_X   250 /* around the circle, for the labels */
#define MARGIN_Y   90
#define HEADER     36 /* height of the title, above the labels at the top */
#define LEGEND     44 /* height of the legend */

const WlActivePeer *
wl_map_layout_find_router(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));
    gboolean routed = strcmp(wl_property_string(peer->properties, "State"), "routed") == 0;

    return via != peer && routed ? via : NULL;
}

/* @peer, with half of the peers that it routes for on each side. */
static void
add_with_routed(WlMapLayout *self, const WlActiveProfile *profile, WlActivePeer *peer)
{
    const GPtrArray *all = profile->peers;
    guint at = self->peers->len, before = 0;

    g_ptr_array_add(self->peers, peer);
    for (guint i = 0; i < all->len; i++) {
        WlActivePeer *other = g_ptr_array_index(all, i);

        if (wl_map_layout_find_router(profile, other) != peer)
            continue;
        /* Alternate between the two sides. */
        if (self->peers->len - at > 2 * before + 1) {
            g_ptr_array_insert(self->peers, (int) at, other);
            before++;
        } else {
            g_ptr_array_add(self->peers, other);
        }
    }
}

static void
put_in_order(WlMapLayout *self, const WlActiveProfile *profile)
{
    const GPtrArray *all = profile->peers;

    self->peers = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        if (!wl_map_layout_find_router(profile, g_ptr_array_index(all, i)))
            add_with_routed(self, profile, g_ptr_array_index(all, i));
    }
    /* The others are routed by a peer that is itself routed. */
    for (guint i = 0; i < all->len; i++) {
        if (!g_ptr_array_find(self->peers, g_ptr_array_index(all, i), NULL))
            g_ptr_array_add(self->peers, g_ptr_array_index(all, i));
    }
}

/* The first router, or else the first peer, is drawn at the top. */
static guint
find_top(const WlMapLayout *self)
{
    for (guint i = 0; i < self->peers->len; i++) {
        const WlActivePeer *peer = g_ptr_array_index(self->peers, i);

        if (wl_property_boolean(peer->properties, "Router"))
            return i;
    }
    return 0;
}

WlMapLayout *
wl_map_layout_new(const WlActiveProfile *profile)
{
    WlMapLayout *self = g_new0(WlMapLayout, 1);
    guint n = profile->peers->len, top;

    put_in_order(self, profile);
    top = find_top(self);
    self->radius = MAX(MIN_RADIUS, n * (n > CROWDED ? WIDE : SPACING) / (2 * G_PI));
    self->width = 2 * (self->radius + MARGIN_X);
    self->height = HEADER + 2 * (self->radius + MARGIN_Y) + LEGEND;
    self->legend_y = self->height - LEGEND / 2.0;
    self->self = (WlMapPoint){self->width / 2, HEADER + MARGIN_Y + self->radius};
    self->places = g_new0(WlMapPoint, MAX(n, 1));
    /* Clockwise from the top. */
    for (guint i = 0; i < n; i++) {
        double angle = 2 * G_PI * ((double) i - top) / n - G_PI / 2;

        self->places[i] = (WlMapPoint){self->self.x + self->radius * cos(angle),
                                       self->self.y + self->radius * sin(angle)};
    }
    return self;
}

void
wl_map_layout_free(WlMapLayout *self)
{
    g_ptr_array_unref(self->peers);
    g_free(self->places);
    g_free(self);
}
