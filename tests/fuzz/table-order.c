/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The hash of the engine has a random key for each process. This definition, which replaces that of
 * libsodium in a target, has one that the target sets: a run is the same in every process, and two
 * runs that differ in the order of their tables alone can be compared. */

#include "table-order.h"

#include <sodium.h>
#include <string.h>

static guint64 seed = 1;

void
table_order_set(guint64 order)
{
    seed = order;
}

int
crypto_shorthash(unsigned char *out, const unsigned char *in, unsigned long long inlen,
                 const unsigned char *k)
{
    guint8 key[crypto_shorthash_siphash24_KEYBYTES] = {0};

    memcpy(key, &seed, sizeof(seed));
    return crypto_shorthash_siphash24(out, in, inlen, key);
}
