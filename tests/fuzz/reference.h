/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second decoder of datagrams. It is written from docs/protocol.md alone and shares no code, type
 * or constant with src/engine, so that an error in one of the two shows as a difference:
 * fuzz-datagram.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REF_ALIVE = 0x21,
    REF_ENDPOINT_V4 = 0x65,
    REF_ENDPOINT_V6 = 0x45,
    REF_ALLOWED_V4 = 0x61,
    REF_ALLOWED_V6 = 0x41,
    REF_MEMBER = 0x6d,
    REF_METADATA = 0x4d,
    REF_GROUP = 0x53,
    REF_PATH = 0x77,
    REF_ACK = 0x72,
    REF_ROUTER = 0x68
};

/* A run of bytes of the input; not owned. */
typedef struct {
    const uint8_t *data;
    size_t len;
} RefBytes;

/* One fact. Only the members of its attribute are set; the others are 0. */
typedef struct {
    uint8_t attribute;
    uint16_t ttl;           /* s */
    const uint8_t *subject; /* 32 bytes */
    const uint8_t *boot_id; /* 16 bytes */
    bool native;            /* the boot id is that of a native member (14.1) */
    RefBytes address;       /* 4 or 16 bytes */
    uint16_t port;
    uint8_t prefix_len;
    RefBytes
        entries[256]; /* metadata, by the byte of the entry; data is NULL where there is none */
    bool basic;
    const uint8_t *nonce; /* 24 bytes */
    const uint8_t *tag;   /* 16 bytes */
    RefBytes inner;
    uint8_t version; /* of an extension; nothing else of it is set unless this is 1 */
    bool direct, probe_request;
    bool holds, coming;    /* of the message about a router (19.1) */
    const uint8_t *router; /* 32 bytes */
    uint32_t epoch;
    uint16_t probe, ack;
    RefBytes nonces; /* first 8 bytes of each, without a reserved rest */
} RefFact;

/* Decodes the fact at the start of LEN bytes; returns its length, or 0 if it is refused (1.1
 * to 1.5, 15.1, 16.1, 19.1). */
size_t ref_decode(const uint8_t *bytes, size_t len, RefFact *fact);

/* The attributes that only native members understand (14.2). */
bool ref_is_extension(const RefFact *fact);

/* Writes FACT, which has no group or extension, in its canonical form (1.1, 1.3, 1.4); returns the
 * length. OUT has room for 16 bytes more than the input had. */
size_t ref_encode(const RefFact *fact, uint8_t *out);

/* How far a datagram gets through the checks of 4.3. */
typedef enum {
    REF_ACCEPTED,
    REF_MALFORMED,      /* 4.3.1 */
    REF_UNSIGNED,       /* 4.3.2 */
    REF_WRONG_SOURCE,   /* 4.3.3 */
    REF_FORGED,         /* 4.3.4 */
    REF_MALFORMED_INNER /* 4.3.5 */
} RefVerdict;

/* Checks a datagram from SOURCE (16 bytes) for the member with PRIVATE_KEY (32 bytes). GROUP is set
 * unless the verdict is REF_MALFORMED. */
RefVerdict ref_receive(const uint8_t *bytes, size_t len, const uint8_t *private_key,
                       const uint8_t *source, RefFact *group);

/* Writes the link-local address of a public key (3). */
void ref_link_local(const uint8_t *public_key, uint8_t address[16]);

/* Makes the datagram of 1.5 from the member with PRIVATE_KEY to RECEIVER; returns its length, which
 * is that of the inner facts and at most 76 more, or 0 if the keys agree on nothing (2). */
size_t ref_sign(const uint8_t *private_key, const uint8_t *receiver, const uint8_t nonce[24],
                uint16_t ttl, const uint8_t *inner, size_t len, uint8_t *out);
