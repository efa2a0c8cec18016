/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the members of a map are drawn, as people draw them: routers above, this machine and the
 * members on its network in the middle, the others below, those behind one NAT side by side. A row
 * that is full continues in the next one.
 */
#include "wl-map-layout.h"

#include <math.h>
#include <string.h>

#define CELL_WIDTH  188
#define CELL_HEIGHT 172
#define SYMBOL_Y    52 /* of the center of a symbol, in its cell */
#define ROUTER_Y    112
#define MIN_PER_ROW 4
#define BOX_INSET   6
#define MARGIN      24
#define HEADER      56 /* title */
#define FOOTER      44 /* legend */
#define MIN_WIDTH   640

/* Members that stay together in a row, as far as they fit. */
typedef struct {
    WlMapSiteKind kind;
    char *address;
    GPtrArray *peers; /* of WlActivePeer; NULL: this machine */
} Group;

static void
group_clear(gpointer data)
{
    Group *group = data;

    g_free(group->address);
    g_ptr_array_unref(group->peers);
}

const WlActivePeer *
wl_map_layout_find_router(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));
    gboolean routed = strcmp(wl_property_string(peer->properties, "State"), "routed") == 0;

    return via != peer && routed ? via : NULL;
}

const WlMapPlace *
wl_map_layout_find(const WlMapLayout *self, const WlActivePeer *peer)
{
    for (guint i = 0; i < self->places->len; i++) {
        const WlMapPlace *place = &g_array_index(self->places, WlMapPlace, i);

        if (place->peer == peer)
            return place;
    }
    return NULL;
}

/* ---- groups -------------------------------------------------------------------------------- */

static Group *
add_group(GArray *groups, WlMapSiteKind kind, const char *address)
{
    Group group = {kind, g_strdup(address), g_ptr_array_new()};

    g_array_append_val(groups, group);
    return &g_array_index(groups, Group, groups->len - 1);
}

static Group *
find_nat(GArray *groups, const char *address)
{
    for (guint i = 0; i < groups->len; i++) {
        Group *group = &g_array_index(groups, Group, i);

        if (group->kind == WL_MAP_SITE_NAT && strcmp(group->address, address) == 0)
            return group;
    }
    return add_group(groups, WL_MAP_SITE_NAT, address);
}

/* This machine in the middle of those around it. */
static void
add_self(Group *here)
{
    g_ptr_array_insert(here->peers, (int) here->peers->len / 2, NULL);
}

/* ---- rows ---------------------------------------------------------------------------------- */

typedef struct {
    WlMapLayout *layout;
    guint per_row;
    double top;             /* of the next row */
    guint column;           /* the next one of the row */
    guint first, first_box; /* the first place and box of the row */
} Rows;

static double
left_of(const Rows *rows, guint column)
{
    return MARGIN + column * (double) CELL_WIDTH;
}

/* Ends a row, and puts it into the middle of the picture. */
static void
end_row(Rows *rows)
{
    WlMapLayout *layout = rows->layout;
    double shift = (layout->width - 2 * MARGIN - rows->column * (double) CELL_WIDTH) / 2;

    if (rows->column == 0)
        return;
    for (guint i = rows->first; i < layout->places->len; i++)
        g_array_index(layout->places, WlMapPlace, i).at.x += shift;
    for (guint i = rows->first_box; i < layout->boxes->len; i++)
        g_array_index(layout->boxes, WlMapBox, i).x += shift;
    rows->first = layout->places->len;
    rows->first_box = layout->boxes->len;
    rows->top += CELL_HEIGHT;
    rows->column = 0;
}

static void
add_box(Rows *rows, const Group *group, guint n)
{
    WlMapBox box = {group->kind,
                    g_strdup(group->address),
                    left_of(rows, rows->column) + BOX_INSET,
                    rows->top + BOX_INSET,
                    n * (double) CELL_WIDTH - 2 * BOX_INSET,
                    CELL_HEIGHT - 2 * BOX_INSET};

    g_array_append_val(rows->layout->boxes, box);
}

/* A box of one member says nothing where it is this machine's. */
static gboolean
has_box(const Group *group)
{
    return group->kind == WL_MAP_SITE_NAT ||
           (group->kind == WL_MAP_SITE_HERE && group->peers->len > 1);
}

static void
place_group(Rows *rows, const Group *group)
{
    guint n = group->peers->len, done = 0;

    if (rows->column > 0 && rows->column + MIN(n, rows->per_row) > rows->per_row)
        end_row(rows);
    while (done < n) {
        guint part = MIN(n - done, rows->per_row - rows->column);

        if (has_box(group))
            add_box(rows, group, part);
        for (guint i = 0; i < part; i++, done++, rows->column++) {
            gboolean router = group->kind == WL_MAP_SITE_ROUTERS;
            WlMapPlace place = {group->peers->pdata[done],
                                {left_of(rows, rows->column) + CELL_WIDTH / 2.0,
                                 rows->top + (router ? ROUTER_Y : SYMBOL_Y)},
                                router};

            g_array_append_val(rows->layout->places, place);
        }
        if (done < n)
            end_row(rows);
    }
}

/* Places all groups of the kinds from @first to @last; each tier begins a row. */
static void
place_tier(Rows *rows, const GArray *groups, WlMapSiteKind first, WlMapSiteKind last)
{
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = &g_array_index(groups, Group, i);

        if (group->kind == first || group->kind == last)
            place_group(rows, group);
    }
    end_row(rows);
}

static void
box_clear(gpointer data)
{
    g_free(((WlMapBox *) data)->address);
}

static void
note_self(WlMapLayout *self)
{
    const WlMapPlace *own = wl_map_layout_find(self, NULL);

    self->self = own->at;
    self->self_left = self->self_right = own->at.x;
    for (guint i = 0; i < self->places->len; i++) {
        WlMapPoint at = g_array_index(self->places, WlMapPlace, i).at;

        if (fabs(at.y - own->at.y) >= 1)
            continue;
        self->self_left = MIN(self->self_left, at.x);
        self->self_right = MAX(self->self_right, at.x);
    }
}

WlMapLayout *
wl_map_layout_new(const WlActiveProfile *profile)
{
    WlMapLayout *self = g_new0(WlMapLayout, 1);
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(Group));
    guint n = profile->peers->len + 1;
    Rows rows = {.layout = self, .top = HEADER};

    g_array_set_clear_func(groups, group_clear);
    self->places = g_array_new(FALSE, FALSE, sizeof(WlMapPlace));
    self->boxes = g_array_new(FALSE, FALSE, sizeof(WlMapBox));
    g_array_set_clear_func(self->boxes, box_clear);
    add_group(groups, WL_MAP_SITE_HERE, NULL);
    add_group(groups, WL_MAP_SITE_ROUTERS, NULL);
    for (guint i = 0; i < profile->peers->len; i++) {
        WlActivePeer *peer = g_ptr_array_index(profile->peers, i);
        WlMapSiteKind kind = wl_map_site_kind(peer);
        g_autofree char *address = kind == WL_MAP_SITE_NAT ? wl_map_site_address(peer) : NULL;
        Group *group = kind == WL_MAP_SITE_HERE      ? &g_array_index(groups, Group, 0)
                       : kind == WL_MAP_SITE_ROUTERS ? &g_array_index(groups, Group, 1)
                       : address                     ? find_nat(groups, address)
                                                     : add_group(groups, kind, NULL);

        g_ptr_array_add(group->peers, peer);
    }
    add_self(&g_array_index(groups, Group, 0));

    rows.per_row = MAX(MIN_PER_ROW, (guint) ceil(sqrt(1.5 * n)));
    self->width = MAX(MIN_WIDTH, 2 * MARGIN + MIN(rows.per_row, n) * (double) CELL_WIDTH);
    place_tier(&rows, groups, WL_MAP_SITE_ROUTERS, WL_MAP_SITE_ROUTERS);
    place_tier(&rows, groups, WL_MAP_SITE_HERE, WL_MAP_SITE_HERE);
    place_tier(&rows, groups, WL_MAP_SITE_NAT, WL_MAP_SITE_ALONE);
    self->height = rows.top + FOOTER;
    note_self(self);
    return self;
}

void
wl_map_layout_free(WlMapLayout *self)
{
    g_array_unref(self->places);
    g_array_unref(self->boxes);
    g_free(self);
}
