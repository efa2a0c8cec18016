/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"
#include "wl-key.h"
#include "wl-metadata.h"

/** The attribute byte of a fact (docs/protocol.md 1.3). */
typedef enum {
    WL_ATTRIBUTE_ALIVE = '!',
    WL_ATTRIBUTE_ENDPOINT_V4 = 'e',
    WL_ATTRIBUTE_ENDPOINT_V6 = 'E',
    WL_ATTRIBUTE_ALLOWED_V4 = 'a',
    WL_ATTRIBUTE_ALLOWED_V6 = 'A',
    WL_ATTRIBUTE_MEMBER = 'm', /* decoded, never sent */
    WL_ATTRIBUTE_METADATA = 'M',
    WL_ATTRIBUTE_GROUP = 'S',
    WL_ATTRIBUTE_WAY = 'w', /* these are ours alone, each in a group of its own */
    WL_ATTRIBUTE_RECEIPT = 'r',
} WlAttribute;

#define WL_BOOT_ID_SIZE     16
#define WL_GROUP_NONCE_SIZE 24
#define WL_GROUP_TAG_SIZE   16
#define WL_FACT_MAX_TTL     65535 /* s */

#define WL_WAY_VERSION 1
#define WL_WAY_DIRECT  0x01 /* flag: the direct way; else that of a router */
#define WL_WAY_LOOK    0x02 /* flag: nothing but "look whether your way to the subject works" */

/**
 * Which way a pair of members takes (docs/protocol.md 15). Of another version than
 * WL_WAY_VERSION nothing but `version` is known.
 */
typedef struct {
    guint8 version;
    guint8 flags;
    guint32 epoch;    /* grows with each change */
    guint16 question; /* to be sent back; 0: none */
    guint16 answer;   /* the question that this answers; 0: none */
} WlWay;

#define WL_RECEIPT_VERSION 1
#define WL_RECEIPT_NONCE   8 /* bytes: the beginning of a nonce */

typedef struct {
    guint8 bytes[WL_BOOT_ID_SIZE];
} WlBootId;

/**
 * One fact, decoded. A value: wl_fact_clear() releases the metadata, wl_fact_copy() shares it.
 *
 * `ttl` is what stands on the wire, in seconds; `expires` is set by whoever knows the time
 * (microseconds, the engine's clock) and is 0 until then.
 */
typedef struct {
    guint8 attribute; /* WlAttribute */
    guint16 ttl;
    gint64 expires;
    WlKey subject;
    union {
        WlBootId boot_id;     /* ! */
        WlEndpoint endpoint;  /* e E */
        WlPrefix prefix;      /* a A */
        WlMetadata *metadata; /* M */
        WlWay way;            /* w */
        struct {              /* r: points into the decoded buffer */
            guint8 version;   /* of another than WL_RECEIPT_VERSION nothing else is known */
            const guint8 *nonces;
            gsize n;
        } receipt;
        struct { /* S: points into the decoded buffer */
            const guint8 *nonce;
            const guint8 *tag;
            const guint8 *inner;
            gsize inner_length;
        } group;
    } value;
} WlFact;

void wl_fact_clear(WlFact *fact);
/** @copy is overwritten without being cleared. */
void wl_fact_copy(const WlFact *fact, WlFact *copy);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WlFact, wl_fact_clear)

/**
 * Reads one fact at @data (docs/protocol.md 1.2). *consumed gets its length; bytes after it are the
 * caller's business. On an error @fact is left cleared (all zero) and the reason is returned.
 */
WlDecodeError wl_fact_decode(const guint8 *data, gsize length, WlFact *fact, gsize *consumed);

/**
 * Reads the facts inside a group, one after another until the bytes are used up (docs/protocol.md
 * 1.5). Any error, a nested group included, refuses them all: @facts, from
 * wl_fact_array_new(), is then emptied.
 */
WlDecodeError wl_fact_decode_inner(const guint8 *data, gsize length, GArray *facts);
/** An array for wl_fact_decode_inner(). */
GArray *wl_fact_array_new(void);

/** Appends the fact in canonical form with its `ttl` field. Groups are written by WlSigner. */
void wl_fact_encode(const WlFact *fact, GByteArray *out);
gsize wl_fact_encoded_size(const WlFact *fact);
/** Seconds from @now to @expires (both microseconds), rounded down, within 0..65535. */
guint16 wl_fact_ttl(gint64 expires, gint64 now);

/** Identity (docs/protocol.md 5.1): attribute, subject and canonical value; an Alive's value is
 * left out. */
guint wl_fact_identity_hash(gconstpointer fact);
gboolean wl_fact_identity_equal(gconstpointer a, gconstpointer b);

/** Convenience makers; @metadata is referenced. expires is set as given, ttl is 0. */
void wl_fact_init_alive(WlFact *fact, const WlKey *subject, const WlBootId *boot_id,
                        gint64 expires);
void wl_fact_init_endpoint(WlFact *fact, const WlKey *subject, const WlEndpoint *endpoint,
                           gint64 expires);
void wl_fact_init_allowed(WlFact *fact, const WlKey *subject, const WlPrefix *prefix,
                          gint64 expires);
void wl_fact_init_metadata(WlFact *fact, const WlKey *subject, WlMetadata *metadata,
                           gint64 expires);
/** Never kept by anybody: it has no life. */
void wl_fact_init_way(WlFact *fact, const WlKey *subject, const WlWay *way);
/** The same; @nonces, @n times WL_RECEIPT_NONCE bytes, are borrowed. */
void wl_fact_init_receipt(WlFact *fact, const WlKey *subject, const guint8 *nonces, gsize n);

/** For people and logs: "endpoint 192.0.2.1:51820", "allowed IPs 10.0.0.0/24", "member laptop". */
char *wl_fact_describe(const WlFact *fact);
