/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What a peer may tell us, in words, and what applies where nothing is chosen. */

#include "wl-model.h"

G_BEGIN_DECLS

/* Translated: "Members", and what the level means in a sentence. UNSET is "Automatic". */
const char *wl_editor_trust_title(WlProfileTrust trust);
const char *wl_editor_trust_explanation(WlProfileTrust trust);

/* Whether no peer has a level chosen: the automatic rule believes routers by itself only then. */
gboolean wl_editor_model_is_trust_automatic(const WlEditorModel *model);

/* Whether @peer carries a network by the allowed IPs of the profile. */
gboolean wl_editor_model_is_router(const WlEditorModel *model, const WlEditorPeer *peer);

/* The level in effect for @peer, and a sentence that says why: it is chosen, the peer is a router,
 * it is a known peer. */
WlProfileTrust wl_editor_model_get_trust(const WlEditorModel *model, const WlEditorPeer *peer);
char *wl_editor_model_dup_trust_reason(const WlEditorModel *model, const WlEditorPeer *peer);

/* While a level is chosen somewhere: that the automatic rule is off by it, and which routers are no
 * longer believed. NULL while none is. */
char *wl_editor_model_dup_trust_warning(const WlEditorModel *model);

G_END_DECLS
