/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads the JSON file of the Go daemon (docs/protocol.md 8): the members and their trust, but
 * neither a private key nor an address. Those are in the wg-quick file beside it. */

#include "wl-profile-file.h"

G_BEGIN_DECLS

/* Adds the @length bytes at @text to @file, which was read from the wg-quick file. @name is the
 * name of the text in errors and warnings, both "name: peers[0].Trust: sentence". @own_key is the
 * public key of this member; its entry describes this member. Keys without a meaning in a profile
 * are kept as notes ("X-Go-...") with a warning. After an error @file must only be freed. */
gboolean wl_go_config_parse(const char *text, gsize length, const char *name, const char *own_key,
                            WlProfileFile *file, GError **error);

G_END_DECLS
