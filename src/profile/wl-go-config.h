/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The JSON of the Go daemon (docs/protocol.md 8): who the members are and what they are trusted,
 * but neither key nor address. Those are in the wg-quick file that belongs to it. */

#include "wl-format.h"

G_BEGIN_DECLS

/* Adds what the @length bytes at @text say to @file, which the wg-quick file gave. @name stands for
 * the text in errors and warnings, both "name: peers[0].Trust: sentence". @own_key is the own
 * public key: an entry of that key is about this member itself. What has no meaning here is kept as
 * notes
 * ("X-Go-...") with a warning in file->profile. On error @file is spoilt. */
gboolean wl_go_config_parse(const char *text, gsize length, const char *name, const char *own_key,
                            WlWgQuick *file, GError **error);

/* What the daemon would read, in a stable order; no secrets. @own_key may be NULL: without it the
 * own name is added to @losses. */
char *wl_go_config_format(const WlWgQuick *file, const char *own_key, WlLosses *losses);

G_END_DECLS
