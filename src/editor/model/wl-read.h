/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads the model; changes nothing. Returned const strings are never NULL unless stated, and valid
 * until the next change of the model. */

#include "wl-live.h"
#include "wl-model-types.h"

G_BEGIN_DECLS

const char *wl_editor_model_get_text(const WlEditorModel *model, const WlEditorPeer *peer,
                                     const char *key);
/* The problem of a field, one translated sentence that states cause and remedy, or NULL. */
const char *wl_editor_model_get_problem(const WlEditorModel *model, const WlEditorPeer *peer,
                                        const char *key);
/* The problem of the profile as a whole, or NULL. */
const char *wl_editor_model_get_general_problem(const WlEditorModel *model);
/* Whether there is no problem. Otherwise *@peer and *@key are the first field that has one; *@key
 * is NULL for a general problem. Both may be NULL. */
gboolean wl_editor_model_is_valid(const WlEditorModel *model, const WlEditorPeer **peer,
                                  const char **key);
/* Whether the model differs from the loaded profile. */
gboolean wl_editor_model_is_changed(const WlEditorModel *model);

/* vpn.persistent */
gboolean wl_editor_model_get_persistent(const WlEditorModel *model);
/* The public key in base64, or NULL without a valid private key. Owned by the caller. */
char *wl_editor_model_dup_public_key(const WlEditorModel *model);

guint wl_editor_model_get_n_peers(const WlEditorModel *model);
WlEditorPeer *wl_editor_model_get_peer(const WlEditorModel *model, guint position);
/* The peer with this public key, or NULL. */
WlEditorPeer *wl_editor_model_find_peer(const WlEditorModel *model, const char *public_key);
/* The position in the list; the peer must belong to @model. */
guint wl_editor_model_get_position(const WlEditorModel *model, const WlEditorPeer *peer);

/* The peer that was removed last and can come back, and the position it had; NULL: there is none.
 */
const WlEditorPeer *wl_editor_model_get_removed(const WlEditorModel *model, guint *position);

/* The state of the running service, or NULL. */
const WlEditorLive *wl_editor_model_get_live(const WlEditorModel *model);
/* The same of one peer, or NULL. */
const WlEditorLivePeer *wl_editor_model_get_live_peer(const WlEditorModel *model,
                                                      const WlEditorPeer *peer);

G_END_DECLS
