/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every worked example of wirelink-vectors.json. */
#include "test-vectors.h"
#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-group.h"
#include "wl-link-local.h"
#include "wl-signer.h"
#include "wl-ttl.h"

#include <string.h>

static JsonObject *vectors;

static void
load_key(const char *name, const char *member, WlKey *key)
{
    JsonObject *keys = json_object_get_object_member(vectors, "keys");
    JsonObject *entry = json_object_get_object_member(keys, name);

    test_key_from_hex(json_object_get_string_member(entry, member), key);
}

static void
assert_key(const WlKey *key, JsonObject *expected, const char *member)
{
    g_autofree char *text = NULL;

    if (g_str_has_suffix(member, "_hex"))
        text = test_hex(key->bytes, WL_KEY_SIZE);
    else
        text = wl_key_to_string(key);
    g_assert_cmpstr(text, ==, json_object_get_string_member(expected, member));
}

static void
assert_link_local(const WlKey *key, const char *expected)
{
    g_autofree char *text = NULL;
    WlIp address;

    wl_key_link_local(key, &address);
    text = wl_ip_to_string(&address);
    g_assert_cmpstr(text, ==, expected);
}

static void
check_key(gconstpointer data)
{
    JsonObject *keys = json_object_get_object_member(vectors, "keys");
    JsonObject *vector = json_object_get_object_member(keys, data);
    g_autoptr(GByteArray) seed = test_unhex_member(vector, "private_hex");
    WlKey private_key, public_key, parsed;

    g_assert_true(
        wl_key_parse(json_object_get_string_member(vector, "private_base64"), &private_key));
    assert_key(&private_key, vector, "private_hex");
    assert_key(&private_key, vector, "private_base64");
    g_assert_true(wl_key_derive_public(&private_key, &public_key));
    assert_key(&public_key, vector, "public_hex");
    g_assert_true(wl_key_parse(json_object_get_string_member(vector, "public_base64"), &parsed));
    g_assert_true(wl_key_equal(&parsed, &public_key));
    assert_link_local(&public_key, json_object_get_string_member(vector, "link_local"));

    wl_key_generate(&private_key, test_random_fixed, seed);
    assert_key(&private_key, vector, "private_clamped_hex");
    g_assert_true(wl_key_derive_public(&private_key, &public_key));
    assert_key(&public_key, vector, "public_hex");
}

static void
check_link_local(JsonObject *vector)
{
    g_autofree char *hex = NULL;
    WlKey key;
    WlIp address;

    g_assert_true(wl_key_parse(json_object_get_string_member(vector, "public_base64"), &key));
    assert_key(&key, vector, "public_hex");
    assert_link_local(&key, json_object_get_string_member(vector, "address"));
    wl_key_link_local(&key, &address);
    hex = test_hex(address.bytes, 16);
    g_assert_cmpstr(hex, ==, json_object_get_string_member(vector, "address_hex"));
}

/* ---- facts --------------------------------------------------------------------------------- */

/* The vector has the members of the value beside the others and omits defaults. */
static void
check_fact(JsonObject *vector)
{
    g_autoptr(GByteArray) bytes = test_unhex_member(vector, "hex");
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_auto(WlFact) fact = {0};
    gsize consumed;

    g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed), ==, WL_DECODE_OK);
    g_assert_cmpuint(consumed, ==, bytes->len);
    g_assert_cmpint(json_object_get_int_member(vector, "length"), ==, bytes->len);
    test_assert_fact(&fact, vector, vector);
    g_assert_cmpuint(wl_fact_encoded_size(&fact), ==, bytes->len);
    wl_fact_encode(&fact, again);
    g_assert_cmpmem(again->data, again->len, bytes->data, bytes->len);
}

static void
make_metadata(WlFact *fact, JsonObject *vector)
{
    JsonObject *entries = json_object_get_object_member(vector, "metadata_hex");
    g_autoptr(WlMetadata) metadata = NULL;
    g_autoptr(GByteArray) name = NULL;
    int basic = -1;

    if (json_object_has_member(entries, "6e")) {
        name = test_unhex_member(entries, "6e");
        g_byte_array_append(name, (const guint8 *) "", 1);
    }
    if (json_object_has_member(entries, "62"))
        basic = g_str_equal(json_object_get_string_member(entries, "62"), "01");
    metadata = wl_metadata_new(name ? (const char *) name->data : NULL, basic);
    wl_fact_init_metadata(fact, &fact->subject, metadata, 0);
}

static void
make_value(WlFact *fact, JsonObject *vector)
{
    const char *attribute = json_object_get_string_member(vector, "attribute");
    WlKey subject = fact->subject;
    WlEndpoint endpoint = {0};
    WlPrefix prefix = {0};
    g_autoptr(GByteArray) uuid = NULL;
    WlBootId boot_id;

    switch (attribute[0]) {
    case WL_ATTRIBUTE_ALIVE: {
        g_auto(GStrv) parts = g_strsplit(json_object_get_string_member(vector, "uuid"), "-", -1);
        g_autofree char *hex = g_strjoinv("", parts);

        uuid = test_unhex(hex);
        memcpy(boot_id.bytes, uuid->data, sizeof(boot_id.bytes));
        wl_fact_init_alive(fact, &subject, &boot_id, 0);
        break;
    }
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        g_assert_true(wl_ip_parse(json_object_get_string_member(vector, "ip"), &endpoint.ip));
        endpoint.port = json_object_get_int_member(vector, "port");
        wl_fact_init_endpoint(fact, &subject, &endpoint, 0);
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        g_assert_true(wl_ip_parse(json_object_get_string_member(vector, "ip"), &prefix.ip));
        prefix.length = json_object_get_int_member(vector, "prefix");
        wl_fact_init_allowed(fact, &subject, &prefix, 0);
        break;
    case WL_ATTRIBUTE_METADATA:
        make_metadata(fact, vector);
        break;
    default:
        g_assert_not_reached();
    }
}

/* The constructors produce the same bytes. */
static void
check_constructed_fact(JsonObject *vector)
{
    g_autoptr(GByteArray) bytes = test_unhex_member(vector, "hex");
    g_autoptr(GByteArray) encoded = g_byte_array_new();
    const char *name = json_object_get_string_member(vector, "name");
    g_auto(WlFact) fact = {0};

    if (g_str_equal(name, "member-legacy") || g_str_equal(name, "member-unknown-attr")) {
        /* Never constructed, only relayed: from a copy that outlives the fact. */
        g_auto(WlFact) received = {0};
        gsize consumed;

        g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &received, &consumed), ==,
                        WL_DECODE_OK);
        wl_fact_copy(&received, &fact);
        wl_fact_clear(&received);
        wl_fact_encode(&fact, encoded);
        g_assert_cmpmem(encoded->data, encoded->len, bytes->data, bytes->len);
        return;
    }
    test_key_from_hex(json_object_get_string_member(vector, "subject"), &fact.subject);
    make_value(&fact, vector);
    fact.ttl = json_object_get_int_member(vector, "ttl");
    wl_fact_encode(&fact, encoded);
    g_assert_cmpmem(encoded->data, encoded->len, bytes->data, bytes->len);
}

static void
check_ttl(JsonObject *vector)
{
    gint64 remaining = json_object_get_int_member(vector, "remaining_ms") * 1000;
    gint64 nows[] = {0, 1, 1000000, 77777777};

    for (guint i = 0; i < G_N_ELEMENTS(nows); i++)
        g_assert_cmpint(wl_ttl_from_expiry(nows[i] + remaining, nows[i]), ==,
                        json_object_get_int_member(vector, "ttl"));
}

/* ---- groups -------------------------------------------------------------------------------- */

static void
check_signed_group(JsonObject *vector)
{
    g_autoptr(GByteArray) nonce = test_unhex_member(vector, "nonce");
    g_autoptr(GByteArray) inner = test_unhex_member(vector, "aad");
    g_autoptr(GByteArray) packet = test_unhex_member(vector, "packet");
    JsonArray *expected = json_object_get_array_member(vector, "facts");
    const char *signer_name = json_object_get_string_member(vector, "signer");
    const char *recipient_name = json_object_get_string_member(vector, "recipient");
    g_autoptr(GArray) facts = wl_fact_array_new();
    g_autoptr(WlSigner) signer = NULL;
    g_autoptr(WlSigner) recipient = NULL;
    g_autoptr(GBytes) encoded = NULL;
    WlKey signer_key, recipient_key, sender;
    WlReceiveResult result;
    WlDecodeError error;
    WlIp source;

    load_key(signer_name, "private_hex", &signer_key);
    load_key(recipient_name, "private_hex", &recipient_key);
    signer = wl_signer_new(&signer_key, test_random_fixed, nonce);
    recipient = wl_signer_new(&recipient_key, test_random_fixed, NULL);

    /* The tag is valid only with the right shared key. */
    encoded = wl_signer_sign(signer, wl_signer_get_public_key(recipient), inner->data, inner->len);
    g_assert_nonnull(encoded);
    g_assert_cmpmem(g_bytes_get_data(encoded, NULL), g_bytes_get_size(encoded), packet->data,
                    packet->len);
    g_assert_cmpint(json_object_get_int_member(vector, "packet_length"), ==, packet->len);

    wl_key_link_local(wl_signer_get_public_key(signer), &source);
    result =
        wl_datagram_open(recipient, &source, packet->data, packet->len, &sender, facts, &error);
    g_assert_cmpstr(wl_receive_result_label(result), ==, "accepted");
    g_assert_cmpint(error, ==, WL_DECODE_OK);
    g_assert_true(wl_key_equal(&sender, wl_signer_get_public_key(signer)));
    g_assert_cmpuint(facts->len, ==, json_array_get_length(expected));
    for (guint i = 0; i < facts->len; i++) {
        JsonObject *fact = json_array_get_object_element(expected, i);

        test_assert_fact(&g_array_index(facts, WlFact, i), fact,
                         json_object_get_object_member(fact, "value"));
    }
}

static const char *
expected_result(JsonObject *vector)
{
    static const struct {
        const char *name, *label;
    } refused[] = {
        {"wrong-recipient", "bad-tag"}, {"wrong-source", "wrong-source"},
        {"reflected", "wrong-source"},  {"reflected-own-address", "bad-tag"},
        {"tag-flipped", "bad-tag"},     {"inner-flipped", "bad-tag"},
        {"truncated", "bad-tag"},       {"unsigned", "unsigned"},
        {"signed-nested", "bad-inner"},
    };

    if (json_object_get_boolean_member(vector, "accepted"))
        return "accepted";
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (g_str_equal(refused[i].name, json_object_get_string_member(vector, "name")))
            return refused[i].label;
    }
    return "a vector that this test does not know";
}

static void
check_receive(JsonObject *vector)
{
    g_autoptr(GByteArray) packet = test_unhex_member(vector, "packet");
    g_autoptr(GArray) facts = wl_fact_array_new();
    g_autoptr(WlSigner) signer = NULL;
    WlReceiveResult result;
    WlKey own, sender;
    WlIp source;

    load_key(json_object_get_string_member(vector, "recipient"), "private_hex", &own);
    signer = wl_signer_new(&own, test_random_fixed, NULL);
    g_assert_true(wl_ip_parse(json_object_get_string_member(vector, "source"), &source));
    /* Twice: with a computed and with a cached shared key. */
    for (guint i = 0; i < 2; i++) {
        result = wl_datagram_open(signer, &source, packet->data, packet->len, &sender, facts, NULL);
        g_assert_cmpstr(wl_receive_result_label(result), ==, expected_result(vector));
        g_assert_true(facts->len == 0 || result == WL_RECEIVE_ACCEPTED);
    }
}

static void
check_low_order(JsonObject *vector)
{
    g_autoptr(GByteArray) nonces = g_byte_array_new();
    g_autoptr(WlSigner) signer = NULL;
    g_autoptr(GArray) facts = wl_fact_array_new();
    guint8 packet[WL_GROUP_OVERHEAD] = {WL_ATTRIBUTE_GROUP};
    WlKey own, peer, sender;
    WlIp source;

    load_key("alice", "private_hex", &own);
    test_key_from_hex(json_object_get_string_member(vector, "public_hex"), &peer);
    g_assert_cmpstr(json_object_get_string_member(vector, "scalarmult"), ==, "error");
    signer = wl_signer_new(&own, test_random_fixed, nonces);
    g_assert_null(wl_signer_sign(signer, &peer, packet, sizeof(packet)));

    memcpy(packet + 2, peer.bytes, WL_KEY_SIZE);
    wl_key_link_local(&peer, &source);
    g_assert_cmpint(wl_datagram_open(signer, &source, packet, sizeof(packet), &sender, facts, NULL),
                    ==, WL_RECEIVE_BAD_TAG);
}

/* A fact of the given size: an endpoint, or metadata with an unknown entry. */
static void
make_sized_fact(WlFact *fact, guint size, gint64 expires)
{
    static const WlKey subject = {{1}};
    WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {10, 0, 0, 1}}, .port = 1};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(WlMetadata) metadata = NULL;
    WlDecodeError error;
    gsize consumed, payload;

    if (size == 41) {
        wl_fact_init_endpoint(fact, &subject, &endpoint, expires);
        return;
    }
    payload = size - 35 - 2; /* behind its two-byte length */
    g_byte_array_set_size(bytes, 2 + payload);
    memset(bytes->data, 0, bytes->len);
    bytes->data[0] = 0x80 | (payload & 0x7f);
    bytes->data[1] = payload >> 7;
    bytes->data[2] = 'z';
    bytes->data[3] = 0x80 | ((payload - 3) & 0x7f);
    bytes->data[4] = (payload - 3) >> 7;
    metadata = wl_metadata_decode(bytes->data, bytes->len, &consumed, &error);
    g_assert_nonnull(metadata);
    wl_fact_init_metadata(fact, &subject, metadata, expires);
}

static void
check_grouping(JsonObject *vector)
{
    const gint64 now = 5 * G_USEC_PER_SEC, expires = now + 254 * G_USEC_PER_SEC;
    static const WlKey subject = {{1}};
    static const WlBootId boot_id = {{4}};
    g_autoptr(WlGroup) group = wl_group_new();
    JsonArray *facts = json_object_get_array_member(vector, "fact_sizes");
    JsonArray *inner = json_object_get_array_member(vector, "inner_sizes");
    JsonArray *packets = json_object_get_array_member(vector, "packet_sizes");
    const char *ping = json_object_get_string_member(vector, "ping");
    g_auto(WlFact) alive = {0};

    for (guint i = 0; i < json_array_get_length(facts); i++) {
        gint64 size = json_array_get_int_element(facts, i);
        g_auto(WlFact) fact = {0};

        make_sized_fact(&fact, size, expires);
        fact.ttl = 254;
        g_assert_cmpint((gint64) wl_fact_encoded_size(&fact), ==, size);
        wl_group_add(group, &fact, now);
    }
    wl_fact_init_alive(&alive, &subject, &boot_id, expires);
    if (g_str_equal(ping, "forced"))
        wl_group_add(group, &alive, now);
    else if (g_str_equal(ping, "if-room"))
        wl_group_add_if_room(group, &alive, now);
    else
        g_assert_cmpstr(ping, ==, "none");

    g_assert_cmpuint(wl_group_count(group), ==, json_array_get_length(inner));
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *bytes = wl_group_get(group, i);

        g_assert_cmpint(bytes->len, ==, json_array_get_int_element(inner, i));
        g_assert_cmpint(bytes->len + WL_GROUP_OVERHEAD, ==, json_array_get_int_element(packets, i));
    }
}

static void
check_router(JsonObject *vector)
{
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(json_object_get_string_member(vector, "allowed_ip"), &prefix));
    g_assert_cmpint(wl_prefix_is_routed_net(&prefix), ==,
                    json_object_get_boolean_member(vector, "router"));
}

int
main(int argc, char **argv)
{
    g_autoptr(JsonObject) root = NULL;
    g_autoptr(GList) keys = NULL;
    JsonObject *grouping;

    g_test_init(&argc, &argv, NULL);
    root = test_vectors_load("wirelink-vectors.json");
    vectors = root;
    keys = json_object_get_members(json_object_get_object_member(root, "keys"));
    for (GList *i = keys; i; i = i->next) {
        g_autofree char *path = g_strdup_printf("/codec/worked/keys/%s", (char *) i->data);

        g_test_add_data_func(path, i->data, check_key);
    }
    grouping = json_object_get_object_member(root, "grouping");
    g_assert_cmpint(json_object_get_int_member(grouping, "max_inner"), ==, WL_GROUP_MAX_INNER);
    g_assert_cmpint(json_object_get_int_member(grouping, "outer_overhead"), ==, WL_GROUP_OVERHEAD);
    test_vectors_add("/codec/worked/link-local", root, "link_local", check_link_local);
    test_vectors_add("/codec/worked/facts", root, "facts", check_fact);
    test_vectors_add("/codec/worked/constructed-facts", root, "facts", check_constructed_fact);
    test_vectors_add("/codec/worked/ttl", root, "ttl_encode", check_ttl);
    test_vectors_add("/codec/worked/signed-groups", root, "signed_groups", check_signed_group);
    test_vectors_add("/codec/worked/receive", root, "receive", check_receive);
    test_vectors_add("/codec/worked/low-order", root, "low_order_public_keys", check_low_order);
    test_vectors_add("/codec/worked/grouping", grouping, "cases", check_grouping);
    test_vectors_add("/codec/worked/routed-net", root, "is_peer_router", check_router);
    return g_test_run();
}
