/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The first steps of a new profile: a network is created with this machine as its hub, or joined
 * with the file that was made for this machine. Errors are of WL_PROFILE_ERROR, translated, and
 * name the remedy; nothing changes then. */

#include "wl-model-types.h"

G_BEGIN_DECLS

/* Private prefixes that other networks are unlikely to use, such as "10.97.31.0/24,
 * fd4a:91c2:7e03::/64". Owned by the caller. */
char *wl_editor_start_suggest_networks(void);
/* Makes this machine, called @name, the hub of a new network of @networks, which members reach at
 * @endpoint ("host" or "host:port"): with a new key, the first address and the port of @endpoint.
 */
gboolean wl_editor_start_create(WlEditorModel *model, const char *name, const char *endpoint,
                                const char *networks, GError **error);
/* Replaces the contents of the model with the .wirelink or wg-quick file at @path. */
gboolean wl_editor_start_join(WlEditorModel *model, const char *path, GError **error);

G_END_DECLS
