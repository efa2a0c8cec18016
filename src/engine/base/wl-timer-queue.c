/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binary heap in an array; the entries belong to the caller and store their index. The unit of
 * time is the caller's; G_MAXINT64 means never.
 */
#include "wl-timer-queue.h"

struct _WlTimerQueue {
    GPtrArray *heap; /* of WlTimerEntry; place p is index p - 1 */
};

WlTimerQueue *
wl_timer_queue_new(void)
{
    WlTimerQueue *self = g_new0(WlTimerQueue, 1);

    self->heap = g_ptr_array_new();
    return self;
}

void
wl_timer_queue_free(WlTimerQueue *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->heap);
    g_free(self);
}

static WlTimerEntry *
at(const WlTimerQueue *self, guint place)
{
    return self->heap->pdata[place - 1];
}

static void
put(WlTimerQueue *self, guint place, WlTimerEntry *entry)
{
    self->heap->pdata[place - 1] = entry;
    entry->place = place;
}

static gboolean
is_before(const WlTimerEntry *a, const WlTimerEntry *b)
{
    return a->when < b->when;
}

static void
sift_up(WlTimerQueue *self, WlTimerEntry *entry)
{
    guint place = entry->place;

    for (; place > 1 && is_before(entry, at(self, place / 2)); place /= 2)
        put(self, place, at(self, place / 2));
    put(self, place, entry);
}

static void
sift_down(WlTimerQueue *self, WlTimerEntry *entry)
{
    guint place = entry->place, length = self->heap->len;

    while (place * 2 <= length) {
        guint child = place * 2;
        if (child < length && is_before(at(self, child + 1), at(self, child)))
            child++;
        if (!is_before(at(self, child), entry))
            break;
        put(self, place, at(self, child));
        place = child;
    }
    put(self, place, entry);
}

static void
take_out(WlTimerQueue *self, WlTimerEntry *entry)
{
    guint place = entry->place;
    WlTimerEntry *last = at(self, self->heap->len);

    g_ptr_array_set_size(self->heap, (int) self->heap->len - 1);
    entry->place = 0;
    if (last == entry)
        return;
    put(self, place, last);
    sift_up(self, last);
    sift_down(self, last);
}

void
wl_timer_queue_set(WlTimerQueue *self, WlTimerEntry *entry, gint64 when)
{
    if (when == G_MAXINT64) {
        if (entry->place != 0)
            take_out(self, entry);
        return;
    }
    entry->when = when;
    if (entry->place == 0) {
        g_ptr_array_add(self->heap, entry);
        entry->place = self->heap->len;
    }
    sift_up(self, entry);
    sift_down(self, entry);
}

gint64
wl_timer_queue_first(const WlTimerQueue *self)
{
    return self->heap->len > 0 ? at(self, 1)->when : G_MAXINT64;
}

gpointer
wl_timer_queue_due(const WlTimerQueue *self, gint64 now)
{
    return wl_timer_queue_first(self) <= now ? at(self, 1)->owner : NULL;
}
