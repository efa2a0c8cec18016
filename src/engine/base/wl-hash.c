/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-hash.h"

#include <sodium.h>
#include <string.h>

static const guint8 *
get_key(void)
{
    static guint8 key[crypto_shorthash_KEYBYTES];
    static gsize made;

    if (g_once_init_enter(&made)) {
        if (sodium_init() < 0)
            g_error("libsodium cannot be initialized");
        randombytes_buf(key, sizeof(key));
        g_once_init_leave(&made, 1);
    }
    return key;
}

guint
wl_hash(gconstpointer data, gsize length)
{
    guint8 hash[crypto_shorthash_BYTES];
    guint result;

    crypto_shorthash(hash, data, length, get_key());
    memcpy(&result, hash, sizeof(result));
    return result;
}

guint
wl_hash_string(gconstpointer text)
{
    return wl_hash(text, strlen(text));
}
