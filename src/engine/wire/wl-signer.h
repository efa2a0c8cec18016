/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

/** Why a datagram was not accepted (docs/protocol.md 4.3), in the order of the checks. */
typedef enum {
    WL_RECEIVE_ACCEPTED = 0,
    WL_RECEIVE_UNDECODABLE,  /* the outermost fact, see WlDecodeError */
    WL_RECEIVE_UNSIGNED,     /* outermost attribute is not S */
    WL_RECEIVE_WRONG_SOURCE, /* source address is not the link-local address of the subject */
    WL_RECEIVE_BAD_TAG,      /* or a key that gives no shared secret */
    WL_RECEIVE_BAD_INNER,    /* the facts inside, see WlDecodeError */
    WL_RECEIVE_REPLAYED,     /* the same once more: its nonce came before */
    WL_RECEIVE_FLOOD,        /* over the rate that one source may use */
    WL_RECEIVE_N_RESULTS,
} WlReceiveResult;

const char *wl_receive_result_label(WlReceiveResult result);

/**
 * Signs and verifies groups with one private key (docs/protocol.md 2). Shared keys are cached per
 * peer (bounded, least recently used goes first) and wiped when dropped.
 */
typedef struct _WlSigner WlSigner;

/** Copies the key. @random makes nonces. */
WlSigner *wl_signer_new(const WlKey *private_key, WlRandomFunc random, gpointer user_data);
void wl_signer_free(WlSigner *self); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSigner, wl_signer_free)
const WlKey *wl_signer_get_public_key(const WlSigner *self);
void wl_signer_forget(WlSigner *self, const WlKey *peer);
/** Shared keys that were computed (X25519, which costs more than all else about a datagram). */
guint64 wl_signer_get_key_agreements(const WlSigner *self);

/** A whole datagram with @inner inside, for @peer; NULL if @peer is a key that gives no shared
 * secret. */
GBytes *wl_signer_sign(WlSigner *self, const WlKey *peer, const guint8 *inner, gsize length);
/** The same, and a member of ours is to say that it came. */
GBytes *wl_signer_sign_asking(WlSigner *self, const WlKey *peer, const guint8 *inner, gsize length);
/** The beginning of the nonce of a datagram that was made or accepted here, by which it is known.
 */
guint64 wl_signer_get_nonce(const guint8 *data);
/** TRUE if its sender wants to hear that it came. No tag covers this, and all that it does is an
 * answer to the sender. */
gboolean wl_signer_asks(const guint8 *data);
/** TRUE if the tag of @group (an S fact) is right. */
gboolean wl_signer_verify(WlSigner *self, const WlFact *group);

/**
 * The whole receive path of docs/protocol.md 4.3. On WL_RECEIVE_ACCEPTED *sender is the signer and
 * @facts holds what was inside (ttl set, expires 0); otherwise @facts is empty and *decode_error
 * says more for the two decode results (may be NULL).
 */
WlReceiveResult wl_signer_open(WlSigner *self, const WlIp *source, const guint8 *data, gsize length,
                               WlKey *sender, GArray *facts, WlDecodeError *decode_error);
