/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef enum {
    WL_STYLE_PLAIN,
    WL_STYLE_TITLE,
    WL_STYLE_GOOD,
    WL_STYLE_FAIR, /* works, but not at its best */
    WL_STYLE_BUSY,
    WL_STYLE_BAD,
    WL_STYLE_DIM,
} WlStyle;

/** How standard output is laid out. */
typedef struct {
    guint width; /* columns; unlimited unless on a terminal, so that scripts see whole lines */
    gboolean color;
} WlPage;

/** Colors only on a terminal, and not with NO_COLOR or TERM=dumb in the environment. */
void wl_page_init(WlPage *self);
/** Appends @text, in @style if there are colors. */
void wl_page_append(const WlPage *self, GString *out, WlStyle style, const char *text);
/** Appends @text, wrapped, each line indented by @indent columns. */
void wl_page_append_wrapped(const WlPage *self, GString *out, guint indent, const char *text);
/** The style of a peer's State. */
WlStyle wl_style_of_state(const char *state);
/** The width of standard output if it is a terminal, else 0. */
guint wl_page_terminal_columns(void);
