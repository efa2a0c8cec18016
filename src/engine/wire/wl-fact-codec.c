/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as bytes: decoding, encoding, and identity, which compares canonical bytes. Numbers are
 * big-endian. Decoding copies values, except those of groups and acks, which point into the
 * caller's buffer.
 */
#include "wl-fact-codec.h"

#include <string.h>

#include "wl-hash.h"
#include "wl-ttl.h"
#include "wl-uvarint.h"

#define PATH_SIZE   10
#define ROUTER_SIZE (6 + WL_KEY_SIZE)

/* The size of the address in the value of an endpoint or allowed IP; 0 for other attributes. */
static gsize
address_size(guint8 attribute)
{
    switch (attribute) {
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ALLOWED_V4:
        return 4;
    case WL_ATTRIBUTE_ENDPOINT_V6:
    case WL_ATTRIBUTE_ALLOWED_V6:
        return 16;
    default:
        return 0;
    }
}

/* ---- decoding ------------------------------------------------------------------------------- */

/*
 * Every decoder of a value gets the bytes after the subject up to the end of the data, and sets
 * *used to the size of the value.
 *
 * Alive (docs/protocol.md 1.3)
 *   0  16  boot id
 */
static WlDecodeError
decode_alive(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    if (length < WL_BOOT_ID_SIZE)
        return WL_DECODE_TRUNCATED;
    memcpy(fact->value.boot_id.bytes, data, WL_BOOT_ID_SIZE);
    *used = WL_BOOT_ID_SIZE;
    return WL_DECODE_OK;
}

/*
 * Endpoint (docs/protocol.md 1.3), n = 4 or 16
 *   0  n  address
 *   n  2  port
 */
static WlDecodeError
decode_endpoint(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlEndpoint *endpoint = &fact->value.endpoint;
    gsize size = address_size(fact->attribute);

    if (length < size + 2)
        return WL_DECODE_TRUNCATED;
    wl_ip_from_bytes(&endpoint->ip, size == 4 ? WL_FAMILY_V4 : WL_FAMILY_V6, data);
    endpoint->port = data[size] << 8 | data[size + 1];
    *used = size + 2;
    return wl_ip_is_v4_mapped(&endpoint->ip) ? WL_DECODE_V4_MAPPED : WL_DECODE_OK;
}

/*
 * Allowed IP (docs/protocol.md 1.3), n = 4 or 16
 *   0  n  address
 *   n  1  prefix length
 */
static WlDecodeError
decode_allowed(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlPrefix *prefix = &fact->value.prefix;
    gsize size = address_size(fact->attribute);

    if (length < size + 1)
        return WL_DECODE_TRUNCATED;
    wl_ip_from_bytes(&prefix->ip, size == 4 ? WL_FAMILY_V4 : WL_FAMILY_V6, data);
    prefix->length = data[size];
    *used = size + 1;
    if (prefix->length > wl_prefix_max_length(prefix))
        return WL_DECODE_PREFIX_RANGE;
    return wl_ip_is_v4_mapped(&prefix->ip) ? WL_DECODE_V4_MAPPED : WL_DECODE_OK;
}

/* docs/protocol.md 1.4; the layout is in wl-metadata.c. */
static WlDecodeError
decode_metadata(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlDecodeError error;

    fact->value.metadata = wl_metadata_decode(data, length, used, &error);
    return error;
}

/*
 * Path message (docs/protocol.md 15.1), to the end of the group
 *   0  1  version: 1; of another version nothing else is read
 *   1  1  flags: WL_PATH_DIRECT, WL_PATH_PROBE_REQUEST
 *   2  4  epoch
 *   6  2  probe
 *   8  2  ack
 *  10     reserved for later versions, ignored
 */
static WlDecodeError
decode_path(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlPathMessage *path = &fact->value.path;

    if (length < 1)
        return WL_DECODE_TRUNCATED;
    *used = length;
    path->version = data[0];
    if (path->version != WL_PATH_VERSION)
        return WL_DECODE_OK;
    if (length < PATH_SIZE)
        return WL_DECODE_TRUNCATED;
    path->flags = data[1];
    path->epoch = (guint32) data[2] << 24 | data[3] << 16 | data[4] << 8 | data[5];
    path->probe = data[6] << 8 | data[7];
    path->ack = data[8] << 8 | data[9];
    return WL_DECODE_OK;
}

/*
 * Router message (docs/protocol.md 19.1), to the end of the group
 *   0  1  version: 1; of another version nothing else is read
 *   1  1  flags: WL_ROUTER_HOLDS, WL_ROUTER_COME
 *   2  4  epoch
 *   6 32  router
 *  38     reserved for later versions, ignored
 */
static WlDecodeError
decode_router(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlRouterMessage *router = &fact->value.router;

    if (length < 1)
        return WL_DECODE_TRUNCATED;
    *used = length;
    router->version = data[0];
    if (router->version != WL_ROUTER_VERSION)
        return WL_DECODE_OK;
    if (length < ROUTER_SIZE)
        return WL_DECODE_TRUNCATED;
    router->flags = data[1];
    router->epoch = (guint32) data[2] << 24 | data[3] << 16 | data[4] << 8 | data[5];
    memcpy(router->router.bytes, data + 6, WL_KEY_SIZE);
    return WL_DECODE_OK;
}

/*
 * Ack (docs/protocol.md 16.1), to the end of the group
 *   0  1  version: 1; of another version nothing else is read
 *   1  8  each: beginning of a nonce; fewer bytes at the end are ignored
 */
static WlDecodeError
decode_ack(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    if (length < 1)
        return WL_DECODE_TRUNCATED;
    *used = length;
    fact->value.ack.version = data[0];
    if (data[0] != WL_ACK_VERSION)
        return WL_DECODE_OK;
    fact->value.ack.nonces = data + 1;
    fact->value.ack.n = (length - 1) / WL_ACK_NONCE_SIZE;
    return WL_DECODE_OK;
}

/*
 * Signed group (docs/protocol.md 1.5), to the end of the datagram
 *   0  24  nonce
 *  24  16  tag
 *  40      inner facts
 */
static WlDecodeError
decode_group(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    if (length < WL_GROUP_NONCE_SIZE + WL_GROUP_TAG_SIZE)
        return WL_DECODE_TRUNCATED;
    fact->value.group.nonce = data;
    fact->value.group.tag = data + WL_GROUP_NONCE_SIZE;
    fact->value.group.inner = data + WL_GROUP_NONCE_SIZE + WL_GROUP_TAG_SIZE;
    fact->value.group.inner_length = length - WL_GROUP_NONCE_SIZE - WL_GROUP_TAG_SIZE;
    *used = length;
    return WL_DECODE_OK;
}

static WlDecodeError
decode_value(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        return decode_alive(data, length, fact, used);
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        return decode_endpoint(data, length, fact, used);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        return decode_allowed(data, length, fact, used);
    case WL_ATTRIBUTE_METADATA:
        return decode_metadata(data, length, fact, used);
    case WL_ATTRIBUTE_GROUP:
        return decode_group(data, length, fact, used);
    case WL_ATTRIBUTE_PATH:
        return decode_path(data, length, fact, used);
    case WL_ATTRIBUTE_ROUTER:
        return decode_router(data, length, fact, used);
    case WL_ATTRIBUTE_ACK:
        return decode_ack(data, length, fact, used);
    default: /* member: no value */
        *used = 0;
        return WL_DECODE_OK;
    }
}

static WlDecodeError
decode_attribute(guint8 attribute)
{
    switch (attribute) {
    case WL_ATTRIBUTE_ALIVE:
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
    case WL_ATTRIBUTE_MEMBER:
    case WL_ATTRIBUTE_METADATA:
    case WL_ATTRIBUTE_GROUP:
    case WL_ATTRIBUTE_PATH:
    case WL_ATTRIBUTE_ACK:
    case WL_ATTRIBUTE_ROUTER:
        return WL_DECODE_OK;
    case 0:
        return WL_DECODE_ATTRIBUTE_ZERO;
    default:
        return WL_DECODE_ATTRIBUTE_UNKNOWN;
    }
}

/*
 * Fact (docs/protocol.md 1.1)
 *   1       attribute
 *   1 - 10  TTL: uvarint, s
 *   32      subject
 *           value
 */
static WlDecodeError
decode_fact(const guint8 *data, gsize length, WlFact *fact, gsize *consumed)
{
    WlDecodeError error;
    guint64 ttl;
    gsize at = 1, used;

    if (length == 0)
        return WL_DECODE_EMPTY;
    error = decode_attribute(data[0]);
    if (error)
        return error;
    fact->attribute = data[0];

    error = wl_uvarint_decode(data + at, length - at, &ttl, &used);
    if (error)
        return error;
    if (ttl > WL_TTL_MAX)
        return WL_DECODE_TTL_RANGE;
    fact->ttl = ttl;
    at += used;

    if (length - at < WL_KEY_SIZE)
        return WL_DECODE_TRUNCATED;
    memcpy(fact->subject.bytes, data + at, WL_KEY_SIZE);
    at += WL_KEY_SIZE;

    error = decode_value(data + at, length - at, fact, &used);
    if (error)
        return error;
    *consumed = at + used;
    return WL_DECODE_OK;
}

WlDecodeError
wl_fact_decode(const guint8 *data, gsize length, WlFact *fact, gsize *consumed)
{
    WlDecodeError error;

    memset(fact, 0, sizeof(*fact));
    *consumed = 0;
    error = decode_fact(data, length, fact, consumed);
    if (error)
        wl_fact_clear(fact);
    return error;
}

/* ---- encoding ------------------------------------------------------------------------------- */

/* The canonical value in the layouts above, as up to three runs of bytes. Only short values are
 * copied, to `small`. */
typedef struct {
    guint8 small[ROUTER_SIZE];
    struct {
        const guint8 *data;
        gsize length;
    } runs[3];
} Value;

static void
put_router(const WlRouterMessage *router, guint8 *bytes)
{
    bytes[0] = router->version;
    bytes[1] = router->flags;
    bytes[2] = router->epoch >> 24;
    bytes[3] = router->epoch >> 16 & 0xff;
    bytes[4] = router->epoch >> 8 & 0xff;
    bytes[5] = router->epoch & 0xff;
    memcpy(bytes + 6, router->router.bytes, WL_KEY_SIZE);
}

static void
put_path(const WlPathMessage *path, guint8 *bytes)
{
    bytes[0] = path->version;
    bytes[1] = path->flags;
    bytes[2] = path->epoch >> 24;
    bytes[3] = path->epoch >> 16 & 0xff;
    bytes[4] = path->epoch >> 8 & 0xff;
    bytes[5] = path->epoch & 0xff;
    bytes[6] = path->probe >> 8;
    bytes[7] = path->probe & 0xff;
    bytes[8] = path->ack >> 8;
    bytes[9] = path->ack & 0xff;
}

static void
get_value(const WlFact *fact, Value *value)
{
    gsize size = address_size(fact->attribute);

    memset(value, 0, sizeof(*value));
    value->runs[0].data = value->small;
    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        value->runs[0].data = fact->value.boot_id.bytes;
        value->runs[0].length = WL_BOOT_ID_SIZE;
        break;
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        memcpy(value->small, fact->value.endpoint.ip.bytes, size);
        value->small[size] = fact->value.endpoint.port >> 8;
        value->small[size + 1] = fact->value.endpoint.port & 0xff;
        value->runs[0].length = size + 2;
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        memcpy(value->small, fact->value.prefix.ip.bytes, size);
        value->small[size] = fact->value.prefix.length;
        value->runs[0].length = size + 1;
        break;
    case WL_ATTRIBUTE_METADATA:
        value->runs[0].data = wl_metadata_get_bytes(fact->value.metadata, &value->runs[0].length);
        break;
    case WL_ATTRIBUTE_GROUP:
        value->runs[0].data = fact->value.group.nonce;
        value->runs[0].length = WL_GROUP_NONCE_SIZE;
        value->runs[1].data = fact->value.group.tag;
        value->runs[1].length = WL_GROUP_TAG_SIZE;
        value->runs[2].data = fact->value.group.inner;
        value->runs[2].length = fact->value.group.inner_length;
        break;
    case WL_ATTRIBUTE_PATH:
        put_path(&fact->value.path, value->small);
        value->runs[0].length = fact->value.path.version == WL_PATH_VERSION ? PATH_SIZE : 1;
        break;
    case WL_ATTRIBUTE_ROUTER:
        put_router(&fact->value.router, value->small);
        value->runs[0].length = fact->value.router.version == WL_ROUTER_VERSION ? ROUTER_SIZE : 1;
        break;
    case WL_ATTRIBUTE_ACK:
        value->small[0] = fact->value.ack.version;
        value->runs[0].length = 1;
        value->runs[1].data = fact->value.ack.nonces;
        value->runs[1].length = fact->value.ack.n * WL_ACK_NONCE_SIZE;
        break;
    default:
        break;
    }
}

void
wl_fact_encode(const WlFact *fact, GByteArray *out)
{
    guint8 head[1 + WL_UVARINT_MAX_SIZE] = {fact->attribute};
    Value value;

    g_byte_array_append(out, head, 1 + wl_uvarint_encode(fact->ttl, head + 1));
    g_byte_array_append(out, fact->subject.bytes, WL_KEY_SIZE);
    get_value(fact, &value);
    for (guint i = 0; i < G_N_ELEMENTS(value.runs); i++) {
        if (value.runs[i].length > 0)
            g_byte_array_append(out, value.runs[i].data, value.runs[i].length);
    }
}

gsize
wl_fact_encoded_size(const WlFact *fact)
{
    gsize size = 1 + wl_uvarint_size(fact->ttl) + WL_KEY_SIZE;
    Value value;

    get_value(fact, &value);
    for (guint i = 0; i < G_N_ELEMENTS(value.runs); i++)
        size += value.runs[i].length;
    return size;
}

/* ---- identity ------------------------------------------------------------------------------ */

static gboolean
is_endpoint(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
           fact->attribute == WL_ATTRIBUTE_ENDPOINT_V6;
}

/* The part of the value that belongs to the identity (docs/protocol.md 5.1). */
static void
get_identity_value(const WlFact *fact, Value *value)
{
    get_value(fact, value);
    if (fact->attribute == WL_ATTRIBUTE_ALIVE)
        value->runs[0].length = 0;
}

/* Endpoints and allowed IPs are by far the most frequent facts: hashed at once. */
static guint
hash_address(const WlFact *fact)
{
    const WlIp *ip = &fact->value.endpoint.ip; /* also the address of a prefix */
    guint16 more = is_endpoint(fact) ? fact->value.endpoint.port : fact->value.prefix.length;
    guint8 bytes[sizeof(fact->subject) + sizeof(ip->bytes) + 3], *at = bytes;

    memcpy(at, &fact->subject, sizeof(fact->subject));
    at += sizeof(fact->subject);
    memcpy(at, ip->bytes, sizeof(ip->bytes));
    at += sizeof(ip->bytes);
    at[0] = (guint8) (more >> 8);
    at[1] = (guint8) more;
    at[2] = (guint8) fact->attribute;
    return wl_hash(bytes, sizeof(bytes));
}

guint
wl_fact_identity_hash(gconstpointer fact)
{
    const WlFact *self = fact;
    guint hashes[2 + G_N_ELEMENTS(((Value *) NULL)->runs)] = {wl_key_hash(&self->subject),
                                                              self->attribute};
    Value value;

    if (address_size(self->attribute))
        return hash_address(self);
    get_identity_value(self, &value);
    for (guint i = 0; i < G_N_ELEMENTS(value.runs); i++)
        hashes[2 + i] = wl_hash(value.runs[i].data, value.runs[i].length);
    return wl_hash(hashes, sizeof(hashes));
}

gboolean
wl_fact_identity_equal(gconstpointer a, gconstpointer b)
{
    const WlFact *left = a, *right = b;
    Value left_value, right_value;

    if (left->attribute != right->attribute || !wl_key_equal(&left->subject, &right->subject))
        return FALSE;
    /* The most frequent facts, without encoding them. */
    if (address_size(left->attribute))
        return wl_ip_equal(&left->value.endpoint.ip, &right->value.endpoint.ip) &&
               (is_endpoint(left) ? left->value.endpoint.port == right->value.endpoint.port
                                  : left->value.prefix.length == right->value.prefix.length);
    get_identity_value(left, &left_value);
    get_identity_value(right, &right_value);
    for (guint i = 0; i < G_N_ELEMENTS(left_value.runs); i++) {
        gsize length = left_value.runs[i].length;

        if (length != right_value.runs[i].length)
            return FALSE;
        if (length > 0 && memcmp(left_value.runs[i].data, right_value.runs[i].data, length) != 0)
            return FALSE;
    }
    return TRUE;
}
