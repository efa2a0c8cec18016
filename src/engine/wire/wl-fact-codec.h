/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"
#include "wl-fact.h"

/* Facts as bytes: decoding, encoding, and identity, which compares canonical bytes. Sizes are
 * bytes. */

/**
 * Decodes one fact at @data (docs/protocol.md 1.2). *consumed gets its size; bytes after it are not
 * examined. On an error @fact is all zero.
 */
WlDecodeError wl_fact_decode(const guint8 *data, gsize length, WlFact *fact, gsize *consumed);

/** Appends the canonical encoding with the `ttl` field. WlSigner makes groups. */
void wl_fact_encode(const WlFact *fact, GByteArray *out);
gsize wl_fact_encoded_size(const WlFact *fact);

/** Hash and equality of the identity (docs/protocol.md 5.1): attribute, subject and canonical
 * value, of an Alive without the value. */
guint wl_fact_identity_hash(gconstpointer fact);
gboolean wl_fact_identity_equal(gconstpointer a, gconstpointer b);
