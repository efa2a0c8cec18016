/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Runs a function soon after a request, and not more often than at an interval: the first request
 * is carried out from the main loop at once, those of the interval that follows together at its
 * end. Main context: the thread-default one.
 */
typedef struct _WlPacer WlPacer;

/** @interval: ms. @func may free the pacer. */
WlPacer *wl_pacer_new(guint interval, void (*func)(gpointer user_data), gpointer user_data);
/** Drops what was requested. */
void wl_pacer_free(WlPacer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPacer, wl_pacer_free)
void wl_pacer_request(WlPacer *self);
