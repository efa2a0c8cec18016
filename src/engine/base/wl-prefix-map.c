/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A balanced tree in the order of wl_prefix_compare(): everything within a prefix directly follows
 * it. Covering prefixes are looked up one length at a time, skipping lengths that never occurred.
 */
#include "wl-prefix-map.h"

struct _WlPrefixMap {
    GTree *tree;              /* WlPrefix*, owned -> value */
    gboolean lengths[2][129]; /* that occur or occurred, by family */
};

static int
compare(gconstpointer a, gconstpointer b, gpointer user_data)
{
    return wl_prefix_compare(a, b);
}

WlPrefixMap *
wl_prefix_map_new(GDestroyNotify free_value)
{
    WlPrefixMap *self = g_new0(WlPrefixMap, 1);

    self->tree = g_tree_new_full(compare, NULL, g_free, free_value);
    return self;
}

void
wl_prefix_map_free(WlPrefixMap *self)
{
    if (!self)
        return;
    g_tree_unref(self->tree);
    g_free(self);
}

gpointer
wl_prefix_map_get(const WlPrefixMap *self, const WlPrefix *prefix)
{
    return g_tree_lookup(self->tree, prefix);
}

void
wl_prefix_map_set(WlPrefixMap *self, const WlPrefix *prefix, gpointer value)
{
    self->lengths[prefix->ip.family == WL_FAMILY_V6][prefix->length] = TRUE;
    g_tree_replace(self->tree, g_memdup2(prefix, sizeof(*prefix)), value);
}

void
wl_prefix_map_remove(WlPrefixMap *self, const WlPrefix *prefix)
{
    WlPrefix copy = *prefix; /* @prefix may be the key in the tree */

    g_tree_remove(self->tree, &copy);
}

gpointer
wl_prefix_map_find_covering(const WlPrefixMap *self, const WlPrefix *prefix, WlPrefixFunc func,
                            gpointer user_data)
{
    const gboolean *lengths = self->lengths[prefix->ip.family == WL_FAMILY_V6];

    for (guint length = 0; length <= prefix->length; length++) {
        WlPrefix outer = {.ip = prefix->ip, .length = (guint8) length};
        gpointer value;

        if (!lengths[length])
            continue;
        outer = wl_prefix_masked(&outer);
        value = wl_prefix_map_get(self, &outer);
        if (value && func(&outer, value, user_data))
            return value;
    }
    return NULL;
}

gpointer
wl_prefix_map_find_within(const WlPrefixMap *self, const WlPrefix *prefix, WlPrefixFunc func,
                          gpointer user_data)
{
    for (GTreeNode *node = g_tree_lower_bound(self->tree, prefix); node;
         node = g_tree_node_next(node)) {
        const WlPrefix *inner = g_tree_node_key(node);
        gpointer value = g_tree_node_value(node);

        if (!wl_prefix_contains(prefix, inner))
            break;
        if (func(inner, value, user_data))
            return value;
    }
    return NULL;
}
