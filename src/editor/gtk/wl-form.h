/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Fields of the model as rows of a grid: label, input, error and hint. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlEditorForm WlEditorForm;

/* The fields of @peer, or of the profile if it is NULL. Both must outlive the form. */
WlEditorForm *wl_editor_form_new(WlEditorModel *model, WlEditorPeer *peer);
/* Disconnects the inputs; the grid lives on in its container. */
void wl_editor_form_free(WlEditorForm *form);
GtkWidget *wl_editor_form_get_grid(WlEditorForm *form);

/* Shows the current state of the model. */
void wl_editor_form_refresh(WlEditorForm *form);

/* Each of these adds a row for @key; @hint is translated and may be NULL. */
GtkWidget *wl_editor_form_add_entry(WlEditorForm *form, const char *key, const char *placeholder,
                                    const char *hint);
/* A hidden entry with libnma's menu for the storage of the secret, kept in @key and "-flags", a
 * check button that shows the text, and a button that calls @generate. */
GtkWidget *wl_editor_form_add_secret(WlEditorForm *form, const char *key, gboolean not_required,
                                     GCallback generate, gpointer user_data);
GtkWidget *wl_editor_form_add_check(WlEditorForm *form, const char *key, const char *hint);
/* @words: the values, the first of which is the default; @titles: what the user sees. */
GtkWidget *wl_editor_form_add_choice(WlEditorForm *form, const char *key, const char *const *words,
                                     const char *const *titles, const char *hint);
/* The trust level of the peer. */
GtkWidget *wl_editor_form_add_trust(WlEditorForm *form, gboolean with_label);

/* Adds any other widget as an input; @label, with mnemonic, may be NULL. */
void wl_editor_form_add_labeled(WlEditorForm *form, const char *label, GtkWidget *widget);
/* Adds any other widget across the grid. */
void wl_editor_form_add_widget(WlEditorForm *form, GtkWidget *widget);

G_END_DECLS
