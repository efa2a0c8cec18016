/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the fields are called. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

/* Translated, with the mnemonic's underscore; the key must have a field in the editor. */
const char *wl_editor_label(WlKeyScope scope, const char *key);
/* Without it, for messages; a key without field is itself. */
char *wl_editor_label_dup_plain(WlKeyScope scope, const char *key);

G_END_DECLS
