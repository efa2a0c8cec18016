/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Fields of the model as rows of boxed lists: label, input, error and hint. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlEditorForm WlEditorForm;

/* The fields of @peer, or of the profile if it is NULL. Both must outlive the form. */
WlEditorForm *wl_editor_form_new(WlEditorModel *model, WlEditorPeer *peer);
/* Disconnects the inputs; the rows live on in their lists. */
void wl_editor_form_free(WlEditorForm *form);

/* The following rows are appended to @list, a box. With @mnemonics, labels have a mnemonic; inside
 * what is closed at first they have none. */
void wl_editor_form_begin(WlEditorForm *form, GtkWidget *list, gboolean mnemonics);
/* The first problem of the rows of @list, with its label; NULL if there is none. Owned by the
 * caller. */
char *wl_editor_form_dup_problem(WlEditorForm *form, GtkWidget *list);

/* Shows the current state of the model. */
void wl_editor_form_refresh(WlEditorForm *form);

/* Each of these adds a row for @key; @hint is translated and may be NULL. */
GtkWidget *wl_editor_form_add_entry(WlEditorForm *form, const char *key, const char *placeholder,
                                    const char *hint);
/* A hidden entry with libnma's menu for the storage of the secret, kept in @key and "-flags", a
 * button that shows the text, and a button that calls @generate. */
GtkWidget *wl_editor_form_add_secret(WlEditorForm *form, const char *key, gboolean not_required,
                                     GCallback generate, gpointer user_data);
GtkWidget *wl_editor_form_add_switch(WlEditorForm *form, const char *key, const char *hint);
/* @words: the values, the first of which is the default; @titles: what the user sees. */
GtkWidget *wl_editor_form_add_choice(WlEditorForm *form, const char *key, const char *const *words,
                                     const char *const *titles, const char *hint);
/* The trust level of the peer, with a button that explains the levels. */
GtkWidget *wl_editor_form_add_trust(WlEditorForm *form);
/* Replaces the hint of a row that was added with one. */
void wl_editor_form_set_hint(WlEditorForm *form, const char *key, const char *hint);

/* Rows with any other widget as the input, in @line below the label or beside the label, which has
 * a mnemonic. */
void wl_editor_form_add_below(WlEditorForm *form, const char *label, GtkWidget *widget,
                              GtkWidget *line);
void wl_editor_form_add_beside(WlEditorForm *form, const char *label, GtkWidget *widget);
/* A row of any other widget alone. */
void wl_editor_form_add_widget(WlEditorForm *form, GtkWidget *widget);

G_END_DECLS
