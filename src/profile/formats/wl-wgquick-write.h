/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Writes .wirelink and wg-quick files. The texts are in a stable order and hold secrets: free them
 * with wl_profile_wipe_free(). */

#include "wl-profile-file.h"

G_BEGIN_DECLS

/* A .wirelink file. */
char *wl_wgquick_format(const WlProfileFile *file);
/* One [Peer] section of it, without an empty line before. */
char *wl_wgquick_format_peer(const WlProfilePeer *peer);
/* A file for wg-quick: the keys that wl_format_carries() there, and the first endpoint only. */
char *wl_wgquick_format_plain(const WlProfileFile *file);

G_END_DECLS
