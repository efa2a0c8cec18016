/* SPDX-License-Identifier: GPL-2.0-or-later */

/* X25519 costs 30 to 100 µs, more than everything else in most runs of a target, and the members of
 * a run have the same keys in all runs. These definitions replace those of libsodium in a target:
 * they remember results, which are those of libsodium. */

#include <dlfcn.h>
#include <glib.h>
#include <sodium.h>
#include <string.h>

#define N_SLOTS 1024 /* a power of two; a further pair of keys replaces another */

typedef struct {
    guint8 keys[64]; /* private, public; zero for the base point */
    guint8 result[32];
    int status;
    gboolean used;
} Slot;

typedef int (*Multiply)(unsigned char *, const unsigned char *, const unsigned char *);
typedef int (*MultiplyBase)(unsigned char *, const unsigned char *);

/* Keys are random bytes; a loop over all of them would be instrumented. */
static guint
hash_keys(const guint8 keys[64])
{
    guint32 parts[2];

    memcpy(&parts[0], keys + 8, sizeof(parts[0]));
    memcpy(&parts[1], keys + 40, sizeof(parts[1]));
    return (parts[0] * 31 + parts[1]) % N_SLOTS;
}

/* The function of libsodium. ISO C has no conversion from an object pointer. */
static void
get_original(const char *name, gpointer function)
{
    gpointer symbol = dlsym(RTLD_NEXT, name);

    g_assert_nonnull(symbol);
    memcpy(function, &symbol, sizeof(symbol));
}

static int
multiply_uncached(guint8 *result, const guint8 *private_key, const guint8 *public_key)
{
    Multiply multiply;
    MultiplyBase multiply_base;

    if (public_key) {
        get_original("crypto_scalarmult_curve25519", &multiply);
        return multiply(result, private_key, public_key);
    }
    get_original("crypto_scalarmult_curve25519_base", &multiply_base);
    return multiply_base(result, private_key);
}

static int
multiply(unsigned char *result, const unsigned char *private_key, const unsigned char *public_key)
{
    static Slot slots[2][N_SLOTS];
    guint8 keys[64] = {0};
    Slot *slot;

    memcpy(keys, private_key, 32);
    if (public_key)
        memcpy(keys + 32, public_key, 32);
    slot = &slots[public_key != NULL][hash_keys(keys)];
    if (!slot->used || memcmp(slot->keys, keys, sizeof(keys)) != 0) {
        memcpy(slot->keys, keys, sizeof(keys));
        memset(slot->result, 0, sizeof(slot->result));
        slot->status = multiply_uncached(slot->result, private_key, public_key);
        slot->used = TRUE;
    }
    memcpy(result, slot->result, sizeof(slot->result));
    return slot->status;
}

int
crypto_scalarmult_curve25519(unsigned char *q, const unsigned char *n, const unsigned char *p)
{
    return multiply(q, n, p);
}

int
crypto_scalarmult_curve25519_base(unsigned char *q, const unsigned char *n)
{
    return multiply(q, n, NULL);
}
