/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Inspects the widgets of a GTK 3 or GTK 4 window. */

#include <gtk/gtk.h>

/* The first visible widget of @type inside @widget, or NULL. */
GtkWidget *look_find(GtkWidget *widget, GType type);
/* The entry whose text begins with @text, or NULL. */
GtkWidget *look_find_entry(GtkWidget *widget, const char *text);
/* The visible entry with this text, or NULL. */
GtkWidget *look_find_entry_with(GtkWidget *widget, const char *text);
/* The toggle button with a label of this text, or NULL. */
GtkWidget *look_find_toggle(GtkWidget *widget, const char *text);
/* Presses the visible button with a label of this text, which must exist. */
void look_press(GtkWidget *widget, const char *text);
/* The visible window that is over @window, which must exist. */
GtkWidget *look_find_window_over(GtkWidget *window);
/* Waits for a visible label that begins with @text; at most a minute. */
GtkWidget *look_wait_for_label(GtkWidget *widget, const char *text);
/* No label of a Hebrew window is in English. */
void look_assert_no_english(GtkWidget *widget);
/* The window has @n mnemonics, and none is used twice. */
void look_assert_mnemonics(GtkWidget *widget, guint n);
/* The names and addresses of the rows of @list are aligned. */
void look_assert_columns(GtkWidget *list);
/* Texts contrast with the background of lists and pages by 4.5:1 or more, as WCAG 2.1 level AA
 * asks. */
void look_assert_contrast(GtkWidget *widget);
/* Scrolls the page so that @widget is at its top, or as near to it as possible. */
void look_scroll_to(GtkWidget *page, GtkWidget *widget);
