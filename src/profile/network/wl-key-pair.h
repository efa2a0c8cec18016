/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** A new private key as base64; to be freed with wl_profile_wipe_free(). */
char *wl_key_pair_generate(void);
/** The public key of a private key, both base64; NULL for an invalid key or NULL; to be freed. */
char *wl_key_pair_public_of(const char *private_key);
/** A WlRandomFunc: the generator of libsodium. */
void wl_key_pair_random(gpointer user_data, guint8 *buffer, gsize length);
