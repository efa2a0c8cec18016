/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Adds peers from a file that is dropped on the list of peers. */

#include "wl-model-types.h"

G_BEGIN_DECLS

/* Adds the peers of a .wirelink, wg-quick or WireHub file, except this machine and those already in
 * the model. @name is the name of the file in errors. *@n_added and *@n_known count the peers that
 * were added and skipped; both may be NULL. Nothing changes on error (WL_PROFILE_ERROR). */
gboolean wl_editor_model_add_from_text(WlEditorModel *model, const char *text, gsize length,
                                       const char *name, guint *n_added, guint *n_known,
                                       GError **error);
/* The same for the file at @path. */
gboolean wl_editor_model_add_from_file(WlEditorModel *model, const char *path, guint *n_added,
                                       guint *n_known, GError **error);

G_END_DECLS
