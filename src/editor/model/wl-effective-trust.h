/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The trust level in effect for each peer, by the rules of the engine, and its reason as translated
 * text. Returned strings are owned by the caller. */

#include "wl-model-types.h"
#include "wl-profile.h"

G_BEGIN_DECLS

/* Whether no peer has a level set; only then are routers trusted automatically. */
gboolean wl_editor_model_is_trust_automatic(const WlEditorModel *model);

/* Whether the allowed IPs of @peer cover the network of this machine, which makes it a router that
 * may introduce members. */
gboolean wl_editor_model_is_router(const WlEditorModel *model, const WlEditorPeer *peer);

/* The level in effect for @peer, and a sentence with its reason: set in the profile, router, or
 * known peer. */
WlProfileTrust wl_editor_model_get_trust(const WlEditorModel *model, const WlEditorPeer *peer);
char *wl_editor_model_dup_trust_reason(const WlEditorModel *model, const WlEditorPeer *peer);

/* While any level is set: a warning that automatic trust is off, with the routers that lose their
 * trust. NULL otherwise. */
char *wl_editor_model_dup_trust_warning(const WlEditorModel *model);

/* The names of these routers, or NULL if there are none, and a change that gives each of them the
 * level that it had automatically. */
char *wl_editor_model_dup_lost_routers(const WlEditorModel *model);
void wl_editor_model_trust_routers(WlEditorModel *model);

G_END_DECLS
