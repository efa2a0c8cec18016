/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Creates and changes the model. Each change checks the fields it may affect and then calls the
 * changed function once. */

#include "wl-live.h"
#include "wl-model-types.h"
#include "wl-profile.h"

G_BEGIN_DECLS

/* A new profile with defaults only. */
WlEditorModel *wl_editor_model_new(void);
/* Wipes the secrets. */
void wl_editor_model_free(WlEditorModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEditorModel, wl_editor_model_free)

/* @func is the only listener; it may read the model but not change it. NULL removes it. */
void wl_editor_model_set_changed_func(WlEditorModel *model, WlEditorChangedFunc func,
                                      gpointer user_data);
/* Calls the changed function; for the files of the model. */
void wl_editor_model_notify(WlEditorModel *model, WlEditorChange change);

void wl_editor_model_set_text(WlEditorModel *model, WlEditorPeer *peer, const char *key,
                              const char *text);
/* vpn.persistent */
void wl_editor_model_set_persistent(WlEditorModel *model, gboolean persistent);
void wl_editor_model_generate_key(WlEditorModel *model);
void wl_editor_model_generate_preshared_key(WlEditorModel *model, WlEditorPeer *peer);

/* Adds an empty peer at the end. */
WlEditorPeer *wl_editor_model_add_peer(WlEditorModel *model);
/* Takes the peer out of the list. The last one that was removed is kept, so that it can come back.
 */
void wl_editor_model_remove_peer(WlEditorModel *model, WlEditorPeer *peer);
/* Puts the peer that was removed last back in its place; NULL if there is none. */
WlEditorPeer *wl_editor_model_undo_remove(WlEditorModel *model);
/* Moves the peer to @position; a position past the end is the end. */
void wl_editor_model_move_peer(WlEditorModel *model, WlEditorPeer *peer, guint position);

/* The state of the running service; NULL: not available. Takes @live. */
void wl_editor_model_set_live(WlEditorModel *model, WlEditorLive *live);
/* The service runs, but this user may not read its state. */
void wl_editor_model_hide_live(WlEditorModel *model);
/* Adds a discovered member to the profile as a peer with @trust, and with the name and allowed IPs
 * that the service has accepted. NULL if the service knows no such member or it is a peer already.
 */
WlEditorPeer *wl_editor_model_trust_member(WlEditorModel *model, const char *public_key,
                                           WlProfileTrust trust);

G_END_DECLS
