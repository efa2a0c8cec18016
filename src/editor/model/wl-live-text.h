/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The state of the running service as translated text. Returned strings are owned by the caller. */

#include "wl-live.h"
#include "wl-model-types.h"

G_BEGIN_DECLS

/* The state in a word or two, such as "Direct"; an unknown state as it is. */
const char *wl_editor_live_state_title(const char *state);
/* The engine's sentence @id with @arguments filled in; @english if this version does not know @id.
 */
char *wl_editor_live_sentence(const char *id, const char *const *arguments, const char *english);
/* The state with the round-trip time if it is known, such as "Direct, 2.1 ms". */
char *wl_editor_live_dup_state(const WlEditorLivePeer *peer);
/* The bytes that were received and sent; NULL if there were none. */
char *wl_editor_live_dup_traffic(const WlEditorLivePeer *peer);
/* The state and its reason. */
char *wl_editor_live_dup_summary(const WlEditorLivePeer *peer);
/* The facts that other members advertised about a member, a line each, limited in number; NULL if
 * there are none. */
char *wl_editor_live_dup_facts(const WlEditorLive *live, const char *public_key);

/* Why there is no live state, one sentence; NULL if there is. */
const char *wl_editor_model_get_live_note(const WlEditorModel *model);
/* The fields of the saved profile that take effect at the next activation, and why the saved
 * profile cannot be applied; each NULL if there is nothing to report. */
char *wl_editor_model_dup_pending(const WlEditorModel *model);
char *wl_editor_model_dup_profile_error(const WlEditorModel *model);
/* Why NetworkManager may not activate a connection of several users; NULL if it does. */
char *wl_editor_model_dup_users_warning(const WlEditorModel *model);

G_END_DECLS
