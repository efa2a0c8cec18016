/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The texts of the fields of a profile or a peer, and the problem each has by itself. Private to
 * this folder.
 *
 * A set of fields owns its texts, wipes the secrets among them, and keeps the values of the valid
 * ones parsed. Only wl-fields.c writes texts and problems, and only wl-check.c conflicts. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

typedef struct {
    char *text;     /* as in the entry; secrets are wiped when freed */
    char *original; /* as loaded */
    char *problem;  /* of the text by itself, translated, or NULL */
    char *conflict; /* with other fields, translated, or NULL */
} WlEditorField;

/* One field for each row of the key table, in the order of the table. */
typedef struct {
    WlKeyScope scope;
    WlEditorField *fields; /* rows of other scopes are unused */
    gpointer parsed;       /* WlProfile or WlProfilePeer; fields with a problem have the default */
} WlEditorFields;

/* All fields empty. */
void wl_editor_fields_init(WlEditorFields *fields, WlKeyScope scope);
void wl_editor_fields_clear(WlEditorFields *fields);

/* The row of @key, which must be in the table. */
guint wl_editor_fields_row(const WlEditorFields *fields, const char *key);
WlEditorField *wl_editor_fields_get(const WlEditorFields *fields, const char *key);

/* Sets the text and checks it. FALSE if the text is the same as before. */
gboolean wl_editor_fields_set(WlEditorFields *fields, guint row, const char *text);
/* Makes the current texts the loaded ones. */
void wl_editor_fields_settle(WlEditorFields *fields);
gboolean wl_editor_fields_are_changed(const WlEditorFields *fields);
gboolean wl_editor_fields_is_changed(const WlEditorFields *fields, const char *key);
/* The first key with a problem or conflict, or NULL. */
const char *wl_editor_fields_first_problem(const WlEditorFields *fields);
/* The text to save: as loaded if it is unchanged, else in canonical form; NULL if the key is not to
 * be saved. Free with wl_profile_wipe_free(). */
char *wl_editor_fields_dup_value(const WlEditorFields *fields, guint row);

G_END_DECLS
