/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** When one thing is due; lives inside that thing. */
typedef struct {
    gint64 when; /* while it is in a heap */
    guint place; /* in the heap, from 1; 0: in none */
    gpointer owner;
} WlDeadline;

/**
 * Many of them, the earliest found at once: a binary heap whose members know their place, so that
 * moving or taking out one costs the logarithm of their number.
 */
typedef struct _WlDeadlines WlDeadlines;

WlDeadlines *wl_deadlines_new(void);
/** The members are left alone. */
void wl_deadlines_free(WlDeadlines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDeadlines, wl_deadlines_free)
/** Puts @deadline in, moves it, or takes it out (G_MAXINT64). */
void wl_deadlines_set(WlDeadlines *self, WlDeadline *deadline, gint64 when);
/** The time of the earliest; G_MAXINT64: there is none. */
gint64 wl_deadlines_first(const WlDeadlines *self);
/** The owner of the earliest, NULL if it is later than @now. It stays in. */
gpointer wl_deadlines_due(const WlDeadlines *self, gint64 now);
