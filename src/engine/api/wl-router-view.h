/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

typedef struct _WlEngine WlEngine;

/** Why a leaf uses the router that it uses. */
typedef enum {
    WL_ROUTER_NONE,      /* there are not several routers to choose from */
    WL_ROUTER_FIRST,     /* it is the first one of the profile */
    WL_ROUTER_PREFERRED, /* the user named it */
    WL_ROUTER_SILENT,    /* those that come before it do not answer */
    WL_ROUTER_RETURNS,   /* one that comes before it answers again, and will be used in a while */
} WlRouterReason;

/** "", "first", "preferred", "others-silent", "returns". */
const char *wl_router_reason_to_string(WlRouterReason reason);

/** The routers of the profile that stand in for each other (docs/engine.md "Several routers"). */
typedef struct {
    GArray *members; /* of WlKey, in the order of the profile; owned by the caller */
    gboolean chosen; /* this member is a leaf: `current` is the one that it uses */
    WlKey current;
    gint64 since; /* engine time; -1: since the start */
    WlRouterReason reason;
} WlRouterSetView;

/** Free view->members with g_array_unref(). */
void wl_engine_get_routers(const WlEngine *self, WlRouterSetView *view);
/** The router by which the leaf with @key is reached, as this router has it from its fellows. FALSE
 * if no other router holds it. */
gboolean wl_engine_get_attached(const WlEngine *self, const WlKey *key, WlKey *router);
