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
    WL_ATTRIBUTE_PATH = 'w', /* extensions: native members only, in groups of their own */
    WL_ATTRIBUTE_ACK = 'r',
    WL_ATTRIBUTE_ROUTER = 'h', /* only to members that understand router sets */
} WlAttribute;

#define WL_BOOT_ID_SIZE     16
#define WL_GROUP_NONCE_SIZE 24
#define WL_GROUP_TAG_SIZE   16

#define WL_PATH_VERSION       1
#define WL_PATH_DIRECT        0x01 /* flag: the direct path; else through the router */
#define WL_PATH_PROBE_REQUEST 0x02 /* flag: only asks to probe the path to the subject */

/**
 * The path that a pair of members uses (docs/protocol.md 15). If `version` is not WL_PATH_VERSION
 * the other fields are unset.
 */
typedef struct {
    guint8 version;
    guint8 flags;
    guint32 epoch; /* number of the agreement */
    guint16 probe; /* to be acknowledged; 0: none */
    guint16 ack;   /* the probe that this acknowledges; 0: none */
} WlPathMessage;

#define WL_ROUTER_VERSION 1
#define WL_ROUTER_HOLDS   0x01 /* flag: the sender holds the subject */
#define WL_ROUTER_COME    0x02 /* flag: the subject is to use the router */

/**
 * The router by which a leaf is reached (docs/protocol.md 19). If `version` is not
 * WL_ROUTER_VERSION the other fields are unset.
 */
typedef struct {
    guint8 version;
    guint8 flags;
    guint32 epoch; /* number of the choice */
    WlKey router;
} WlRouterMessage;

#define WL_ACK_VERSION    1
#define WL_ACK_NONCE_SIZE 8 /* bytes: the beginning of the nonce of a group */

typedef struct {
    guint8 bytes[WL_BOOT_ID_SIZE];
} WlBootId;

/**
 * One decoded fact. A value: wl_fact_clear() releases the metadata, wl_fact_copy() shares it.
 *
 * `ttl` is the field on the wire, in seconds. `expires` is engine time (µs), set by the receiver;
 * the decoder leaves it 0.
 */
typedef struct {
    guint8 attribute; /* WlAttribute */
    guint16 ttl;
    gint64 expires;
    WlKey subject;
    union {
        WlBootId boot_id;       /* ! */
        WlEndpoint endpoint;    /* e E */
        WlPrefix prefix;        /* a A */
        WlMetadata *metadata;   /* M */
        WlPathMessage path;     /* w */
        WlRouterMessage router; /* h */
        struct {                /* r: points into the decoded buffer */
            guint8 version;     /* if not WL_ACK_VERSION the rest is unset */
            const guint8 *nonces;
            gsize n;
        } ack;
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

/** An array of WlFact that clears its elements. */
GArray *wl_fact_array_new(void);

/** Constructors: overwrite *fact without clearing it, reference @metadata, set ttl to 0.
 * IPv4-mapped addresses become IPv4. */
void wl_fact_init_alive(WlFact *fact, const WlKey *subject, const WlBootId *boot_id,
                        gint64 expires);
void wl_fact_init_endpoint(WlFact *fact, const WlKey *subject, const WlEndpoint *endpoint,
                           gint64 expires);
void wl_fact_init_allowed(WlFact *fact, const WlKey *subject, const WlPrefix *prefix,
                          gint64 expires);
void wl_fact_init_metadata(WlFact *fact, const WlKey *subject, WlMetadata *metadata,
                           gint64 expires);
/** Extension facts have neither TTL nor expiry: no member stores them. */
void wl_fact_init_path(WlFact *fact, const WlKey *subject, const WlPathMessage *message);
void wl_fact_init_router(WlFact *fact, const WlKey *subject, const WlRouterMessage *message);
/** Borrows @nonces, @n times WL_ACK_NONCE_SIZE bytes. */
void wl_fact_init_ack(WlFact *fact, const WlKey *subject, const guint8 *nonces, gsize n);

/** For logs: "endpoint 192.0.2.1:51820", "allowed IPs 10.0.0.0/24", "member laptop". Free with
 * g_free(). */
char *wl_fact_describe(const WlFact *fact);
