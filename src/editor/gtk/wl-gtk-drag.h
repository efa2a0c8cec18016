/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Drag and drop on a list, a vertical box, for GTK 3 and GTK 4: rows to reorder, and
 * files. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A new handle around @image by which @row is dragged. */
GtkWidget *wl_gtk_drag_handle_new(GtkWidget *row, GtkWidget *image);

typedef void (*WlGtkFileFunc)(GFile *file, gpointer user_data);
/* @row is to take the position of @place; NULL: the last position. */
typedef void (*WlGtkMoveFunc)(GtkWidget *row, GtkWidget *place, gpointer user_data);

/* Calls @on_file for each file that is dropped on @list and @on_move for each of its own rows. */
void wl_gtk_accept_drops(GtkWidget *list, WlGtkFileFunc on_file, WlGtkMoveFunc on_move,
                         gpointer user_data);
/* Neither is called any more. */
void wl_gtk_refuse_drops(GtkWidget *list);

G_END_DECLS
