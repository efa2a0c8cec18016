/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-timer-queue.h"

struct _WlDeadlines {
    GPtrArray *heap; /* of WlDeadline; the one at place p is at index p - 1 */
};

WlDeadlines *
wl_deadlines_new(void)
{
    WlDeadlines *self = g_new0(WlDeadlines, 1);

    self->heap = g_ptr_array_new();
    return self;
}

void
wl_deadlines_free(WlDeadlines *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->heap);
    g_free(self);
}

static WlDeadline *
at(const WlDeadlines *self, guint place)
{
    return self->heap->pdata[place - 1];
}

static void
put(WlDeadlines *self, guint place, WlDeadline *deadline)
{
    self->heap->pdata[place - 1] = deadline;
    deadline->place = place;
}

static void
sift_up(WlDeadlines *self, WlDeadline *deadline)
{
    guint place = deadline->place;

    for (; place > 1 && at(self, place / 2)->when > deadline->when; place /= 2)
        put(self, place, at(self, place / 2));
    put(self, place, deadline);
}

static void
sift_down(WlDeadlines *self, WlDeadline *deadline)
{
    guint place = deadline->place, length = self->heap->len;

    while (place * 2 <= length) {
        guint child = place * 2;
        if (child < length && at(self, child + 1)->when < at(self, child)->when)
            child++;
        if (at(self, child)->when >= deadline->when)
            break;
        put(self, place, at(self, child));
        place = child;
    }
    put(self, place, deadline);
}

static void
take_out(WlDeadlines *self, WlDeadline *deadline)
{
    guint place = deadline->place;
    WlDeadline *last = at(self, self->heap->len);

    g_ptr_array_set_size(self->heap, (int) self->heap->len - 1);
    deadline->place = 0;
    if (last == deadline)
        return;
    put(self, place, last);
    sift_up(self, last);
    sift_down(self, last);
}

void
wl_deadlines_set(WlDeadlines *self, WlDeadline *deadline, gint64 when)
{
    if (when == G_MAXINT64) {
        if (deadline->place != 0)
            take_out(self, deadline);
        return;
    }
    if (deadline->place == 0) {
        deadline->when = when;
        g_ptr_array_add(self->heap, deadline);
        deadline->place = self->heap->len;
        sift_up(self, deadline);
        return;
    }
    if (when == deadline->when)
        return;
    deadline->when = when;
    sift_up(self, deadline);
    sift_down(self, deadline);
}

gint64
wl_deadlines_first(const WlDeadlines *self)
{
    return self->heap->len > 0 ? at(self, 1)->when : G_MAXINT64;
}

gpointer
wl_deadlines_due(const WlDeadlines *self, gint64 now)
{
    return wl_deadlines_first(self) <= now ? at(self, 1)->owner : NULL;
}
