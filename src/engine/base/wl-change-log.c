/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An array of places sorted by number, searched by bisection. A removed or moved item leaves a
 * hole; all holes are closed once they outnumber the items, so recording a change takes constant
 * time on average. Items belong to the caller.
 */
#include "wl-change-log.h"
#include "wl-array.h"

/* Holes are closed above this number. */
#define MAX_HOLES 64

typedef struct {
    guint64 number;
    WlChangeLogItem *item; /* NULL: a hole */
} Place;

struct _WlChangeLog {
    GArray *places; /* of Place, by number */
    guint holes;
    guint64 last;
};

WlChangeLog *
wl_change_log_new(void)
{
    WlChangeLog *self = g_new0(WlChangeLog, 1);

    self->places = wl_array_new(Place);
    return self;
}

void
wl_change_log_free(WlChangeLog *self)
{
    if (!self)
        return;
    g_array_unref(self->places);
    g_free(self);
}

/* The index of the first place with a number greater than @since. */
static guint
find(const WlChangeLog *self, guint64 since)
{
    guint low = 0, high = self->places->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(self->places, Place, middle).number > since)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void
close_holes(WlChangeLog *self)
{
    guint n = 0;

    for (guint i = 0; i < self->places->len; i++) {
        const Place *place = &g_array_index(self->places, Place, i);
        if (place->item)
            g_array_index(self->places, Place, n++) = *place;
    }
    g_array_set_size(self->places, n);
    self->holes = 0;
}

void
wl_change_log_remove(WlChangeLog *self, WlChangeLogItem *item)
{
    if (item->number == 0)
        return;
    g_array_index(self->places, Place, find(self, item->number - 1)).item = NULL;
    self->holes++;
    item->number = 0;
}

void
wl_change_log_push(WlChangeLog *self, WlChangeLogItem *item)
{
    Place place = {.number = ++self->last, .item = item};

    wl_change_log_remove(self, item);
    if (self->holes > MAX_HOLES && self->holes > self->places->len / 2)
        close_holes(self);
    item->number = place.number;
    g_array_append_val(self->places, place);
}

guint64
wl_change_log_last(const WlChangeLog *self)
{
    return self->last;
}

gpointer
wl_change_log_next(const WlChangeLog *self, guint *cursor)
{
    while (*cursor < self->places->len) {
        const WlChangeLogItem *item = g_array_index(self->places, Place, (*cursor)++).item;
        if (item)
            return item->owner;
    }
    return NULL;
}

gpointer
wl_change_log_first(const WlChangeLog *self, guint64 since, guint *cursor)
{
    *cursor = find(self, since);
    return wl_change_log_next(self, cursor);
}
