/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** The terminal while a command redraws it. */
typedef struct WlScreen WlScreen;

/**
 * Takes over the terminal of standard output if @draw, until wl_screen_free() restores it. Without
 * a terminal, drawings are appended.
 */
WlScreen *wl_screen_new(gboolean draw);
void wl_screen_free(WlScreen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlScreen, wl_screen_free)

/** Replaces the picture. The arrow keys and those of pages scroll it if it is higher than the
 * terminal; the last line then says where it is, and with @help what the keys do. */
void wl_screen_draw(WlScreen *self, const char *text);
/** What the other keys do, for the last line; static. */
void wl_screen_set_help(WlScreen *self, const char *help);
/** Takes the oldest key that was pressed and neither scrolls nor ends the command, or 0. */
char wl_screen_take_key(WlScreen *self);
/** Canceled when the user or a signal ends the command. */
GCancellable *wl_screen_get_end(WlScreen *self);
/** TRUE once after the terminal was resized. */
gboolean wl_screen_take_resized(WlScreen *self);
