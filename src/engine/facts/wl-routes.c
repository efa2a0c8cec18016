/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

/*
 * What is configured and what is accepted, whether direct or not: a change of way changes no route.
 * Not default routes, nor halves of one: those are for the link's full tunnel. Of overlapping ones
 * only the outermost.
 */

static gboolean
may_be_route(const WlEngine *self, const WlPrefix *prefix)
{
    if (prefix->length <= 1)
        return FALSE;
    for (guint i = 0; i < self->config->addresses->len; i++) {
        if (wl_prefix_contains(&g_array_index(self->config->addresses, WlPrefix, i), prefix))
            return FALSE;
    }
    return TRUE;
}

static gboolean
covers_as_route(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    return prefix->length > 1 && !wl_prefix_equal(prefix, user_data);
}

static gboolean
is_outermost(const WlEngine *self, const WlPrefix *prefix)
{
    return !wl_prefix_map_find_around(self->routed, prefix, covers_as_route, (gpointer) prefix);
}

void
wl_engine_add_route(WlEngine *self, const WlPrefix *prefix)
{
    guint users = GPOINTER_TO_UINT(wl_prefix_map_get(self->routed, prefix));
    guint index;

    wl_prefix_map_set(self->routed, prefix, GUINT_TO_POINTER(users + 1));
    if (users > 0 || !may_be_route(self, prefix) || !is_outermost(self, prefix))
        return;
    /* Those inside it follow it. */
    index = wl_prefixes_search(self->routes, prefix);
    while (index < self->routes->len &&
           wl_prefix_contains(prefix, &g_array_index(self->routes, WlPrefix, index)))
        g_array_remove_index(self->routes, index);
    wl_prefixes_add(self->routes, prefix);
    self->routes_dirty = TRUE;
}

static gboolean
add_if_uncovered(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    WlEngine *self = user_data;

    if (is_outermost(self, prefix))
        wl_prefixes_add(self->routes, prefix);
    return FALSE;
}

void
wl_engine_drop_route(WlEngine *self, const WlPrefix *prefix)
{
    guint users = GPOINTER_TO_UINT(wl_prefix_map_get(self->routed, prefix));
    guint index = wl_prefixes_search(self->routes, prefix);

    if (users > 1) {
        wl_prefix_map_set(self->routed, prefix, GUINT_TO_POINTER(users - 1));
        return;
    }
    wl_prefix_map_remove(self->routed, prefix);
    if (!wl_prefixes_have(self->routes, prefix))
        return;
    g_array_remove_index(self->routes, index);
    wl_prefix_map_find_inside(self->routed, prefix, add_if_uncovered, self);
    self->routes_dirty = TRUE;
}

void
wl_engine_update_routes(WlEngine *self)
{
    if (!self->routes_dirty)
        return;
    self->routes_dirty = FALSE;
    wl_engine_emit(self, wl_output_new(WL_OUTPUT_ROUTES_CHANGED));
}

GArray *
wl_engine_dup_routes(const WlEngine *self)
{
    return g_array_copy(self->routes);
}
