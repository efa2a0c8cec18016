/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

static gboolean
is_own_subnet(const WlEngine *self, const WlPrefix *prefix)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        if (wl_prefix_contains(&g_array_index(self->config->addresses, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

static int
shorter_first(gconstpointer a, gconstpointer b)
{
    const WlPrefix *x = a, *y = b;

    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return wl_prefix_compare(a, b);
}

/* What is configured and what is accepted, whether direct or not: a change of way changes no route.
 * Not default routes, nor halves of one: those are for the link's full tunnel. */
static GArray *
gather(const WlEngine *self)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_autoptr(GArray) routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));

    for (guint i = 0; i < self->peers->len; i++) {
        const WlPeer *peer = self->peers->pdata[i];
        g_array_append_vals(all, peer->always->data, peer->always->len);
        g_array_append_vals(all, peer->direct_only->data, peer->direct_only->len);
        g_array_append_vals(all, peer->learned->data, peer->learned->len);
    }
    g_array_sort(all, shorter_first);
    for (guint i = 0; i < all->len; i++) {
        const WlPrefix *prefix = &g_array_index(all, WlPrefix, i);
        if (prefix->length > 1 && !is_own_subnet(self, prefix) &&
            !wl_prefixes_cover(routes, prefix))
            wl_prefixes_add(routes, prefix);
    }
    return g_steal_pointer(&routes);
}

void
wl_engine_update_routes(WlEngine *self)
{
    g_autoptr(GArray) routes = NULL;

    if (!self->routes_dirty)
        return;
    self->routes_dirty = FALSE;
    routes = gather(self);
    if (wl_prefixes_equal(routes, self->routes))
        return;
    g_array_unref(self->routes);
    self->routes = g_steal_pointer(&routes);
    wl_engine_emit(self, wl_output_new(WL_OUTPUT_ROUTES));
}

GArray *
wl_engine_dup_routes(const WlEngine *self)
{
    return g_array_copy(self->routes);
}
