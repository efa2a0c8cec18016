/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-routes.h"

#include "wl-array.h"
#include "wl-prefix-set.h"

void
wl_routes_init(WlRoutes *self)
{
    self->users = wl_prefix_map_new(NULL);
    self->list = wl_array_new(WlPrefix);
}

void
wl_routes_clear(WlRoutes *self)
{
    wl_prefix_map_free(self->users);
    g_array_unref(self->list);
}

static gboolean
may_be_route(const WlEngine *self, const WlPrefix *prefix)
{
    if (prefix->length <= 1 || wl_policy_is_attached(&self->policy, prefix))
        return FALSE;
    for (guint i = 0; i < self->config->addresses->len; i++) {
        if (wl_prefix_contains(&g_array_index(self->config->addresses, WlPrefix, i), prefix))
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    const WlEngine *engine;
    const WlPrefix *prefix;
} Covered;

/* The network of this machine covers nothing: a part of it that is behind a peer is routed. */
static gboolean
covers_as_route(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Covered *covered = user_data;

    return prefix->length > 1 && !wl_prefix_equal(prefix, covered->prefix) &&
           !wl_policy_is_attached(&covered->engine->policy, prefix);
}

static gboolean
is_outermost(const WlEngine *self, const WlPrefix *prefix)
{
    Covered covered = {self, prefix};

    return !wl_prefix_map_find_covering(self->routes.users, prefix, covers_as_route, &covered);
}

void
wl_routes_add(WlEngine *self, const WlPrefix *prefix)
{
    guint users = GPOINTER_TO_UINT(wl_prefix_map_get(self->routes.users, prefix));
    guint index;

    wl_prefix_map_set(self->routes.users, prefix, GUINT_TO_POINTER(users + 1));
    if (users > 0 || !may_be_route(self, prefix) || !is_outermost(self, prefix))
        return;
    /* In the order of the set, the prefixes inside a prefix directly follow it. */
    index = wl_prefix_set_search(self->routes.list, prefix);
    while (index < self->routes.list->len &&
           wl_prefix_contains(prefix, &g_array_index(self->routes.list, WlPrefix, index)))
        g_array_remove_index(self->routes.list, index);
    wl_prefix_set_add(self->routes.list, prefix);
    self->routes.changed = TRUE;
}

static gboolean
add_if_uncovered(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    WlEngine *self = user_data;

    if (may_be_route(self, prefix) && is_outermost(self, prefix))
        wl_prefix_set_add(self->routes.list, prefix);
    return FALSE;
}

void
wl_routes_drop(WlEngine *self, const WlPrefix *prefix)
{
    guint users = GPOINTER_TO_UINT(wl_prefix_map_get(self->routes.users, prefix));
    guint index = wl_prefix_set_search(self->routes.list, prefix);

    if (users > 1) {
        wl_prefix_map_set(self->routes.users, prefix, GUINT_TO_POINTER(users - 1));
        return;
    }
    wl_prefix_map_remove(self->routes.users, prefix);
    if (!wl_prefix_set_contains(self->routes.list, prefix))
        return;
    g_array_remove_index(self->routes.list, index);
    wl_prefix_map_find_within(self->routes.users, prefix, add_if_uncovered, self);
    self->routes.changed = TRUE;
}

void
wl_routes_attached_changed(WlEngine *self)
{
    static const WlPrefix all[] = {{.ip = {.family = WL_FAMILY_V4}},
                                   {.ip = {.family = WL_FAMILY_V6}}};
    g_autoptr(GArray) before = g_array_copy(self->routes.list);

    g_array_set_size(self->routes.list, 0);
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        wl_prefix_map_find_within(self->routes.users, &all[i], add_if_uncovered, self);
    if (!wl_prefix_set_equal(before, self->routes.list))
        self->routes.changed = TRUE;
}

void
wl_routes_update(WlEngine *self)
{
    if (!self->routes.changed)
        return;
    self->routes.changed = FALSE;
    wl_outputs_push(&self->outputs, wl_output_new(WL_OUTPUT_ROUTES_CHANGED));
}

void
wl_routes_settle(WlRoutes *self, const GArray *before)
{
    if (wl_prefix_set_equal(before, self->list))
        self->changed = FALSE;
}

GArray *
wl_engine_dup_routes(const WlEngine *self)
{
    return g_array_copy(self->routes.list);
}
