/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"
#include "wl-signer.h"

/* Received datagrams: the checks that precede the evaluation of their facts. */

#define WL_RECEIVE_MAX 2424 /* bytes of a datagram that are read; a longer one fails its tag */

/** The result of the checks on receipt (docs/protocol.md 4.3), in their order. */
typedef enum {
    WL_RECEIVE_ACCEPTED = 0,
    WL_RECEIVE_UNDECODABLE,  /* the outermost fact does not decode */
    WL_RECEIVE_UNSIGNED,     /* the outermost fact is not a group */
    WL_RECEIVE_WRONG_SOURCE, /* not the link-local address of the subject */
    WL_RECEIVE_BAD_TAG,      /* or the subject yields no shared key */
    WL_RECEIVE_BAD_INNER,    /* an inner fact does not decode */
    WL_RECEIVE_REPLAYED,     /* the nonce was received before */
    WL_RECEIVE_FLOOD,        /* above the rate limit of its source */
    WL_RECEIVE_N_RESULTS,
} WlReceiveResult;

const char *wl_receive_result_label(WlReceiveResult result);

/**
 * Applies the checks of docs/protocol.md 4.3. On WL_RECEIVE_ACCEPTED *sender is the signer and
 * @facts has the inner facts (with TTL, expires 0); otherwise @facts is empty. @decode_error, which
 * may be NULL, gets the error of the two results that fail to decode.
 */
WlReceiveResult wl_datagram_open(WlSigner *signer, const WlIp *source, const guint8 *data,
                                 gsize length, WlKey *sender, GArray *facts,
                                 WlDecodeError *decode_error);
