/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Writes states to the state file of a profile (wl-state-file.h) in a thread, because a slow disk
 * blocks: one after the other, and of those that wait the last one only.
 */
typedef struct _WlStateWriter WlStateWriter;

/** @written: the result of each write, from the main loop; @error: NULL on success. */
WlStateWriter *wl_state_writer_new(const char *uuid,
                                   void (*written)(const GError *error, gpointer user_data),
                                   gpointer user_data);
/** Takes ownership of @state. */
void wl_state_writer_save(WlStateWriter *self, char *state);
/** Waits until the last state is in its place, and reports that as well. */
void wl_state_writer_free(WlStateWriter *self);
