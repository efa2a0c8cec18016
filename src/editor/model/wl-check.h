/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Checks what concerns several fields: everything that wl_profile_check() refuses, but all problems
 * at once and each at its fields. Private to this folder. */

#include "wl-model-types.h"

G_BEGIN_DECLS

/* Updates the conflicts of all fields and the general problem. */
void wl_editor_model_check(WlEditorModel *model);
/* Whether a change of @key can change the result. */
gboolean wl_editor_key_is_checked(const char *key);

G_END_DECLS
