/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

typedef enum {
    WL_STYLE_PLAIN,
    WL_STYLE_TITLE,
    WL_STYLE_GOOD,
    WL_STYLE_FAIR, /* works, but not as well as it might */
    WL_STYLE_BUSY,
    WL_STYLE_BAD,
    WL_STYLE_DIM,
} WlStyle;

/** How to write for whoever reads standard output. */
typedef struct {
    guint width; /* columns; very many where nobody looks, so that scripts see whole lines */
    gboolean colour;
} WlPage;

/** Colours on a terminal alone, unless NO_COLOR or TERM=dumb stands in the environment. */
void wl_page_init(WlPage *self);
/** Appends @text in @style, where there are colours. */
void wl_page_append(const WlPage *self, GString *out, WlStyle style, const char *text);
/** Appends @text broken into lines that fit, each with @indent columns before it. */
void wl_page_append_wrapped(const WlPage *self, GString *out, guint indent, const char *text);
/** The style of a peer's State. */
WlStyle wl_style_of_state(const char *state);

/** The terminal while something is redrawn on it. */
typedef struct WlScreen WlScreen;

/**
 * Takes the terminal of standard output if @draw, and gives it back as it was in wl_screen_free();
 * without a terminal, drawings follow each other.
 */
WlScreen *wl_screen_new(gboolean draw);
void wl_screen_free(WlScreen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlScreen, wl_screen_free)

/** Replaces what is shown; what does not fit is left out, and said to be. */
void wl_screen_draw(WlScreen *self, const char *text);
/** Cancelled when the user, or a signal, asks for the end. */
GCancellable *wl_screen_get_end(WlScreen *self);
/** TRUE once after the terminal has another size. */
gboolean wl_screen_take_resized(WlScreen *self);
