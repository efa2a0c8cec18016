/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binary search and insertion in a sorted GArray, which the caller owns. */
#include "wl-prefix-set.h"

#include <string.h>

guint
wl_prefix_set_search(const GArray *self, const WlPrefix *prefix)
{
    guint low = 0, high = self->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (wl_prefix_compare(&g_array_index(self, WlPrefix, middle), prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

gboolean
wl_prefix_set_contains(const GArray *self, const WlPrefix *prefix)
{
    guint index = wl_prefix_set_search(self, prefix);

    return index < self->len && wl_prefix_equal(&g_array_index(self, WlPrefix, index), prefix);
}

gboolean
wl_prefix_set_add(GArray *self, const WlPrefix *prefix)
{
    guint index = wl_prefix_set_search(self, prefix);

    if (index < self->len && wl_prefix_equal(&g_array_index(self, WlPrefix, index), prefix))
        return FALSE;
    g_array_insert_vals(self, index, prefix, 1);
    return TRUE;
}

gboolean
wl_prefix_set_remove(GArray *self, const WlPrefix *prefix)
{
    guint index = wl_prefix_set_search(self, prefix);

    if (index == self->len || !wl_prefix_equal(&g_array_index(self, WlPrefix, index), prefix))
        return FALSE;
    g_array_remove_index(self, index);
    return TRUE;
}

gboolean
wl_prefix_set_equal(const GArray *a, const GArray *b)
{
    return a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len * sizeof(WlPrefix)) == 0);
}

void
wl_prefix_set_make_outermost(GArray *self)
{
    guint kept = 0;

    g_array_sort(self, wl_prefix_compare);
    /* In this order a prefix directly precedes the prefixes that it contains. */
    for (guint i = 0; i < self->len; i++) {
        WlPrefix prefix = g_array_index(self, WlPrefix, i);

        if (kept > 0 && wl_prefix_contains(&g_array_index(self, WlPrefix, kept - 1), &prefix))
            continue;
        g_array_index(self, WlPrefix, kept++) = prefix;
    }
    g_array_set_size(self, kept);
}

gboolean
wl_prefix_set_outermost_covers(const GArray *self, const WlPrefix *prefix)
{
    guint index = wl_prefix_set_search(self, prefix);

    if (index < self->len && wl_prefix_equal(&g_array_index(self, WlPrefix, index), prefix))
        return TRUE;
    return index > 0 && wl_prefix_contains(&g_array_index(self, WlPrefix, index - 1), prefix);
}
