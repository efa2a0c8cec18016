/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The inside of the model, for the files that make it. */

#include "wl-model.h"
#include "wl-profile-keys.h"

G_BEGIN_DECLS

typedef struct {
    char *text;     /* as it stands in the entry; secrets are wiped */
    char *original; /* as it was loaded */
    char *problem;  /* with the text itself */
    char *conflict; /* with other fields */
} WlEditorField;

/* The fields of one structure: a row of the table of keys each, in its order. */
typedef struct {
    WlKeyScope scope;
    WlEditorField *fields; /* as many as there are keys; those of other scopes are not used */
    gpointer parsed;       /* WlProfile or WlProfilePeer: the fields that are right, else empty */
} WlEditorFields;

struct _WlEditorPeer {
    WlEditorFields fields;
    guint number;           /* <n> of peer-<n>-... as it is to be saved; 0: a new one */
    guint loaded_number;    /* the same as it is stored, by which the service calls it */
    GHashTable *other_data; /* what wirelink does not know: key without peer-<n>- to value */
    GHashTable *other_secrets;
};

struct _WlEditorModel {
    WlEditorFields fields;
    GPtrArray *peers;        /* of WlEditorPeer */
    GPtrArray *loaded_order; /* the same when loaded, only to be compared */
    gboolean persistent, loaded_persistent;
    char *version;         /* wirelink-version where it is not 1 */
    char *general_problem; /* or NULL */
    WlEditorLive *live;
    gboolean live_is_hidden;
    WlEditorChangedFunc changed;
    gpointer changed_data;
};

/* wl-fields.c */
void wl_editor_fields_init(WlEditorFields *fields, WlKeyScope scope);
void wl_editor_fields_clear(WlEditorFields *fields);
/* The row of @key; it must exist. */
guint wl_editor_fields_row(const WlEditorFields *fields, const char *key);
WlEditorField *wl_editor_fields_get(const WlEditorFields *fields, const char *key);
/* Sets the text and looks whether it is right. FALSE if it is the same. */
gboolean wl_editor_fields_set(WlEditorFields *fields, guint row, const char *text);
/* What is there now is what was loaded. */
void wl_editor_fields_settle(WlEditorFields *fields);
gboolean wl_editor_fields_are_changed(const WlEditorFields *fields);
gboolean wl_editor_fields_is_changed(const WlEditorFields *fields, const char *key);
/* The first key with a problem, or NULL. */
const char *wl_editor_fields_first_problem(const WlEditorFields *fields);
/* The text as it is to be written: as it was loaded, or in its canonical form; NULL: not at all.
 * To be freed with wl_profile_wipe_free(). */
char *wl_editor_fields_dup_value(const WlEditorFields *fields, guint row);

/* wl-model.c */
WlEditorPeer *wl_editor_peer_new(void);
void wl_editor_model_notify(WlEditorModel *model, WlEditorChange change);

/* wl-check.c: all that concerns several fields. */
void wl_editor_model_check(WlEditorModel *model);
/* Whether a change of @key can change that. */
gboolean wl_editor_key_is_checked(const char *key);

#define wl_editor_profile(model) ((const WlProfile *) (model)->fields.parsed)
#define wl_editor_peer_of(peer)  ((const WlProfilePeer *) (peer)->fields.parsed)

G_END_DECLS
