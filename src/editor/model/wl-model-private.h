/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The structs behind the model. Private to this folder.
 *
 * wl-model.c and wl-setting.c change them, wl-check.c writes the problems, everything else reads.
 */

#include "wl-fields.h"
#include "wl-live.h"
#include "wl-model-types.h"

G_BEGIN_DECLS

struct _WlEditorPeer {
    WlEditorFields fields;
    guint number;           /* <n> of peer-<n>-... when saved; 0: not assigned yet */
    guint loaded_number;    /* the same as loaded, which the service uses; 0: a new peer */
    GHashTable *other_data; /* unknown keys of vpn.data, without peer-<n>-, and their values */
    GHashTable *other_secrets;
};

struct _WlEditorModel {
    WlEditorFields fields;
    GPtrArray *peers;      /* of WlEditorPeer, owned */
    WlEditorPeer *removed; /* the last that was removed, owned, or NULL */
    guint removed_position;
    GPtrArray *loaded_order; /* the peers as loaded, compared by address only; NULL: removed */
    gboolean persistent, loaded_persistent;
    guint n_users;          /* that may use the connection; 0: all */
    GHashTable *other_data; /* unknown keys of vpn.data and their values, as those of a peer */
    char *version;          /* wirelink-version, quoted, if it is not 1 */
    char *general_problem;  /* translated, or NULL */
    WlEditorLive *live;     /* NULL: not available */
    gboolean live_is_hidden;
    WlEditorChangedFunc changed;
    gpointer changed_data;
};

/* Frees the removed peer, which cannot come back then. */
void wl_editor_model_forget_removed(WlEditorModel *model);

#define wl_editor_profile(model) ((const WlProfile *) (model)->fields.parsed)
#define wl_editor_peer_of(peer)  ((const WlProfilePeer *) (peer)->fields.parsed)

G_END_DECLS
