/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The model from and to the vpn setting of a connection. */

#include <NetworkManager.h>

#include "wl-model-types.h"

G_BEGIN_DECLS

/* Loads the vpn setting of @connection. Loading never fails: invalid values become the texts of
 * their fields. A connection without vpn.data is a new profile. */
void wl_editor_model_load(WlEditorModel *model, NMConnection *connection);

/* Replaces the vpn setting of @connection with a copy that holds the edited profile; keys that
 * wirelink does not know are kept. On error @connection is unchanged, and the error
 * (NM_CONNECTION_ERROR) is a sentence that names the peer and the field. */
gboolean wl_editor_model_apply(WlEditorModel *model, NMConnection *connection, GError **error);

G_END_DECLS
