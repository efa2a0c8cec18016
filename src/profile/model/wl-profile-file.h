/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The contents of a profile file: the profile, and what NetworkManager keeps in other settings of
 * the connection. Readers create it, writers take it; the caller owns it. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* Unknown keys with this prefix are notes of a tool; readers keep them without a warning. */
#define WL_PROFILE_NOTE "X-"

#define WL_PROFILE_TABLE_AUTO 0
#define WL_PROFILE_TABLE_OFF  G_MAXUINT32

typedef struct {
    WlProfile *profile;
    GPtrArray *dns;           /* of char *: addresses of servers, and search domains */
    guint32 table;            /* routing table, or one of the two above */
    gboolean has_listen_port; /* the file sets the listen port, possibly to 0 */
} WlProfileFile;

WlProfileFile *wl_profile_file_new(void);
/* Wipes the secrets. */
void wl_profile_file_free(WlProfileFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileFile, wl_profile_file_free)

G_END_DECLS
