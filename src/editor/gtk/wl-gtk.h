/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What GTK 3 and GTK 4 do differently, under one name. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What expands along the box gets what is left. */
void wl_gtk_box_append(GtkWidget *box, GtkWidget *child);
void wl_gtk_list_append(GtkWidget *list, GtkWidget *child);
/* Takes the row out and lets it go. */
void wl_gtk_list_remove(GtkWidget *list, GtkWidget *row);
/* Of a GtkScrolledWindow, GtkExpander, GtkListBoxRow or GtkFrame. */
void wl_gtk_set_child(GtkWidget *parent, GtkWidget *child);
/* GTK 3 shows nothing by itself. Not for what is to stay hidden: see gtk_widget_set_no_show_all().
 */
void wl_gtk_show(GtkWidget *widget);
/* Shows or hides @widget, whatever is shown around it later. */
void wl_gtk_set_shown(GtkWidget *widget, gboolean shown);

/* Of a GtkCheckButton. */
gboolean wl_gtk_get_active(GtkWidget *check);
void wl_gtk_set_active(GtkWidget *check, gboolean active);

/* Of a GtkEntry or GtkSearchEntry; setting the same text changes nothing, not even the cursor. */
const char *wl_gtk_get_text(GtkWidget *entry);
void wl_gtk_set_text(GtkWidget *entry, const char *text);

/* At the start of the line, broken where it is too long; NULL is "". */
GtkWidget *wl_gtk_label_new(const char *text);
/* Sets the text only if it is another. */
void wl_gtk_label_update(GtkWidget *label, const char *text);
GtkWidget *wl_gtk_icon_button_new(const char *icon, const char *name);
/* A bar of the theme's warning colour around @child. */
GtkWidget *wl_gtk_warning_bar_new(GtkWidget *child);
GtkWidget *wl_gtk_scrolled_new(GtkWidget *child, int min_height);
void wl_gtk_set_margins(GtkWidget *widget, int pixels);
void wl_gtk_add_class(GtkWidget *widget, const char *name);
void wl_gtk_set_class(GtkWidget *widget, const char *name, gboolean set);

/* What a screen reader says. */
void wl_gtk_set_name(GtkWidget *widget, const char *name);
void wl_gtk_set_description(GtkWidget *widget, const char *description);
/* @label names @widget, and its mnemonic leads there. */
void wl_gtk_set_label_of(GtkWidget *label, GtkWidget *widget);

void wl_gtk_copy(GtkWidget *widget, const char *text);

/* Once after it is made: has GTK 3 draw its arrow for the direction of the text. */
void wl_gtk_settle_expander(GtkWidget *expander);
/* Gives @widget the focus, and scrolls to it, as soon as it has got its place. */
void wl_gtk_focus_later(GtkWidget *widget);

/* wl-gtk-drag.c: what @row is dragged by. */
GtkWidget *wl_gtk_drag_handle_new(GtkWidget *row);
typedef void (*WlGtkFileFunc)(GFile *file, gpointer user_data);
/* @row is to take the place of another; NULL: to be the last. */
typedef void (*WlGtkMoveFunc)(GtkListBoxRow *row, GtkListBoxRow *place, gpointer user_data);
/* What is dropped on the list: each file, and rows of its own. */
void wl_gtk_accept_drops(GtkWidget *list, WlGtkFileFunc on_file, WlGtkMoveFunc on_move,
                         gpointer user_data);

void wl_gtk_refuse_drops(GtkWidget *list);

typedef void (*WlGtkDrawFunc)(cairo_t *cr, int width, int height, gpointer user_data);
GtkWidget *wl_gtk_drawing_new(int size, WlGtkDrawFunc func, gpointer user_data);

#if GTK_CHECK_VERSION(4, 0, 0)
#define WL_GTK_ALT GDK_ALT_MASK
#else
#define WL_GTK_ALT GDK_MOD1_MASK
#endif
/* TRUE if the key is dealt with. */
typedef gboolean (*WlGtkKeyFunc)(guint keyval, GdkModifierType state, gpointer user_data);
/* Keys that come by @widget while it or one of its children has the focus. */
void wl_gtk_on_key(GtkWidget *widget, WlGtkKeyFunc func, gpointer user_data);
/* That function, or the one that draws, is not called any more. */
void wl_gtk_detach(GtkWidget *widget);

G_END_DECLS
