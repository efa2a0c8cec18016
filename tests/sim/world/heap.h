/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define SIM_NEVER   G_MAXINT64
#define SIM_SEC(n)  ((gint64) (n) *G_USEC_PER_SEC)
#define SIM_MSEC(n) ((gint64) (n) *1000)

/** An entry that waits for a time, embedded in a larger struct. All zero while it is not in a
 * heap. */
typedef struct {
    gint64 when;
    guint64 serial; /* orders entries with the same time: the one set first comes first */
    guint position; /* 0: in no heap */
} SimWait;

/** A binary heap of SimWait, earliest first. Does not own the entries. */
typedef struct {
    GPtrArray *waits; /* of SimWait; the one at 0 is not used */
    guint64 serial;
} SimHeap;

void sim_heap_init(SimHeap *self);
void sim_heap_clear(SimHeap *self);
/** Adds or moves @wait; SIM_NEVER removes it. */
void sim_heap_set(SimHeap *self, SimWait *wait, gint64 when);
/** The earliest entry, which stays in the heap; NULL: none. */
SimWait *sim_heap_first(const SimHeap *self);
