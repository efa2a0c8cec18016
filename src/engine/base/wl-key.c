/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys: base64, generation and derivation with libsodium. Secrets are compared and encoded without
 * table lookups and wiped from temporaries; the caller wipes what it holds.
 */
#include "wl-key.h"

#include <sodium.h>
#include <string.h>

#include "wl-hash.h"

#define BASE64_VARIANT sodium_base64_VARIANT_ORIGINAL
#define TEXT_SIZE      (WL_KEY_BASE64_SIZE + 1)

G_STATIC_ASSERT(sizeof(WlKey) == crypto_scalarmult_curve25519_BYTES);

/* libsodium takes every byte above 127 for "/". Without a branch for each byte, since the text may
 * be a private key. */
static gboolean
is_ascii(const char *text, gsize length)
{
    guint8 bits = 0;

    for (gsize i = 0; i < length; i++)
        bits |= (guint8) text[i];
    return bits < 0x80;
}

gboolean
wl_key_parse(const char *text, WlKey *key)
{
    guint8 bytes[WL_KEY_SIZE];
    gsize size = 0;
    gboolean valid;

    if (!text || strnlen(text, TEXT_SIZE) != WL_KEY_BASE64_SIZE ||
        !is_ascii(text, WL_KEY_BASE64_SIZE))
        return FALSE;
    /* Constant-time, and refuses bits beyond the 32nd byte. */
    valid = sodium_base642bin(bytes, sizeof(bytes), text, WL_KEY_BASE64_SIZE, NULL, &size, NULL,
                              BASE64_VARIANT) == 0 &&
            size == sizeof(bytes);
    if (valid)
        memcpy(key->bytes, bytes, sizeof(bytes));
    sodium_memzero(bytes, sizeof(bytes));
    return valid;
}

char *
wl_key_to_string(const WlKey *key)
{
    char *text = g_malloc(TEXT_SIZE);

    return sodium_bin2base64(text, TEXT_SIZE, key->bytes, sizeof(key->bytes), BASE64_VARIANT);
}

void
wl_key_free_string(char *text)
{
    if (!text)
        return;
    sodium_memzero(text, strlen(text));
    g_free(text);
}

void
wl_key_generate(WlKey *private_key, WlRandomFunc random, gpointer user_data)
{
    random(user_data, private_key->bytes, sizeof(private_key->bytes));
    private_key->bytes[0] &= 248;
    private_key->bytes[31] = (private_key->bytes[31] & 127) | 64;
}

gboolean
wl_key_derive_public(const WlKey *private_key, WlKey *public_key)
{
    return crypto_scalarmult_curve25519_base(public_key->bytes, private_key->bytes) == 0;
}

void
wl_key_wipe(WlKey *key)
{
    sodium_memzero(key, sizeof(*key));
}

gboolean
wl_key_is_zero(const WlKey *key)
{
    return sodium_is_zero(key->bytes, sizeof(key->bytes));
}

guint
wl_key_hash(gconstpointer key)
{
    return wl_hash(((const WlKey *) key)->bytes, sizeof(((const WlKey *) key)->bytes));
}

int
wl_key_compare(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlKey));
}

WlKey *
wl_key_copy(const WlKey *key)
{
    return g_memdup2(key, sizeof(*key));
}
