/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the codec and the checks on receipt with a datagram from any sender, against the second
 * decoder of reference.h: both accept or refuse, with the same verdict and the same value in every
 * field, and encode a fact in the same bytes. The input is decoded three times: as it is, as a
 * datagram that arrives from its own subject, and as the inner facts of a group that verifies. */

#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "reference.h"
#include "wl-boot-id.h"
#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-link-local.h"

#define MAX_DATAGRAM 2424

static WlKey alice, bob; /* private keys */
static WlKey bob_public;
static WlSigner *signer; /* of Bob */
static WlIp alice_address;

static void
init_keys(void)
{
    WlKey public_key;

    for (guint i = 0; i < sizeof(alice.bytes); i++) {
        alice.bytes[i] = (guint8) i;
        bob.bytes[i] = (guint8) (32 + i);
    }
    g_assert_true(wl_key_derive_public(&alice, &public_key));
    wl_key_link_local(&public_key, &alice_address);
    g_assert_true(wl_key_derive_public(&bob, &bob_public));
    signer = wl_signer_new(&bob, NULL, NULL);
}

/* ---- the fields of one fact */

static void
compare_address(const WlIp *ip, const RefFact *other)
{
    g_assert_cmpuint(ip->family, ==, other->address.len == 4 ? WL_FAMILY_V4 : WL_FAMILY_V6);
    g_assert_cmpmem(ip->bytes, other->address.len, other->address.data, other->address.len);
}

static void
compare_metadata(const WlMetadata *metadata, const RefFact *other)
{
    g_autofree char *name = wl_metadata_dup_display_name(metadata);

    g_assert_true(!name || g_utf8_validate(name, -1, NULL));
    g_assert_cmpint(wl_metadata_is_basic(metadata), ==, other->basic);
    for (guint i = 0; i < 256; i++) {
        gsize length;
        const guint8 *value = wl_metadata_get(metadata, (guint8) i, &length);

        g_assert_cmpint(value != NULL, ==, other->entries[i].data != NULL);
        if (value)
            g_assert_cmpmem(value, length, other->entries[i].data, other->entries[i].len);
    }
}

static void
compare_path(const WlPathMessage *path, const RefFact *other)
{
    g_assert_cmpuint(path->version, ==, other->version);
    if (path->version != WL_PATH_VERSION)
        return;
    g_assert_cmpint((path->flags & WL_PATH_DIRECT) != 0, ==, other->direct);
    g_assert_cmpint((path->flags & WL_PATH_PROBE_REQUEST) != 0, ==, other->probe_request);
    g_assert_cmpuint(path->epoch, ==, other->epoch);
    g_assert_cmpuint(path->probe, ==, other->probe);
    g_assert_cmpuint(path->ack, ==, other->ack);
}

static void
compare_router(const WlRouterMessage *message, const RefFact *other)
{
    g_assert_cmpuint(message->version, ==, other->version);
    if (other->version != 1)
        return;
    g_assert_cmpint((message->flags & 1) != 0, ==, other->holds);
    g_assert_cmpint((message->flags & 2) != 0, ==, other->coming);
    g_assert_cmpuint(message->epoch, ==, other->epoch);
    g_assert_cmpmem(message->router.bytes, sizeof(message->router.bytes), other->router, 32);
}

static void
compare_value(const WlFact *fact, const RefFact *other)
{
    switch (other->attribute) {
    case REF_ALIVE:
        g_assert_cmpmem(fact->value.boot_id.bytes, 16, other->boot_id, 16);
        g_assert_cmpint(wl_boot_id_is_native(&fact->value.boot_id), ==, other->native);
        if (other->boot_id[4] <= 2) /* what later layouts say is not decided yet */
            g_assert_cmpint(wl_boot_id_has_router_sets(&fact->value.boot_id), ==,
                            other->native && other->boot_id[4] == 2 &&
                                (other->boot_id[5] & 0x20) != 0);
        break;
    case REF_ENDPOINT_V4:
    case REF_ENDPOINT_V6:
        compare_address(&fact->value.endpoint.ip, other);
        g_assert_cmpuint(fact->value.endpoint.port, ==, other->port);
        break;
    case REF_ALLOWED_V4:
    case REF_ALLOWED_V6:
        compare_address(&fact->value.prefix.ip, other);
        g_assert_cmpuint(fact->value.prefix.length, ==, other->prefix_len);
        break;
    case REF_METADATA:
        compare_metadata(fact->value.metadata, other);
        break;
    case REF_GROUP:
        g_assert_cmpmem(fact->value.group.nonce, 24, other->nonce, 24);
        g_assert_cmpmem(fact->value.group.tag, 16, other->tag, 16);
        g_assert_cmpmem(fact->value.group.inner, fact->value.group.inner_length, other->inner.data,
                        other->inner.len);
        break;
    case REF_PATH:
        compare_path(&fact->value.path, other);
        break;
    case REF_ROUTER:
        compare_router(&fact->value.router, other);
        break;
    case REF_ACK:
        g_assert_cmpuint(fact->value.ack.version, ==, other->version);
        g_assert_cmpmem(fact->value.ack.nonces, fact->value.ack.n * WL_ACK_NONCE_SIZE,
                        other->nonces.data, other->nonces.len);
        break;
    default: /* a member has no value */
        break;
    }
}

/* One canonical encoding, which is not longer and decodes to the same fact. */
static void
compare_encoding(const WlFact *fact, const RefFact *other, gsize used)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_auto(WlFact) again = {0};
    guint8 other_bytes[MAX_DATAGRAM + 16];
    gsize consumed;

    if (other->attribute == REF_GROUP)
        return; /* only WlSigner encodes groups */
    wl_fact_encode(fact, bytes);
    g_assert_cmpuint(bytes->len, ==, wl_fact_encoded_size(fact));
    g_assert_cmpuint(bytes->len, <=, used);
    if (!ref_is_extension(other))
        g_assert_cmpmem(bytes->data, bytes->len, other_bytes, ref_encode(other, other_bytes));
    g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &again, &consumed), ==, WL_DECODE_OK);
    g_assert_cmpuint(consumed, ==, bytes->len);
    g_assert_true(wl_fact_identity_equal(fact, &again));
    g_assert_cmpuint(wl_fact_identity_hash(fact), ==, wl_fact_identity_hash(&again));
    compare_value(&again, other);
}

static void
compare_fact(const WlFact *fact, const RefFact *other, gsize used)
{
    g_autofree char *text = wl_fact_describe(fact);

    g_assert_nonnull(text);
    g_assert_cmpuint(fact->attribute, ==, other->attribute);
    g_assert_cmpuint(fact->ttl, ==, other->ttl);
    g_assert_cmpmem(fact->subject.bytes, sizeof(fact->subject.bytes), other->subject, 32);
    compare_value(fact, other);
    compare_encoding(fact, other, used);
}

static void
compare_decoders(const guint8 *data, gsize size)
{
    g_auto(WlFact) fact = {0};
    RefFact other;
    gsize consumed, used = ref_decode(data, size, &other);
    WlDecodeError error = wl_fact_decode(data, size, &fact, &consumed);

    g_assert_cmpint(error == WL_DECODE_OK, ==, used > 0);
    if (error)
        return;
    g_assert_cmpuint(consumed, ==, used);
    compare_fact(&fact, &other, used);
}

/* ---- the checks on receipt */

static void
compare_inner(const GArray *facts, const RefFact *group)
{
    gsize at = 0;

    for (guint i = 0; i < facts->len; i++) {
        RefFact other;
        gsize used = ref_decode(group->inner.data + at, group->inner.len - at, &other);

        g_assert_cmpuint(used, >, 0);
        compare_fact(&g_array_index(facts, WlFact, i), &other, used);
        at += used;
    }
    g_assert_cmpuint(at, ==, group->inner.len);
}

/* Bob receives the datagram from @source. */
static RefVerdict
compare_receivers(const guint8 *data, gsize size, const WlIp *source)
{
    static const WlReceiveResult results[] = {
        [REF_ACCEPTED] = WL_RECEIVE_ACCEPTED, [REF_MALFORMED] = WL_RECEIVE_UNDECODABLE,
        [REF_UNSIGNED] = WL_RECEIVE_UNSIGNED, [REF_WRONG_SOURCE] = WL_RECEIVE_WRONG_SOURCE,
        [REF_FORGED] = WL_RECEIVE_BAD_TAG,    [REF_MALFORMED_INNER] = WL_RECEIVE_BAD_INNER,
    };
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlKey sender;
    RefFact group;
    RefVerdict verdict = ref_receive(data, size, bob.bytes, source->bytes, &group);

    g_assert_cmpint(wl_datagram_open(signer, source, data, size, &sender, facts, NULL), ==,
                    results[verdict]);
    if (verdict == REF_ACCEPTED) {
        g_assert_cmpmem(sender.bytes, sizeof(sender.bytes), group.subject, 32);
        g_assert_cmpint(wl_signer_wants_ack(data), ==, group.ttl == 1);
        compare_inner(facts, &group);
    } else {
        g_assert_cmpuint(facts->len, ==, 0);
    }
    return verdict;
}

static void
compare_from_subject(const guint8 *data, gsize size)
{
    WlIp source = {.family = WL_FAMILY_V6}, other;
    RefFact fact;

    if (ref_decode(data, size, &fact) == 0) {
        compare_receivers(data, size, &alice_address);
        return;
    }
    ref_link_local(fact.subject, source.bytes);
    wl_key_link_local((const WlKey *) (gconstpointer) fact.subject, &other);
    g_assert_true(wl_ip_equal(&source, &other));
    compare_receivers(data, size, &source);
}

/* Alice signs the input, with an outer TTL from its first byte. */
static void
compare_signed(const guint8 *data, gsize size)
{
    guint8 nonce[24] = {1, 2, 3}, datagram[MAX_DATAGRAM + 80];
    gsize length = ref_sign(alice.bytes, bob_public.bytes, nonce, size ? data[0] & 1 : 0, data,
                            size, datagram);
    WlIp source = alice_address;
    RefVerdict verdict;

    g_assert_cmpuint(length, >, 0);
    verdict = compare_receivers(datagram, length, &source);
    g_assert_true(verdict == REF_ACCEPTED || verdict == REF_MALFORMED_INNER);
    datagram[length - 1] ^= 0x80;
    g_assert_cmpint(compare_receivers(datagram, length, &source), ==, REF_FORGED);
    source.bytes[15] ^= 1;
    g_assert_cmpint(compare_receivers(datagram, length, &source), ==, REF_WRONG_SOURCE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!signer)
        init_keys();
    size = MIN(size, MAX_DATAGRAM);
    compare_decoders(data, size);
    compare_from_subject(data, size);
    compare_signed(data, size);
    return 0;
}
