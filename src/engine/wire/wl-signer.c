/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing and verification (docs/protocol.md 2). Owns the private key and a
 * bounded cache of shared keys, all of which are wiped when dropped.
 */
#include "wl-signer.h"

#include <sodium.h>
#include <string.h>

#include "wl-fact-codec.h"
#include "wl-group.h"
#include "wl-link-local.h"

#define MAX_SHARED 6000 /* cached shared keys */
#define TTL_MARK   1    /* outer TTL that requests an ack (docs/protocol.md 16), else 0 */

G_STATIC_ASSERT(WL_GROUP_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT(WL_GROUP_TAG_SIZE == crypto_aead_xchacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT(WL_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

typedef struct {
    WlKey peer; /* first: the table's key */
    WlKey secret;
    WlIp link_local; /* of the peer: saves one SHA-1 for each datagram */
    GList recent;
} Shared;

struct _WlSigner {
    WlKey private_key;
    WlKey public_key;
    WlRandomFunc random;
    gpointer random_data;
    GHashTable *shared; /* of Shared by its peer */
    GQueue recent;      /* of Shared, most recently used first */
    guint64 agreements;
};

static void
shared_free(Shared *shared)
{
    sodium_memzero(shared, sizeof(*shared));
    g_free(shared);
}

WlSigner *
wl_signer_new(const WlKey *private_key, WlRandomFunc random, gpointer user_data)
{
    WlSigner *self;

    /* Selects the fast implementations; may be called more than once. */
    if (sodium_init() < 0)
        g_error("libsodium cannot be initialized");
    self = g_new0(WlSigner, 1);
    /* Keeps the keys out of swap and core dumps where permitted; they are wiped in any case. */
    (void) sodium_mlock(self, sizeof(*self));
    self->private_key = *private_key;
    if (!wl_key_derive_public(private_key, &self->public_key))
        wl_key_wipe(&self->public_key);
    self->random = random;
    self->random_data = user_data;
    self->shared =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) shared_free);
    return self;
}

void
wl_signer_free(WlSigner *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->shared);
    sodium_memzero(self, sizeof(*self));
    g_free(self);
}

const WlKey *
wl_signer_get_public_key(const WlSigner *self)
{
    return &self->public_key;
}

guint64
wl_signer_get_key_agreements(const WlSigner *self)
{
    return self->agreements;
}

/* ---- shared keys --------------------------------------------------------------------------- */

static void
drop(WlSigner *self, Shared *shared)
{
    g_queue_unlink(&self->recent, &shared->recent);
    g_hash_table_remove(self->shared, &shared->peer);
}

void
wl_signer_drop(WlSigner *self, const WlKey *peer)
{
    Shared *shared = g_hash_table_lookup(self->shared, peer);

    if (shared)
        drop(self, shared);
}

static void
insert(WlSigner *self, Shared *shared)
{
    if (self->recent.length >= MAX_SHARED)
        drop(self, self->recent.tail->data);
    shared->recent.data = shared;
    g_queue_push_head_link(&self->recent, &shared->recent);
    g_hash_table_insert(self->shared, &shared->peer, shared);
}

/* The entry of @peer; NULL if its key yields no shared key. Valid until the next call. */
static const Shared *
get_shared(WlSigner *self, const WlKey *peer)
{
    Shared *shared = g_hash_table_lookup(self->shared, peer);

    if (shared) {
        g_queue_unlink(&self->recent, &shared->recent);
        g_queue_push_head_link(&self->recent, &shared->recent);
        return shared;
    }
    self->agreements++;
    shared = g_new0(Shared, 1);
    shared->peer = *peer;
    /* The raw X25519 result is the key, without a hash (docs/protocol.md 2). */
    if (crypto_scalarmult_curve25519(shared->secret.bytes, self->private_key.bytes, peer->bytes) !=
        0) {
        shared_free(shared);
        return NULL;
    }
    wl_key_link_local(peer, &shared->link_local);
    insert(self, shared);
    return shared;
}

void
wl_signer_get_link_local(const WlSigner *self, const WlKey *peer, WlIp *address)
{
    const Shared *shared = g_hash_table_lookup(self->shared, peer);

    if (shared)
        *address = shared->link_local;
    else
        wl_key_link_local(peer, address);
}

/* ---- signing and verifying ----------------------------------------------------------------- */

static GBytes *
sign(WlSigner *self, const WlKey *peer, guint16 ttl, const guint8 *inner, gsize length)
{
    const Shared *shared = get_shared(self, peer);
    guint8 nonce[WL_GROUP_NONCE_SIZE], tag[WL_GROUP_TAG_SIZE], nothing[1];
    GByteArray *packet;
    WlFact group = {0};

    if (!shared)
        return NULL;
    self->random(self->random_data, nonce, sizeof(nonce));
    /* Empty plaintext; the facts are associated data (docs/protocol.md 2). */
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(nothing, tag, NULL, NULL, 0, inner, length,
                                                        NULL, nonce, shared->secret.bytes);
    group.attribute = WL_ATTRIBUTE_GROUP;
    group.ttl = ttl;
    group.subject = self->public_key;
    group.value.group.nonce = nonce;
    group.value.group.tag = tag;
    group.value.group.inner = inner;
    group.value.group.inner_length = length;

    packet = g_byte_array_sized_new(WL_GROUP_OVERHEAD + length);
    wl_fact_encode(&group, packet);
    return g_byte_array_free_to_bytes(packet);
}

GBytes *
wl_signer_sign(WlSigner *self, const WlKey *peer, const guint8 *inner, gsize length)
{
    return sign(self, peer, 0, inner, length);
}

GBytes *
wl_signer_sign_with_ack(WlSigner *self, const WlKey *peer, const guint8 *inner, gsize length)
{
    return sign(self, peer, TTL_MARK, inner, length);
}

gboolean
wl_signer_wants_ack(const guint8 *data)
{
    return data[1] == TTL_MARK;
}

guint64
wl_signer_get_nonce(const guint8 *data)
{
    guint64 nonce;
    gsize at = 1;

    while (data[at++] & 0x80) /* the outer TTL */
        ;
    memcpy(&nonce, data + at + WL_KEY_SIZE, sizeof(nonce));
    return nonce;
}

gboolean
wl_signer_verify(WlSigner *self, const WlFact *group)
{
    static const guint8 nothing[1];
    const Shared *shared;

    if (group->attribute != WL_ATTRIBUTE_GROUP)
        return FALSE;
    shared = get_shared(self, &group->subject);
    if (!shared)
        return FALSE;
    return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
               NULL, NULL, nothing, 0, group->value.group.tag, group->value.group.inner,
               group->value.group.inner_length, group->value.group.nonce,
               shared->secret.bytes) == 0;
}
