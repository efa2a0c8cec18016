/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-map-site.h"

/** In user units of the picture. */
typedef struct {
    double x, y;
} WlMapPoint;

/** A member and the place of its symbol. */
typedef struct {
    const WlActivePeer *peer; /* NULL: this machine */
    WlMapPoint at;
    gboolean text_above; /* its links go down */
} WlMapPlace;

/** Members that are drawn in one box. */
typedef struct {
    WlMapSiteKind kind; /* WL_MAP_SITE_HERE or WL_MAP_SITE_NAT */
    char *address;      /* of the NAT */
    double x, y, width, height;
} WlMapBox;

/** Where everything on a map is drawn, in user units of the picture. */
typedef struct {
    double width, height;
    WlMapPoint self;
    double self_left, self_right; /* of the row of this machine */
    GArray *places;               /* of WlMapPlace, this machine included */
    GArray *boxes;                /* of WlMapBox */
} WlMapLayout;

/** The same profile gives the same layout. Valid as long as @profile; to be freed with
 * wl_map_layout_free(). */
WlMapLayout *wl_map_layout_new(const WlActiveProfile *profile);
void wl_map_layout_free(WlMapLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMapLayout, wl_map_layout_free)

/** The place of @peer, or NULL. */
const WlMapPlace *wl_map_layout_find(const WlMapLayout *self, const WlActivePeer *peer);
/** The peer that a routed @peer is reached through, or NULL. */
const WlActivePeer *wl_map_layout_find_router(const WlActiveProfile *profile,
                                              const WlActivePeer *peer);
