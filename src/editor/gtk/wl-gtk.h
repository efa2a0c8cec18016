/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The differences between GTK 3 and GTK 4, behind common names. New widgets are floating, as GTK
 * returns them; NULL texts are "". */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Children that expand along the box share the remaining space. */
void wl_gtk_box_append(GtkWidget *box, GtkWidget *child);
/* Makes @child the one at @position, after @previous, which is NULL for the first. */
void wl_gtk_box_place(GtkWidget *box, GtkWidget *child, GtkWidget *previous, guint position);
void wl_gtk_box_remove(GtkWidget *box, GtkWidget *child);
/* The visible child of a vertical @box at @y, or NULL. */
GtkWidget *wl_gtk_box_child_at(GtkWidget *box, double y);
/* @parent is a GtkScrolledWindow, GtkButton or GtkFrame. */
void wl_gtk_set_child(GtkWidget *parent, GtkWidget *child);
/* Shows @widget and its children, which GTK 4 does by itself; not what wl_gtk_set_shown() hid. */
void wl_gtk_show(GtkWidget *widget);
/* Shows or hides @widget, and keeps it so when its parents are shown later. */
void wl_gtk_set_shown(GtkWidget *widget, gboolean shown);

/* Adds the style sheet @css to @display. */
void wl_gtk_add_style(GdkDisplay *display, GtkCssProvider *provider, const char *css);

/* An icon of the theme. */
GtkWidget *wl_gtk_image_new(const char *icon);
void wl_gtk_set_icon(GtkWidget *image, const char *icon);

/* A list of which one item is chosen, initially the first; @titles ends with NULL. */
GtkWidget *wl_gtk_choice_new(const char *const *titles);
/* The number of the chosen item, -1 if none is. */
int wl_gtk_choice_get(GtkWidget *choice);
void wl_gtk_choice_set(GtkWidget *choice, int number);
/* Calls @func each time another item is chosen, by the user or by wl_gtk_choice_set(); until
 * g_signal_handlers_disconnect_by_data(). */
typedef void (*WlGtkChoiceFunc)(GtkWidget *choice, gpointer user_data);
void wl_gtk_choice_on_changed(GtkWidget *choice, WlGtkChoiceFunc func, gpointer user_data);

/* @entry is a GtkEntry or GtkSearchEntry. Setting the same text does not move the cursor. */
const char *wl_gtk_get_text(GtkWidget *entry);
void wl_gtk_set_text(GtkWidget *entry, const char *text);

/* A label aligned to the start that wraps long lines. */
GtkWidget *wl_gtk_label_new(const char *text);
/* A label for a few words at the end of a row: as wide as its text, up to a limit, and never broken
 * inside a word. */
GtkWidget *wl_gtk_end_label_new(void);
void wl_gtk_end_label_update(GtkWidget *label, const char *text);
/* Sets the text if it differs. */
void wl_gtk_label_update(GtkWidget *label, const char *text);
/* @name is the tooltip and the accessible name. */
GtkWidget *wl_gtk_icon_button_new(const char *icon, const char *name);
/* A button that shows @child, which explains something, in a bubble. */
GtkWidget *wl_gtk_info_button_new(const char *name, GtkWidget *child);
/* A bar around @child that stands out as a warning. */
GtkWidget *wl_gtk_warning_bar_new(GtkWidget *child);
/* @min_height in pixels. */
GtkWidget *wl_gtk_scrolled_new(GtkWidget *child, int min_height);
void wl_gtk_set_margins(GtkWidget *widget, int pixels);
void wl_gtk_add_class(GtkWidget *widget, const char *name);
void wl_gtk_set_class(GtkWidget *widget, const char *name, gboolean set);

/* Accessible name and description. */
void wl_gtk_set_name(GtkWidget *widget, const char *name);
void wl_gtk_set_description(GtkWidget *widget, const char *description);
/* Makes @label the accessible name of @widget and its mnemonic activate it. */
void wl_gtk_set_label_of(GtkWidget *label, GtkWidget *widget);

/* The position @y of @widget in @ancestor, in pixels. */
double wl_gtk_translate_y(GtkWidget *widget, GtkWidget *ancestor, double y);
/* Copies @text to the clipboard. */
void wl_gtk_copy(GtkWidget *widget, const char *text);

/* Tells screen readers whether what @widget opens is open. */
void wl_gtk_set_expanded(GtkWidget *widget, gboolean expanded);
/* Makes the placeholder of @entry as readable as other texts. */
void wl_gtk_strengthen_placeholder(GtkWidget *entry);
/* Focuses @widget and scrolls to it once its size is allocated. */
void wl_gtk_focus_later(GtkWidget *widget);

/* A square drawing area of @size pixels. */
typedef void (*WlGtkDrawFunc)(cairo_t *cr, int width, int height, gpointer user_data);
GtkWidget *wl_gtk_drawing_new(int size, WlGtkDrawFunc func, gpointer user_data);

#if GTK_CHECK_VERSION(4, 0, 0)
#define WL_GTK_ALT GDK_ALT_MASK
#else
#define WL_GTK_ALT GDK_MOD1_MASK
#endif
/* TRUE if the key was handled. */
typedef gboolean (*WlGtkKeyFunc)(guint keyval, GdkModifierType state, gpointer user_data);
/* Calls @func for keys that @widget or one of its children receives. */
void wl_gtk_on_key(GtkWidget *widget, WlGtkKeyFunc func, gpointer user_data);
/* Stops calling the key or draw function of @widget. */
void wl_gtk_detach(GtkWidget *widget);

G_END_DECLS
