/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-wgquick.h"

/** "wirelinkctl: warning: ..." on standard error for each of @warnings (of char *). */
void wl_ctl_print_warnings(const GPtrArray *warnings);
/**
 * Writes @text to @path with mode 0600. What is there already is an error, or with @replace
 * replaced in one step if it is a regular file. Errors name the file and the remedy.
 */
gboolean wl_ctl_write_file(const char *path, const char *text, gboolean replace, GError **error);
/** The public half of a private key, both base64; NULL if there is none or @private_key is NULL. */
char *wl_ctl_public_key_of(const char *private_key);
/** A new private key as base64; to be freed with wl_profile_wipe_free(). */
char *wl_ctl_make_private_key(void);
/** Standard output's width if it is a terminal, else 0. */
guint wl_ctl_terminal_columns(void);
