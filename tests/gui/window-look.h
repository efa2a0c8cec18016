/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Looks at what stands in a window, of GTK 3 or GTK 4. */

#include <gtk/gtk.h>

/* The first widget of @type below @widget that is on the screen, or NULL. */
GtkWidget *look_find(GtkWidget *widget, GType type);
/* The toggle button with @label, or NULL. */
GtkWidget *look_find_named(GtkWidget *widget, const char *label);
/* For a window in Hebrew. */
void look_assert_no_english(GtkWidget *widget);
/* There are @n keys with Alt, and none does two things. */
void look_assert_mnemonics(GtkWidget *widget, guint n);
/* What stands in the rows of its list, if there is one, stands one below the other. */
void look_assert_columns(GtkWidget *widget);
