/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binary heap. Entries with the same time keep the order in which they were set.
 */
#include "world/heap.h"

static gboolean
is_before(const SimWait *a, const SimWait *b)
{
    return a->when != b->when ? a->when < b->when : a->serial < b->serial;
}

static void
put(SimHeap *self, guint position, SimWait *wait)
{
    self->waits->pdata[position] = wait;
    wait->position = position;
}

static void
rise(SimHeap *self, SimWait *wait)
{
    guint position = wait->position;

    while (position > 1 && is_before(wait, self->waits->pdata[position / 2])) {
        put(self, position, self->waits->pdata[position / 2]);
        position /= 2;
    }
    put(self, position, wait);
}

static void
sink(SimHeap *self, SimWait *wait)
{
    guint position = wait->position;

    for (;;) {
        guint child = position * 2;
        if (child >= self->waits->len)
            break;
        if (child + 1 < self->waits->len &&
            is_before(self->waits->pdata[child + 1], self->waits->pdata[child]))
            child++;
        if (!is_before(self->waits->pdata[child], wait))
            break;
        put(self, position, self->waits->pdata[child]);
        position = child;
    }
    put(self, position, wait);
}

void
sim_heap_init(SimHeap *self)
{
    self->waits = g_ptr_array_new();
    g_ptr_array_add(self->waits, NULL);
    self->serial = 0;
}

void
sim_heap_clear(SimHeap *self)
{
    g_clear_pointer(&self->waits, g_ptr_array_unref);
}

static void
take_out(SimHeap *self, SimWait *wait)
{
    guint position = wait->position;
    SimWait *last = self->waits->pdata[self->waits->len - 1];

    g_ptr_array_set_size(self->waits, (int) self->waits->len - 1);
    wait->position = 0;
    if (last == wait)
        return;
    put(self, position, last);
    rise(self, last);
    sink(self, last);
}

void
sim_heap_set(SimHeap *self, SimWait *wait, gint64 when)
{
    if (wait->position > 0 && wait->when == when)
        return;
    if (when == SIM_NEVER) {
        if (wait->position > 0)
            take_out(self, wait);
        return;
    }
    wait->when = when;
    wait->serial = ++self->serial;
    if (wait->position == 0) {
        g_ptr_array_add(self->waits, wait);
        wait->position = self->waits->len - 1;
    }
    rise(self, wait);
    sink(self, wait);
}

SimWait *
sim_heap_first(const SimHeap *self)
{
    return self->waits->len > 1 ? self->waits->pdata[1] : NULL;
}
