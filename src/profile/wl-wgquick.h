/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The .wirelink file: the syntax of wg-quick with a section [Wirelink]. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* What tools note in a file for themselves begins so: kept as other unknown keys are, and nobody is
 * warned of it. */
#define WL_WGQUICK_NOTE "X-"

#define WL_WGQUICK_TABLE_AUTO 0
#define WL_WGQUICK_TABLE_OFF  G_MAXUINT32

/* What a file says: a profile, and what NetworkManager keeps in other settings. */
typedef struct {
    WlProfile *profile;
    GPtrArray *dns;           /* of char *: addresses of servers, and search domains */
    guint32 table;            /* routing table, or one of the two above */
    gboolean has_listen_port; /* the file says which, be it 0 */
} WlWgQuick;

WlWgQuick *wl_wgquick_new(void);
void wl_wgquick_free(WlWgQuick *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlWgQuick, wl_wgquick_free)

/* Reads the @length bytes at @text. @name stands for the file in errors and in the warnings of the
 * profile, both "name:line: Key: sentence". */
WlWgQuick *wl_wgquick_parse(const char *text, gsize length, const char *name, GError **error);

/* The same for a file that wg-quick itself reads: there need be no [Wirelink], and commands (PostUp
 * and its like) are left out with a warning. One without peers is not checked wholly: call
 * wl_profile_check() before it is used as a profile. */
WlWgQuick *wl_wgquick_parse_plain(const char *text, gsize length, const char *name, GError **error);

/* The file as text, in a stable order. Holds secrets: free it with wl_profile_wipe_free(). */
char *wl_wgquick_format(const WlWgQuick *file);

/* One [Peer] of it, without an empty line before it; to be freed in the same way. */
char *wl_wgquick_format_peer(const WlProfilePeer *peer);
/* The file as wg-quick reads it: what wl_format_carries() there, and the first endpoint alone. */
char *wl_wgquick_format_plain(const WlWgQuick *file);

/* The bytes of the file at @path, at most WL_PROFILE_MAX_FILE of them, and a zero behind them. Only
 * regular files are read. Free it with wl_wgquick_wipe(). */
char *wl_wgquick_load(const char *path, gsize *length, GError **error);
/* Overwrites and frees what wl_wgquick_load() gave; NULL is fine. */
void wl_wgquick_wipe(char *text, gsize length);

/* Makes the file at @path, with the mode 0600, or replaces it in one step. One of more than
 * WL_PROFILE_MAX_FILE bytes, which could not be read again, is an error. */
gboolean wl_wgquick_write(const WlWgQuick *file, const char *path, GError **error);

G_END_DECLS
