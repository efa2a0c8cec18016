/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Adds phones, which run plain WireGuard, to the network of a hub. */

#include "wl-model-types.h"

G_BEGIN_DECLS

/* Whether this machine is a router, through which a phone can reach the network. */
gboolean wl_editor_phone_is_possible(const WlEditorModel *model);
/* "host:port" at which phones reach this machine, or NULL if the profile does not note it. */
const char *wl_editor_phone_get_endpoint(const WlEditorModel *model);
/* A name such as "phone" that no peer has. Owned by the caller. */
char *wl_editor_phone_suggest_name(const WlEditorModel *model);

/* Adds a phone called @name with a new key and the next free address as a peer. @endpoint: where it
 * reaches this machine ("host" or "host:port"), which the profile notes. Returns its wg-quick file,
 * which contains its private key and is kept nowhere: free it with wl_profile_wipe_free(). NULL
 * with *error (WL_PROFILE_ERROR, translated), and nothing changes, if that is not possible. */
char *wl_editor_phone_add(WlEditorModel *model, const char *name, const char *endpoint,
                          GError **error);

G_END_DECLS
