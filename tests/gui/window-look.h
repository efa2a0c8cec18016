/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Inspects the widgets of a GTK 3 or GTK 4 window. */

#include <gtk/gtk.h>

/* The first visible widget of @type inside @widget, or NULL. */
GtkWidget *look_find(GtkWidget *widget, GType type);
/* The toggle button with @label, or NULL. */
GtkWidget *look_find_named(GtkWidget *widget, const char *label);
/* No label of a Hebrew window is in English. */
void look_assert_no_english(GtkWidget *widget);
/* The window has @n mnemonics, and none is used twice. */
void look_assert_mnemonics(GtkWidget *widget, guint n);
/* The columns of its list, if there is one, are aligned. */
void look_assert_columns(GtkWidget *widget);
