/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* NetworkManager connections from and to profile files. */

#include <NetworkManager.h>

#include "wl-profile.h"

G_BEGIN_DECLS

/* Reads the file at @path into a new connection, ready to be added to NetworkManager: see
 * wl-profile-file.c for what it fills in. Errors name file, line and key. */
NMConnection *wl_profile_import(const char *path, GError **error);

/* Writes @connection to the file at @path with mode 0600, replacing a file that is there. Secrets
 * are written where @connection has them. */
gboolean wl_profile_export(const char *path, NMConnection *connection, GError **error);

/* As a full tunnel wants it: the DNS servers of @connection, where it has some, are asked about
 * everything, and those of other networks nothing; or no longer so. */
void wl_profile_ask_dns_everything(NMConnection *connection, gboolean everything);

/* "<id>.wirelink", safe as a file name. */
char *wl_profile_suggest_file_name(NMConnection *connection);

G_END_DECLS
