/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-prefix-component.h"
#include "wl-array.h"

typedef struct {
    WlPrefixComponent *component;
    guint pass;
} Collector;

static gboolean
collect(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Collector *collector = user_data;
    WlClaimedPrefix *claimed = value;

    if (claimed->mark == collector->pass)
        return FALSE;
    claimed->mark = collector->pass;
    g_ptr_array_add(collector->component->claimed, claimed);
    g_array_append_val(collector->component->prefixes, *prefix);
    return FALSE;
}

typedef struct {
    WlPrefix prefix;
    gboolean wide;
} Outermost;

static gboolean
is_wide(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Outermost *outermost = user_data;

    if (!((const WlClaimedPrefix *) value)->wide)
        return FALSE;
    outermost->prefix = *prefix;
    outermost->wide = TRUE;
    return TRUE;
}

static void
collect_around(Collector *collector, WlPrefixMap *map, const WlDirtyPrefix *dirty)
{
    Outermost outermost = {.prefix = dirty->prefix, .wide = dirty->wide};
    WlClaimedPrefix *alone;

    wl_prefix_map_find_covering(map, &dirty->prefix, is_wide, &outermost);
    if (outermost.wide)
        wl_prefix_map_find_within(map, &outermost.prefix, collect, collector);
    alone = wl_prefix_map_get(map, &dirty->prefix);
    if (alone)
        collect(&dirty->prefix, alone, collector);
}

void
wl_prefix_component_collect(WlPrefixComponent *self, WlPrefixTable *table)
{
    Collector collector = {.component = self, .pass = ++table->pass};

    self->claimed = g_ptr_array_new();
    self->prefixes = wl_array_new(WlPrefix);
    for (guint i = 0; i < table->dirty->len; i++)
        collect_around(&collector, table->claimed, &g_array_index(table->dirty, WlDirtyPrefix, i));
    g_array_set_size(table->dirty, 0);
    table->due = FALSE;
}

void
wl_prefix_component_clear(WlPrefixComponent *self)
{
    g_clear_pointer(&self->claimed, g_ptr_array_unref);
    g_clear_pointer(&self->prefixes, g_array_unref);
}
