/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reference.h"

#include <sodium.h>
#include <string.h>

typedef struct {
    const uint8_t *at, *end;
    bool failed;
} Reader;

static size_t
left(const Reader *in)
{
    return (size_t) (in->end - in->at);
}

/* Takes N bytes; returns NULL and fails if there are fewer. */
static const uint8_t *
take(Reader *in, size_t n)
{
    if (in->failed || left(in) < n) {
        in->failed = true;
        return NULL;
    }
    const uint8_t *start = in->at;
    in->at += n;
    return start;
}

static uint64_t
take_number(Reader *in, unsigned size)
{
    const uint8_t *bytes = take(in, size);
    uint64_t number = 0;
    for (unsigned i = 0; bytes && i < size; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* 1.1 */
static uint64_t
take_uvarint(Reader *in)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < 10; i++) {
        const uint8_t *byte = take(in, 1);
        if (!byte)
            return 0;
        if (i == 9 && *byte > 1)
            break;
        number |= (uint64_t) (*byte & 0x7f) << (7 * i);
        if (!(*byte & 0x80))
            return number;
    }
    in->failed = true;
    return 0;
}

static bool
is_continuation(uint8_t byte)
{
    return byte >= 0x80 && byte <= 0xbf;
}

/* UTF-8 as 1.4 wants it, by the table of well-formed sequences of the Unicode standard (chapter 3,
 * table 3-7). */
static bool
is_utf8(RefBytes text)
{
    static const struct {
        uint8_t first, last, second_min, second_max, more;
    } rows[] = {
        {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2},
        {0xe1, 0xec, 0x80, 0xbf, 2}, {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
        {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
    };
    size_t i = 0;
    while (i < text.len) {
        uint8_t byte = text.data[i];
        unsigned row = 0;
        while (row < 9 && !(byte >= rows[row].first && byte <= rows[row].last))
            row++;
        if (row == 9 || text.len - i <= rows[row].more)
            return false;
        for (unsigned n = 1; n <= rows[row].more; n++) {
            uint8_t next = text.data[i + n];
            if (n == 1 ? next < rows[row].second_min || next > rows[row].second_max
                       : !is_continuation(next))
                return false;
        }
        i += 1u + rows[row].more;
    }
    return true;
}

/* A length of 1.4: at most 1048576 and at most the bytes left. */
static RefBytes
take_counted(Reader *in)
{
    uint64_t n = take_uvarint(in);
    if (n > 1048576)
        in->failed = true;
    const uint8_t *bytes = take(in, n);
    return (RefBytes){bytes, bytes ? n : 0};
}

/* 1.4 */
static void
take_metadata(Reader *in, RefFact *fact)
{
    RefBytes all = take_counted(in);
    if (in->failed)
        return;
    Reader entries = {all.data, all.data + all.len, false};
    while (!entries.failed && left(&entries)) {
        uint8_t byte = (uint8_t) take_number(&entries, 1);
        RefBytes content = take_counted(&entries);
        if (entries.failed || fact->entries[byte].data || (byte == 'n' && !is_utf8(content)) ||
            (byte == 'b' && (content.len != 1 || *content.data > 1))) {
            in->failed = true;
            return;
        }
        fact->entries[byte] = content;
    }
    in->failed = in->failed || entries.failed;
    fact->basic = fact->entries['b'].data && *fact->entries['b'].data;
}

/* The address of an `e`, `E`, `a` or `A` (1.3). */
static void
take_address(Reader *in, RefFact *fact, bool v6)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    fact->address.len = v6 ? 16 : 4;
    fact->address.data = take(in, fact->address.len);
    if (v6 && fact->address.data && !memcmp(fact->address.data, mapped, sizeof mapped))
        in->failed = true;
}

/* 14.1 */
static bool
is_native(const uint8_t *boot_id)
{
    return boot_id && !memcmp(boot_id, "WLNM", 4) && boot_id[6] >> 4 == 8 && boot_id[8] >> 6 == 2;
}

/* 15.1 */
static void
take_path(Reader *in, RefFact *fact)
{
    fact->version = (uint8_t) take_number(in, 1);
    if (!in->failed && fact->version == 1) {
        uint8_t flags = (uint8_t) take_number(in, 1);
        fact->direct = flags & 1;
        fact->probe_request = flags & 2;
        fact->epoch = (uint32_t) take_number(in, 4);
        fact->probe = (uint16_t) take_number(in, 2);
        fact->ack = (uint16_t) take_number(in, 2);
    }
    if (!in->failed)
        in->at = in->end;
}

/* 19.1 */
static void
take_router(Reader *in, RefFact *fact)
{
    fact->version = (uint8_t) take_number(in, 1);
    if (!in->failed && fact->version == 1) {
        uint8_t flags = (uint8_t) take_number(in, 1);
        fact->holds = flags & 1;
        fact->coming = flags & 2;
        fact->epoch = (uint32_t) take_number(in, 4);
        fact->router = take(in, 32);
    }
    if (!in->failed)
        in->at = in->end;
}

/* 16.1 */
static void
take_ack(Reader *in, RefFact *fact)
{
    fact->version = (uint8_t) take_number(in, 1);
    if (in->failed)
        return;
    if (fact->version == 1)
        fact->nonces = (RefBytes){in->at, left(in) / 8 * 8};
    in->at = in->end;
}

static void
take_value(Reader *in, RefFact *fact)
{
    switch (fact->attribute) {
    case REF_ALIVE:
        fact->boot_id = take(in, 16);
        fact->native = is_native(fact->boot_id);
        break;
    case REF_ENDPOINT_V4:
    case REF_ENDPOINT_V6:
        take_address(in, fact, fact->attribute == REF_ENDPOINT_V6);
        fact->port = (uint16_t) take_number(in, 2);
        break;
    case REF_ALLOWED_V4:
    case REF_ALLOWED_V6:
        take_address(in, fact, fact->attribute == REF_ALLOWED_V6);
        fact->prefix_len = (uint8_t) take_number(in, 1);
        if (fact->prefix_len > 8 * fact->address.len)
            in->failed = true;
        break;
    case REF_MEMBER:
        break;
    case REF_METADATA:
        take_metadata(in, fact);
        break;
    case REF_GROUP:
        fact->nonce = take(in, 24);
        fact->tag = take(in, 16);
        if (!in->failed)
            fact->inner = (RefBytes){in->at, left(in)};
        in->at = in->end;
        break;
    case REF_PATH:
        take_path(in, fact);
        break;
    case REF_ACK:
        take_ack(in, fact);
        break;
    case REF_ROUTER:
        take_router(in, fact);
        break;
    default:
        in->failed = true;
    }
}

size_t
ref_decode(const uint8_t *bytes, size_t len, RefFact *fact)
{
    memset(fact, 0, sizeof *fact);
    Reader in = {bytes, bytes + len, false};
    fact->attribute = (uint8_t) take_number(&in, 1);
    uint64_t ttl = take_uvarint(&in);
    fact->ttl = (uint16_t) ttl;
    fact->subject = take(&in, 32);
    if (ttl > 65535 || in.failed)
        return 0;
    take_value(&in, fact);
    return in.failed ? 0 : (size_t) (in.at - bytes);
}

bool
ref_is_extension(const RefFact *fact)
{
    return fact->attribute == REF_PATH || fact->attribute == REF_ACK ||
           fact->attribute == REF_ROUTER;
}

static uint8_t *
put(uint8_t *out, const void *bytes, size_t n)
{
    if (n)
        memcpy(out, bytes, n);
    return out + n;
}

static uint8_t *
put_uvarint(uint8_t *out, size_t number)
{
    for (; number > 0x7f; number >>= 7)
        *out++ = (uint8_t) (number | 0x80);
    *out++ = (uint8_t) number;
    return out;
}

static size_t
uvarint_size(size_t number)
{
    uint8_t bytes[10];
    return (size_t) (put_uvarint(bytes, number) - bytes);
}

static uint8_t *
put_entry(uint8_t *out, unsigned byte, RefBytes content)
{
    if (!content.data)
        return out;
    *out++ = (uint8_t) byte;
    return put(put_uvarint(out, content.len), content.data, content.len);
}

static uint8_t *
put_metadata(uint8_t *out, const RefFact *fact)
{
    size_t n = 0;
    for (unsigned byte = 0; byte < 256; byte++)
        if (fact->entries[byte].data)
            n += 1 + uvarint_size(fact->entries[byte].len) + fact->entries[byte].len;
    out = put_entry(put_uvarint(out, n), 'n', fact->entries['n']);
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte != 'n')
            out = put_entry(out, byte, fact->entries[byte]);
    return out;
}

size_t
ref_encode(const RefFact *fact, uint8_t *out)
{
    uint8_t *start = out;
    *out++ = fact->attribute;
    out = put(put_uvarint(out, fact->ttl), fact->subject, 32);
    if (fact->boot_id)
        out = put(out, fact->boot_id, 16);
    out = put(out, fact->address.data, fact->address.len);
    if (fact->attribute == REF_ENDPOINT_V4 || fact->attribute == REF_ENDPOINT_V6)
        out = put(out, (uint8_t[]){(uint8_t) (fact->port >> 8), (uint8_t) fact->port}, 2);
    if (fact->attribute == REF_ALLOWED_V4 || fact->attribute == REF_ALLOWED_V6)
        *out++ = fact->prefix_len;
    if (fact->attribute == REF_METADATA)
        out = put_metadata(out, fact);
    return (size_t) (out - start);
}

/* FIPS 180-4, for at most 55 bytes: one block. */
static void
sha1(const uint8_t *bytes, size_t len, uint8_t digest[20])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t block[64] = {0};
    memcpy(block, bytes, len);
    block[len] = 0x80;
    block[62] = (uint8_t) (len * 8 >> 8);
    block[63] = (uint8_t) (len * 8);
    uint32_t w[80];
    for (unsigned t = 0; t < 80; t++) {
        if (t < 16) {
            w[t] = (uint32_t) block[4 * t] << 24 | (uint32_t) block[4 * t + 1] << 16 |
                   (uint32_t) block[4 * t + 2] << 8 | block[4 * t + 3];
        } else {
            uint32_t x = w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16];
            w[t] = x << 1 | x >> 31;
        }
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (unsigned t = 0; t < 80; t++) {
        uint32_t f, k;
        if (t < 20)
            f = (b & c) | (~b & d), k = 0x5a827999;
        else if (t < 40)
            f = b ^ c ^ d, k = 0x6ed9eba1;
        else if (t < 60)
            f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
        else
            f = b ^ c ^ d, k = 0xca62c1d6;
        uint32_t next = (a << 5 | a >> 27) + f + e + k + w[t];
        e = d;
        d = c;
        c = b << 30 | b >> 2;
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
    for (unsigned i = 0; i < 20; i++)
        digest[i] = (uint8_t) (h[i / 4] >> (24 - 8 * (i % 4)));
}

void
ref_link_local(const uint8_t *public_key, uint8_t address[16])
{
    uint8_t digest[20];
    sha1(public_key, 32, digest);
    memcpy(address, (uint8_t[8]){0xfe, 0x80}, 8);
    memcpy(address + 8, digest, 8);
}

RefVerdict
ref_receive(const uint8_t *bytes, size_t len, const uint8_t *private_key, const uint8_t *source,
            RefFact *group)
{
    if (!ref_decode(bytes, len, group))
        return REF_MALFORMED;
    if (group->attribute != REF_GROUP)
        return REF_UNSIGNED;
    static const uint8_t nothing[1];
    uint8_t address[16], key[32];
    ref_link_local(group->subject, address);
    if (memcmp(address, source, 16) != 0)
        return REF_WRONG_SOURCE;
    if (crypto_scalarmult_curve25519(key, private_key, group->subject) != 0 ||
        crypto_aead_xchacha20poly1305_ietf_decrypt_detached(NULL, NULL, nothing, 0, group->tag,
                                                            group->inner.data, group->inner.len,
                                                            group->nonce, key) != 0)
        return REF_FORGED;
    RefFact fact;
    for (size_t used = 0, n; used < group->inner.len; used += n) {
        n = ref_decode(group->inner.data + used, group->inner.len - used, &fact);
        if (n == 0 || fact.attribute == REF_GROUP)
            return REF_MALFORMED_INNER;
    }
    return REF_ACCEPTED;
}

size_t
ref_sign(const uint8_t *private_key, const uint8_t *receiver, const uint8_t nonce[24], uint16_t ttl,
         const uint8_t *inner, size_t len, uint8_t *out)
{
    uint8_t key[32], own[32], tag[16], nothing[1], *at = out;
    if (crypto_scalarmult_curve25519(key, private_key, receiver) != 0 ||
        crypto_scalarmult_curve25519_base(own, private_key) != 0)
        return 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(nothing, tag, NULL, NULL, 0, inner, len,
                                                        NULL, nonce, key);
    *at++ = REF_GROUP;
    at = put(put_uvarint(at, ttl), own, 32);
    at = put(put(put(at, nonce, 24), tag, 16), inner, len);
    return (size_t) (at - out);
}
