/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

typedef struct {
    double x, y;
} WlMapPoint;

/** Where the members of a map are drawn, in user units of the picture. */
typedef struct {
    double width, height, radius;
    double legend_y;
    WlMapPoint self;
    GPtrArray *peers;   /* of WlActivePeer, in the order of the circle */
    WlMapPoint *places; /* of these */
} WlMapLayout;

/** Valid as long as @profile; to be freed with wl_map_layout_free(). */
WlMapLayout *wl_map_layout_new(const WlActiveProfile *profile);
void wl_map_layout_free(WlMapLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMapLayout, wl_map_layout_free)

/** The peer that a routed @peer is reached through, or NULL. */
const WlActivePeer *wl_map_layout_find_router(const WlActiveProfile *profile,
                                              const WlActivePeer *peer);
