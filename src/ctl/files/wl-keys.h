/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/**
 * Reads one base64 key from @fd; white space around it is ignored. @what names the source in *error
 * ("standard input"), @kind the expected key ("private key").
 */
gboolean wl_keys_read(int fd, const char *what, const char *kind, WlKey *key, GError **error);
/** Reads a private key from a file; warns on standard error if other users may read the file. */
gboolean wl_keys_read_file(const char *path, WlKey *key, GError **error);
/** The public key of a private key, both base64; NULL for an invalid key or NULL; to be freed. */
char *wl_keys_public_of(const char *private_key);
/** A new private key as base64; to be freed with wl_profile_wipe_free(). */
char *wl_keys_make_private(void);
/** A WlRandomFunc: the generator of libsodium. */
void wl_keys_random(gpointer user_data, guint8 *buffer, gsize length);
