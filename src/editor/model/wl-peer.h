/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* One peer of the model: its titles, and whether it has an error or matches a search. Returned
 * strings are owned by the caller. */

#include "wl-model-types.h"
#include "wl-profile.h"

G_BEGIN_DECLS

/* An empty peer, to be added to a model; for the files of the model. */
WlEditorPeer *wl_editor_peer_new(void);
/* The same with the contents of @source. */
WlEditorPeer *wl_editor_peer_new_from(const WlProfilePeer *source);
/* Wipes the secrets. */
void wl_editor_peer_free(WlEditorPeer *peer);

/* The title of a peer: its name, else the first characters of its key, else "New Peer". */
char *wl_editor_peer_dup_title(const WlEditorPeer *peer);
/* The first characters of the public key, or "". */
char *wl_editor_peer_dup_short_key(const WlEditorPeer *peer);
/* The address that reaches the peer inside the network: the first of its allowed IPs that is a
 * single address, else @live (may be NULL, ""), else the first network that it routes, else "". */
char *wl_editor_peer_dup_address(const WlEditorPeer *peer, const char *live);
/* Whether any field has a problem. */
gboolean wl_editor_peer_has_problem(const WlEditorPeer *peer);
/* Its first problem with the label of the field, or NULL. */
char *wl_editor_peer_dup_problem(const WlEditorPeer *peer);
/* Whether each word of @search occurs in the name, key, endpoints, allowed IPs or trust level,
 * regardless of case. */
gboolean wl_editor_peer_matches(const WlEditorPeer *peer, const char *search);

G_END_DECLS
