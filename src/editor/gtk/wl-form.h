/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Fields of the model as rows of a grid: label, input, and below it what is wrong. */

#include <gtk/gtk.h>

#include "model/wl-model.h"

G_BEGIN_DECLS

typedef struct _WlEditorForm WlEditorForm;

/* @peer: whose fields they are, or NULL for those of the profile. Neither is owned. */
WlEditorForm *wl_editor_form_new(WlEditorModel *model, WlEditorPeer *peer);
/* The inputs do nothing any more; the grid stays with whoever holds it. */
void wl_editor_form_free(WlEditorForm *form);
GtkWidget *wl_editor_form_get_grid(WlEditorForm *form);

/* Shows what the model says now. */
void wl_editor_form_refresh(WlEditorForm *form);

/* Each adds a row; @hint, translated, is what to write or what it means, and may be NULL. */
GtkWidget *wl_editor_form_add_entry(WlEditorForm *form, const char *key, const char *placeholder,
                                    const char *hint);
/* A hidden entry with libnma's choice of who keeps the secret, kept in @key and "-flags", a box to
 * see it, and a button that makes a new one. */
GtkWidget *wl_editor_form_add_secret(WlEditorForm *form, const char *key, gboolean not_required,
                                     GCallback generate, gpointer user_data);
GtkWidget *wl_editor_form_add_check(WlEditorForm *form, const char *key, const char *hint);
/* @words: the values, the first of which is also what an empty field means; @titles for people. */
GtkWidget *wl_editor_form_add_choice(WlEditorForm *form, const char *key, const char *const *words,
                                     const char *const *titles, const char *hint);
/* The choice of what the peer may tell us. */
GtkWidget *wl_editor_form_add_trust(WlEditorForm *form, gboolean with_label);
/* Anything else in the place of an input; @label, with mnemonic, may be NULL. */
void wl_editor_form_add_labelled(WlEditorForm *form, const char *label, GtkWidget *widget);
/* Anything else, as wide as the grid. */
void wl_editor_form_add_widget(WlEditorForm *form, GtkWidget *widget);

G_END_DECLS
