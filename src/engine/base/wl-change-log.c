/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-change-log.h"

/* What moved to the end leaves a hole; before there are more holes than this and than items, all
 * move together. */
#define HOLES 64

typedef struct {
    guint64 number;
    WlNewsItem *item; /* NULL: a hole */
} Place;

struct _WlNews {
    GArray *places; /* of Place, by number */
    guint holes;
    guint64 last;
};

WlNews *
wl_news_new(void)
{
    WlNews *self = g_new0(WlNews, 1);

    self->places = g_array_new(FALSE, FALSE, sizeof(Place));
    return self;
}

void
wl_news_free(WlNews *self)
{
    if (!self)
        return;
    g_array_unref(self->places);
    g_free(self);
}

/* The index of the first place after number @since. */
static guint
find(const WlNews *self, guint64 since)
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
close_holes(WlNews *self)
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
wl_news_remove(WlNews *self, WlNewsItem *item)
{
    if (item->number == 0)
        return;
    g_array_index(self->places, Place, find(self, item->number - 1)).item = NULL;
    self->holes++;
    item->number = 0;
}

void
wl_news_push(WlNews *self, WlNewsItem *item)
{
    Place place = {.number = ++self->last, .item = item};

    wl_news_remove(self, item);
    if (self->holes > HOLES && self->holes > self->places->len / 2)
        close_holes(self);
    item->number = place.number;
    g_array_append_val(self->places, place);
}

guint64
wl_news_last(const WlNews *self)
{
    return self->last;
}

gpointer
wl_news_next(const WlNews *self, guint *cursor)
{
    while (*cursor < self->places->len) {
        const WlNewsItem *item = g_array_index(self->places, Place, (*cursor)++).item;
        if (item)
            return item->owner;
    }
    return NULL;
}

gpointer
wl_news_first(const WlNews *self, guint64 since, guint *cursor)
{
    *cursor = find(self, since);
    return wl_news_next(self, cursor);
}
