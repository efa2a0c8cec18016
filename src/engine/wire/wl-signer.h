/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

/**
 * Signs and verifies groups with one private key (docs/protocol.md 2). Caches one shared key for
 * each peer, up to a limit, and drops the least recently used one first.
 */
typedef struct _WlSigner WlSigner;

/** Copies the key. @random generates nonces. */
WlSigner *wl_signer_new(const WlKey *private_key, WlRandomFunc random, gpointer user_data);
void wl_signer_free(WlSigner *self); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSigner, wl_signer_free)
const WlKey *wl_signer_get_public_key(const WlSigner *self);
/** Drops the shared key of a former peer. */
void wl_signer_drop(WlSigner *self, const WlKey *peer);
/** Key agreements so far: X25519 is the most expensive step for a datagram. */
guint64 wl_signer_get_key_agreements(const WlSigner *self);

/** A datagram for @peer with the encoded facts @inner; NULL if @peer yields no shared key. */
GBytes *wl_signer_sign(WlSigner *self, const WlKey *peer, const guint8 *inner, gsize length);
/** The same with the TTL mark, which requests an ack (docs/protocol.md 16). */
GBytes *wl_signer_sign_with_ack(WlSigner *self, const WlKey *peer, const guint8 *inner,
                                gsize length);
/** The beginning of the nonce, which identifies a datagram in acks. @data: a datagram that this
 * signer made or accepted. */
guint64 wl_signer_get_nonce(const guint8 *data);
/** TRUE if the accepted datagram @data has the TTL mark. No tag covers it, and its only effect is
 * an ack to the sender. */
gboolean wl_signer_wants_ack(const guint8 *data);
/** TRUE if the tag of @group is valid. */
gboolean wl_signer_verify(WlSigner *self, const WlFact *group);
/** The link-local address of @peer. Saves the hash for cached peers. */
void wl_signer_get_link_local(const WlSigner *self, const WlKey *peer, WlIp *address);
