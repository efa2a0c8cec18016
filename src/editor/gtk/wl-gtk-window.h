/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Windows over that of the editor, for GTK 3 and GTK 4. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A modal window of @width pixels over that of @parent. */
GtkWidget *wl_gtk_window_new(GtkWidget *parent, const char *title, int width);
/* Puts both into the title bar, in place of the button that closes the window. */
void wl_gtk_window_set_buttons(GtkWidget *window, GtkWidget *start, GtkWidget *end);
/* Destroys @old, the child of @window, and takes @child instead. */
void wl_gtk_window_replace_child(GtkWidget *window, GtkWidget *old, GtkWidget *child);
void wl_gtk_window_present(GtkWidget *window);
void wl_gtk_window_destroy(GtkWidget *window);

/* Lets the user choose a file, and calls @on_file unless that is canceled. @self is the dialog
 * until then; @pattern is of the files that are shown first, and @name their name. */
void wl_gtk_choose_file(GtkNativeDialog **self, GtkWidget *parent, const char *title,
                        const char *name, const char *const *patterns,
                        void (*on_file)(GFile *file, gpointer user_data), gpointer user_data);

/* Closes the dialog without a choice; NULL is allowed. */
void wl_gtk_cancel_choice(GtkNativeDialog *self);

G_END_DECLS
