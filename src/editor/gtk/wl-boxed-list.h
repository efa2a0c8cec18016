/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Boxed lists as in the programs of GNOME: groups with a heading, rows, and rows that expand.
 *
 * GTK 3 has no such widgets, and GTK 4 has them in libadwaita only, which is not loaded in every
 * program. They are boxes with a style sheet of our own, which concerns our classes only. New
 * widgets are floating. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the style sheet to the display of @widget, once for each display. */
void wl_boxed_list_load_style(GtkWidget *widget);

/* A group with a heading, to which lists are appended. *@header, which may be NULL, is the box of
 * the heading, for buttons at its end. */
GtkWidget *wl_group_new(const char *title, GtkWidget **header);
/* A box that looks like a list box. Unlike those of a list box, its rows do not take the focus
 * themselves, and GTK 3 knows whether they are on the screen when the page is scrolled, which it
 * tells screen readers. */
GtkWidget *wl_boxed_list_new(void);
/* A box that is a row of such a list. */
GtkWidget *wl_boxed_row_new(GtkOrientation orientation);

/* A label in a weaker color that is still well readable. */
GtkWidget *wl_dim_label_new(const char *text);

/* A row that opens below its heading. The widgets belong to @widget. */
typedef struct {
    GtkWidget *widget; /* the row, a box */
    GtkWidget *start;  /* a box before the heading */
    GtkWidget *button; /* the heading, a toggle button: active while open */
    GtkWidget *title;  /* labels of the heading; empty ones are hidden */
    GtkWidget *subtitle;
    GtkWidget *problem;
    GtkWidget *end;     /* a box at the end of the heading */
    GtkWidget *content; /* a box, shown while open */
} WlExpander;

/* @mnemonic: the title with mnemonic, or NULL for a title that is set later. Closed. Free with
 * g_free(); the widgets live on in their container. */
WlExpander *wl_expander_new(const char *mnemonic);
void wl_expander_set_open(WlExpander *expander, gboolean open);
gboolean wl_expander_is_open(const WlExpander *expander);
void wl_expander_set_texts(WlExpander *expander, const char *title, const char *subtitle);
/* Marks the heading with an error while it is closed; NULL removes the mark. */
void wl_expander_set_problem(WlExpander *expander, const char *problem);

G_END_DECLS
