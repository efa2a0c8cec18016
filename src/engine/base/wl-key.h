/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <string.h>

#include "wl-address.h"

/**
 * A Curve25519 key, public or private, as WireGuard uses it: 32 raw bytes.
 *
 * A private key is a WlKey as well; its owner wipes it with wl_key_wipe().
 */
#define WL_KEY_SIZE        32
#define WL_KEY_BASE64_SIZE 44 /* without the terminating NUL */

typedef struct {
    guint8 bytes[WL_KEY_SIZE];
} WlKey;

/** Fills @buffer with @length random bytes. Supplied by the caller, so that the simulator can
 * reproduce a run. */
typedef void (*WlRandomFunc)(gpointer user_data, guint8 *buffer, gsize length);

/** Parses exactly 44 base64 characters. FALSE, with *key unchanged, otherwise. */
gboolean wl_key_parse(const char *text, WlKey *key);

/** The key in base64. Free with g_free(), or wl_key_free_string() if it is private. */
char *wl_key_to_string(const WlKey *key);
/** Wipes and frees; NULL is allowed. */
void wl_key_free_string(char *text);

/** Generates a clamped private key. */
void wl_key_generate(WlKey *private_key, WlRandomFunc random, gpointer user_data);
/** FALSE if libsodium refuses @private_key. */
gboolean wl_key_derive_public(const WlKey *private_key, WlKey *public_key);
void wl_key_wipe(WlKey *key);

gboolean wl_key_is_zero(const WlKey *key);
guint wl_key_hash(gconstpointer key);
/* Used for every received fact. */
static inline gboolean
wl_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlKey)) == 0;
}
int wl_key_compare(gconstpointer a, gconstpointer b);
/** TRUE if @a is smaller than @b. */
static inline gboolean
wl_key_is_before(const WlKey *a, const WlKey *b)
{
    return wl_key_compare(a, b) < 0;
}
/** Free with g_free(). */
WlKey *wl_key_copy(const WlKey *key);
