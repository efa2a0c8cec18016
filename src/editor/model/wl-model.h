/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A profile as it is being edited: what stands in each field, be it right or wrong, and what is
 * wrong with it. No toolkit: the GTK 3 and GTK 4 editors show it, the tests drive it.
 *
 * Fields are named as in vpn.data and vpn.secrets ("address", "private-key"), those of a peer
 * without its number ("allowed-ips"); @peer is NULL for fields of the profile. Texts are never
 * NULL. A peer is valid until it is removed. */

#include <NetworkManager.h>

#include "wl-live.h"
#include "wl-profile.h"

G_BEGIN_DECLS

typedef struct _WlEditorModel WlEditorModel;
typedef struct _WlEditorPeer WlEditorPeer;

typedef enum {
    WL_EDITOR_CHANGE_FIELD = 1 << 0, /* a text, and problems with it */
    WL_EDITOR_CHANGE_PEERS = 1 << 1, /* which peers there are, or their order */
    WL_EDITOR_CHANGE_LIVE = 1 << 2,  /* what the service says */
} WlEditorChange;

typedef void (*WlEditorChangedFunc)(WlEditorModel *model, WlEditorChange change,
                                    gpointer user_data);

/* A profile to be: nothing in it but what every new one has. */
WlEditorModel *wl_editor_model_new(void);
/* Wipes the secrets. */
void wl_editor_model_free(WlEditorModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEditorModel, wl_editor_model_free)

/* One listener; it may call the model, but not change it. */
void wl_editor_model_set_changed_func(WlEditorModel *model, WlEditorChangedFunc func,
                                      gpointer user_data);

/* Takes what @connection says, however wrong it is; a connection without vpn.data is a new one. */
void wl_editor_model_load(WlEditorModel *model, NMConnection *connection);

/* Writes the profile into a copy of the vpn setting of @connection, which then replaces it; what
 * wirelink does not know of it is kept. On error @connection is as before, and the error
 * (NM_CONNECTION_ERROR) is a sentence that names the peer and the field. */
gboolean wl_editor_model_apply(WlEditorModel *model, NMConnection *connection, GError **error);

const char *wl_editor_model_get_text(const WlEditorModel *model, const WlEditorPeer *peer,
                                     const char *key);
void wl_editor_model_set_text(WlEditorModel *model, WlEditorPeer *peer, const char *key,
                              const char *text);
/* What is wrong with a field, one sentence that says what would be right; NULL if nothing is. */
const char *wl_editor_model_get_problem(const WlEditorModel *model, const WlEditorPeer *peer,
                                        const char *key);
/* What is wrong with the profile as a whole, or NULL. */
const char *wl_editor_model_get_general_problem(const WlEditorModel *model);
/* Whether nothing is wrong anywhere. If not, *@peer and *@key are the first field with a problem,
 * and *@key is NULL if it is a general one. Both may be NULL. */
gboolean wl_editor_model_is_valid(const WlEditorModel *model, const WlEditorPeer **peer,
                                  const char **key);
/* Whether something differs from what was loaded. */
gboolean wl_editor_model_is_changed(const WlEditorModel *model);

/* vpn.persistent */
gboolean wl_editor_model_get_persistent(const WlEditorModel *model);
void wl_editor_model_set_persistent(WlEditorModel *model, gboolean persistent);

/* Keys. Public keys are base64; NULL where the private key is none. */
void wl_editor_model_generate_key(WlEditorModel *model);
char *wl_editor_model_dup_public_key(const WlEditorModel *model);
void wl_editor_model_generate_preshared_key(WlEditorModel *model, WlEditorPeer *peer);

guint wl_editor_model_get_n_peers(const WlEditorModel *model);
WlEditorPeer *wl_editor_model_get_peer(const WlEditorModel *model, guint position);
/* By public key, or NULL. */
WlEditorPeer *wl_editor_model_find_peer(const WlEditorModel *model, const char *public_key);
/* Its place in the list; the peer must be one of @model. */
guint wl_editor_model_get_position(const WlEditorModel *model, const WlEditorPeer *peer);
/* An empty one at the end. */
WlEditorPeer *wl_editor_model_add_peer(WlEditorModel *model);
void wl_editor_model_remove_peer(WlEditorModel *model, WlEditorPeer *peer);
/* To be at @position; past the end is the end. */
void wl_editor_model_move_peer(WlEditorModel *model, WlEditorPeer *peer, guint position);

/* Adds the peers that a file knows, but not this machine and those that are there already. Takes
 * .wirelink, wg-quick and WireHub files; @name stands for the file in errors. *@n_added and
 * *@n_known, how many were added and how many were not, may be NULL. Nothing changes on error. */
gboolean wl_editor_model_add_from_text(WlEditorModel *model, const char *text, gsize length,
                                       const char *name, guint *n_added, guint *n_known,
                                       GError **error);
/* The same with the file at @path. */
gboolean wl_editor_model_add_from_file(WlEditorModel *model, const char *path, guint *n_added,
                                       guint *n_known, GError **error);

/* What to call it: its name, else the first characters of its key, else "New peer". */
char *wl_editor_peer_dup_title(const WlEditorPeer *peer);
/* The first characters of its public key, or "". */
char *wl_editor_peer_dup_short_key(const WlEditorPeer *peer);
/* Whether any of its fields has a problem. */
gboolean wl_editor_peer_has_problem(const WlEditorPeer *peer);
/* Whether name, key, endpoint, allowed IP or trust has every word of @search in it, in whatever
 * case. */
gboolean wl_editor_peer_matches(const WlEditorPeer *peer, const char *search);

/* What the running service says; NULL: it says nothing. Takes @live. */
void wl_editor_model_set_live(WlEditorModel *model, WlEditorLive *live);
const WlEditorLive *wl_editor_model_get_live(const WlEditorModel *model);
/* It runs, but this user may not see what it says. */
void wl_editor_model_hide_live(WlEditorModel *model);
/* Why there is no live part, one sentence, translated; NULL where there is one. */
const char *wl_editor_model_get_live_note(const WlEditorModel *model);
/* What the service cannot take of the profile as it is stored, translated, the fields called as in
 * the editor: those that wait until it is brought up again, and why it could not run. NULL:
 * nothing.
 */
char *wl_editor_model_dup_waiting(const WlEditorModel *model);
char *wl_editor_model_dup_profile_error(const WlEditorModel *model);
/* What it says of a peer, or NULL. */
const WlEditorLivePeer *wl_editor_model_get_live_peer(const WlEditorModel *model,
                                                      const WlEditorPeer *peer);
/* Makes a member that others told of one of the profile, with the name and addresses that are
 * believed of it, and gives it @trust. The peer, or NULL if the service knows no such member. */
WlEditorPeer *wl_editor_model_trust_member(WlEditorModel *model, const char *public_key,
                                           WlProfileTrust trust);

G_END_DECLS
