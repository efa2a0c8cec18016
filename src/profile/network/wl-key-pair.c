/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generates and derives keys as base64. Private keys are wiped from every buffer here. */
#include "wl-key-pair.h"

#include <sodium.h>

char *
wl_key_pair_public_of(const char *private_key)
{
    WlKey key, public_key;
    gboolean derived;

    if (!private_key || !wl_key_parse(private_key, &key))
        return NULL;
    derived = wl_key_derive_public(&key, &public_key);
    wl_key_wipe(&key);
    return derived ? wl_key_to_string(&public_key) : NULL;
}

char *
wl_key_pair_generate(void)
{
    WlKey key;
    char *text;

    wl_key_generate(&key, wl_key_pair_random, NULL);
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    return text;
}

void
wl_key_pair_random(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}
