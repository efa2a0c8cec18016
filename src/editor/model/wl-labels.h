/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The labels of the fields and the titles of the trust levels, translated. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

/* With the underscore of the mnemonic; an unknown key is its own label. */
const char *wl_editor_label(WlKeyScope scope, const char *key);
/* @label without the underscore; owned by the caller. */
char *wl_editor_label_strip(const char *label);
/* The label of a field without the underscore, for messages; owned by the caller. */
char *wl_editor_label_dup_plain(WlKeyScope scope, const char *key);

/* A title such as "Members", and a sentence that explains the level. UNSET is "Automatic". */
const char *wl_editor_trust_title(WlProfileTrust trust);
const char *wl_editor_trust_explanation(WlProfileTrust trust);

G_END_DECLS
