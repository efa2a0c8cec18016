/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-fact.h"

#include "wl-uvarint.h"

#include <string.h>

#define WAY_SIZE 10
/* Of a fact: attribute, TTL, subject and no value. */
#define MIN_SIZE (1 + 1 + WL_KEY_SIZE)

/* Bytes of the address in the value of an endpoint or allowed IP fact; 0 for the others. */
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

void
wl_fact_clear(WlFact *fact)
{
    if (fact->attribute == WL_ATTRIBUTE_METADATA)
        g_clear_pointer(&fact->value.metadata, wl_metadata_unref);
    memset(fact, 0, sizeof(*fact));
}

void
wl_fact_copy(const WlFact *fact, WlFact *copy)
{
    *copy = *fact;
    if (copy->attribute == WL_ATTRIBUTE_METADATA && copy->value.metadata)
        wl_metadata_ref(copy->value.metadata);
}

/* ---- reading ------------------------------------------------------------------------------- */

static WlDecodeError
decode_alive(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    if (length < WL_BOOT_ID_SIZE)
        return WL_DECODE_TRUNCATED;
    memcpy(fact->value.boot_id.bytes, data, WL_BOOT_ID_SIZE);
    *used = WL_BOOT_ID_SIZE;
    return WL_DECODE_OK;
}

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

static WlDecodeError
decode_metadata(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlDecodeError error;

    fact->value.metadata = wl_metadata_decode(data, length, used, &error);
    return error;
}

/* What follows belongs to it, whatever a later version puts there. */
static WlDecodeError
decode_way(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    WlWay *way = &fact->value.way;

    if (length < 1)
        return WL_DECODE_TRUNCATED;
    *used = length;
    way->version = data[0];
    if (way->version != WL_WAY_VERSION)
        return WL_DECODE_OK;
    if (length < WAY_SIZE)
        return WL_DECODE_TRUNCATED;
    way->flags = data[1];
    way->epoch = (guint32) data[2] << 24 | data[3] << 16 | data[4] << 8 | data[5];
    way->question = data[6] << 8 | data[7];
    way->answer = data[8] << 8 | data[9];
    return WL_DECODE_OK;
}

/* Bytes at the end that are no whole nonce are for later versions. */
static WlDecodeError
decode_receipt(const guint8 *data, gsize length, WlFact *fact, gsize *used)
{
    if (length < 1)
        return WL_DECODE_TRUNCATED;
    *used = length;
    fact->value.receipt.version = data[0];
    if (data[0] != WL_RECEIPT_VERSION)
        return WL_DECODE_OK;
    fact->value.receipt.nonces = data + 1;
    fact->value.receipt.n = (length - 1) / WL_RECEIPT_NONCE;
    return WL_DECODE_OK;
}

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
    case WL_ATTRIBUTE_WAY:
        return decode_way(data, length, fact, used);
    case WL_ATTRIBUTE_RECEIPT:
        return decode_receipt(data, length, fact, used);
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
    case WL_ATTRIBUTE_WAY:
    case WL_ATTRIBUTE_RECEIPT:
        return WL_DECODE_OK;
    case 0:
        return WL_DECODE_ATTRIBUTE_ZERO;
    default:
        return WL_DECODE_ATTRIBUTE_UNKNOWN;
    }
}

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
    if (ttl > WL_FACT_MAX_TTL)
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

WlDecodeError
wl_fact_decode_inner(const guint8 *data, gsize length, GArray *facts)
{
    WlDecodeError error = WL_DECODE_OK;
    guint n = 0;

    /* Room for all that may be there: growing for each would cost as much as reading it. */
    g_array_set_size(facts, 0);
    g_array_set_size(facts, length / MIN_SIZE + 1);
    while (length > 0) {
        gsize consumed;

        if (data[0] == WL_ATTRIBUTE_GROUP) {
            error = WL_DECODE_NESTED_GROUP;
            break;
        }
        error = wl_fact_decode(data, length, &g_array_index(facts, WlFact, n), &consumed);
        if (error)
            break;
        n++;
        data += consumed;
        length -= consumed;
    }
    /* The array clears what it drops, of which nothing was written. */
    memset(&g_array_index(facts, WlFact, n), 0, (facts->len - n) * sizeof(WlFact));
    g_array_set_size(facts, error ? 0 : n);
    return error;
}

GArray *
wl_fact_array_new(void)
{
    GArray *facts = g_array_new(FALSE, FALSE, sizeof(WlFact));

    g_array_set_clear_func(facts, (GDestroyNotify) wl_fact_clear);
    return facts;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* The value in canonical form, as at most three runs of bytes; nothing is copied but the small
 * ones.
 */
typedef struct {
    guint8 small[18];
    struct {
        const guint8 *data;
        gsize length;
    } runs[3];
} Value;

static void
put_way(const WlWay *way, guint8 *bytes)
{
    bytes[0] = way->version;
    bytes[1] = way->flags;
    bytes[2] = way->epoch >> 24;
    bytes[3] = way->epoch >> 16 & 0xff;
    bytes[4] = way->epoch >> 8 & 0xff;
    bytes[5] = way->epoch & 0xff;
    bytes[6] = way->question >> 8;
    bytes[7] = way->question & 0xff;
    bytes[8] = way->answer >> 8;
    bytes[9] = way->answer & 0xff;
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
    case WL_ATTRIBUTE_WAY:
        put_way(&fact->value.way, value->small);
        value->runs[0].length = fact->value.way.version == WL_WAY_VERSION ? WAY_SIZE : 1;
        break;
    case WL_ATTRIBUTE_RECEIPT:
        value->small[0] = fact->value.receipt.version;
        value->runs[0].length = 1;
        value->runs[1].data = fact->value.receipt.nonces;
        value->runs[1].length = fact->value.receipt.n * WL_RECEIPT_NONCE;
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

guint16
wl_fact_ttl(gint64 expires, gint64 now)
{
    if (expires <= now)
        return 0;
    /* Unsigned: the two may be further apart than a gint64 holds. */
    return MIN(((guint64) expires - (guint64) now) / G_USEC_PER_SEC, WL_FACT_MAX_TTL);
}

/* ---- identity ------------------------------------------------------------------------------ */

static gboolean
is_endpoint(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
           fact->attribute == WL_ATTRIBUTE_ENDPOINT_V6;
}

/* The value as far as it is part of the identity. */
static void
get_identity_value(const WlFact *fact, Value *value)
{
    get_value(fact, value);
    if (fact->attribute == WL_ATTRIBUTE_ALIVE)
        value->runs[0].length = 0;
}

/* The commonest facts, which a member hears again and again: not byte by byte. */
static guint
hash_address(const WlFact *fact)
{
    const WlIp *ip = &fact->value.endpoint.ip; /* a prefix begins with one, too */
    guint more = is_endpoint(fact) ? fact->value.endpoint.port : fact->value.prefix.length;
    guint64 words[2], hash;

    memcpy(words, ip->bytes, sizeof(words));
    hash = words[0] * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ words[1] ^
           ((guint64) more << 8 | fact->attribute);
    hash *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    return (guint) (hash >> 32) ^ wl_key_hash(&fact->subject);
}

guint
wl_fact_identity_hash(gconstpointer fact)
{
    const WlFact *self = fact;
    guint32 hash;
    Value value;

    if (address_size(self->attribute) > 0)
        return hash_address(self);
    hash = (wl_key_hash(&self->subject) ^ self->attribute) * 16777619u;
    get_identity_value(self, &value);
    for (guint i = 0; i < G_N_ELEMENTS(value.runs); i++) {
        for (gsize j = 0; j < value.runs[i].length; j++)
            hash = (hash ^ value.runs[i].data[j]) * 16777619u;
    }
    return hash;
}

gboolean
wl_fact_identity_equal(gconstpointer a, gconstpointer b)
{
    const WlFact *left = a, *right = b;
    Value left_value, right_value;

    if (left->attribute != right->attribute || !wl_key_equal(&left->subject, &right->subject))
        return FALSE;
    /* The commonest. */
    if (address_size(left->attribute) > 0)
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

/* ---- making -------------------------------------------------------------------------------- */

static void
init_fact(WlFact *fact, const WlKey *subject, gint64 expires)
{
    *fact = (WlFact){.subject = *subject, .expires = expires};
}

void
wl_fact_init_alive(WlFact *fact, const WlKey *subject, const WlBootId *boot_id, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->attribute = WL_ATTRIBUTE_ALIVE;
    fact->value.boot_id = *boot_id;
}

void
wl_fact_init_endpoint(WlFact *fact, const WlKey *subject, const WlEndpoint *endpoint,
                      gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->value.endpoint.ip = wl_ip_normalized(&endpoint->ip);
    fact->value.endpoint.port = endpoint->port;
    fact->attribute = fact->value.endpoint.ip.family == WL_FAMILY_V4 ? WL_ATTRIBUTE_ENDPOINT_V4
                                                                     : WL_ATTRIBUTE_ENDPOINT_V6;
}

void
wl_fact_init_allowed(WlFact *fact, const WlKey *subject, const WlPrefix *prefix, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->value.prefix = *prefix;
    if (wl_ip_is_v4_mapped(&prefix->ip) && prefix->length >= 96) {
        fact->value.prefix.ip = wl_ip_normalized(&prefix->ip);
        fact->value.prefix.length = prefix->length - 96;
    }
    fact->attribute = fact->value.prefix.ip.family == WL_FAMILY_V4 ? WL_ATTRIBUTE_ALLOWED_V4
                                                                   : WL_ATTRIBUTE_ALLOWED_V6;
}

void
wl_fact_init_metadata(WlFact *fact, const WlKey *subject, WlMetadata *metadata, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->attribute = WL_ATTRIBUTE_METADATA;
    fact->value.metadata = wl_metadata_ref(metadata);
}

void
wl_fact_init_way(WlFact *fact, const WlKey *subject, const WlWay *way)
{
    init_fact(fact, subject, 0);
    fact->attribute = WL_ATTRIBUTE_WAY;
    fact->value.way = *way;
}

void
wl_fact_init_receipt(WlFact *fact, const WlKey *subject, const guint8 *nonces, gsize n)
{
    init_fact(fact, subject, 0);
    fact->attribute = WL_ATTRIBUTE_RECEIPT;
    fact->value.receipt.version = WL_RECEIPT_VERSION;
    fact->value.receipt.nonces = nonces;
    fact->value.receipt.n = n;
}

/* ---- showing ------------------------------------------------------------------------------- */

static char *
describe_member(const WlMetadata *metadata)
{
    g_autofree char *name = wl_metadata_dup_display_name(metadata);
    const char *basic = wl_metadata_is_basic(metadata) ? " (basic)" : "";

    return name ? g_strdup_printf("member %s%s", name, basic) : g_strdup_printf("member%s", basic);
}

char *
wl_fact_describe(const WlFact *fact)
{
    g_autofree char *value = NULL;

    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        return g_strdup("alive");
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        value = wl_endpoint_to_string(&fact->value.endpoint);
        return g_strdup_printf("endpoint %s", value);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        value = wl_prefix_to_string(&fact->value.prefix);
        return g_strdup_printf("allowed IPs %s", value);
    case WL_ATTRIBUTE_MEMBER:
        return g_strdup("member");
    case WL_ATTRIBUTE_METADATA:
        return describe_member(fact->value.metadata);
    case WL_ATTRIBUTE_GROUP:
        return g_strdup_printf("group of %" G_GSIZE_FORMAT " bytes",
                               fact->value.group.inner_length);
    case WL_ATTRIBUTE_WAY:
        if (fact->value.way.version != WL_WAY_VERSION)
            return g_strdup_printf("way of version %u", fact->value.way.version);
        if (fact->value.way.flags & WL_WAY_LOOK)
            return g_strdup("look at the way");
        return g_strdup_printf("way %s, epoch %u",
                               fact->value.way.flags & WL_WAY_DIRECT ? "direct" : "router",
                               fact->value.way.epoch);
    case WL_ATTRIBUTE_RECEIPT:
        if (fact->value.receipt.version != WL_RECEIPT_VERSION)
            return g_strdup_printf("receipt of version %u", fact->value.receipt.version);
        return g_strdup_printf("receipt for %" G_GSIZE_FORMAT " datagram%s", fact->value.receipt.n,
                               fact->value.receipt.n == 1 ? "" : "s");
    default:
        return g_strdup_printf("unknown attribute 0x%02x", fact->attribute);
    }
}
