/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A modal window with a few entries and one action, as a step of a wizard. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _WlDialog WlDialog;

/* The action; FALSE with *error, which the window shows, if that is not possible. */
typedef gboolean (*WlDialogFunc)(WlDialog *dialog, gpointer user_data, GError **error);

/* A window over that of @parent, with the translated @title and a button with the mnemonic @action
 * that calls @apply and then closes the window. *@self becomes the dialog, and NULL when it is
 * closed; @user_data is freed with @free_data then. */
void wl_dialog_open(WlDialog **self, GtkWidget *parent, const char *title, const char *action,
                    WlDialogFunc apply, gpointer user_data, GDestroyNotify free_data);
/* NULL is allowed. */
void wl_dialog_close(WlDialog *dialog);

/* Appends a sentence. */
void wl_dialog_add_text(WlDialog *dialog, const char *text);
/* Appends an entry with a mnemonic label; @hint may be NULL. */
GtkWidget *wl_dialog_add_entry(WlDialog *dialog, const char *label, const char *text,
                               const char *hint);
/* Replaces what was appended by @content and both buttons by "Done", which closes the window.
 * To be called by the action, after which the window stays open. */
void wl_dialog_finish(WlDialog *dialog, GtkWidget *content);
/* Shows the window, and focuses @first. */
void wl_dialog_show(WlDialog *dialog, GtkWidget *first);

G_END_DECLS
