/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of the fact codec: decoded facts encode to the same bytes, and no input causes
 * an invalid read. */
#include "test-vectors.h"
#include "wl-fact-codec.h"
#include "wl-group.h"
#include "wl-ttl.h"
#include "wl-uvarint.h"

#include <string.h>

#define ROUNDS 20000

/* ---- uvarints ------------------------------------------------------------------------------ */

static void
test_uvarint_edges(void)
{
    static const struct {
        const char *hex;
        WlDecodeError error;
        guint64 value;
        gsize consumed;
    } cases[] = {
        {"", WL_DECODE_TRUNCATED, 0, 0},
        {"00", WL_DECODE_OK, 0, 1},
        {"7f", WL_DECODE_OK, 127, 1},
        {"80", WL_DECODE_TRUNCATED, 0, 0},
        {"8001", WL_DECODE_OK, 128, 2},
        {"8000", WL_DECODE_OK, 0, 2},
        {"ffff0399", WL_DECODE_OK, 65535, 3},
        {"ffffffffffffffffff01", WL_DECODE_OK, G_MAXUINT64, 10},
        {"ffffffffffffffffff02", WL_DECODE_VARINT_OVERFLOW, 0, 0},
        {"ffffffffffffffffff80", WL_DECODE_VARINT_OVERFLOW, 0, 0},
        {"8080808080808080808001", WL_DECODE_VARINT_OVERFLOW, 0, 0},
        {"808080808080808080", WL_DECODE_TRUNCATED, 0, 0},
        {"80808080808080808000", WL_DECODE_OK, 0, 10},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) bytes = test_unhex(cases[i].hex);
        guint64 value = 0;
        gsize consumed = 0;

        g_assert_cmpint(wl_uvarint_decode(bytes->data, bytes->len, &value, &consumed), ==,
                        cases[i].error);
        g_assert_cmpuint(value, ==, cases[i].value);
        g_assert_cmpuint(consumed, ==, cases[i].consumed);
    }
}

static void
test_uvarint_round_trip(void)
{
    for (guint shift = 0; shift < 64; shift++) {
        for (int offset = -1; offset <= 1; offset++) {
            guint64 number = (G_GUINT64_CONSTANT(1) << shift) + (guint64) offset;
            guint8 bytes[WL_UVARINT_MAX_SIZE];
            gsize size = wl_uvarint_encode(number, bytes), consumed;
            guint64 again;

            g_assert_cmpuint(size, ==, wl_uvarint_size(number));
            g_assert_cmpint(wl_uvarint_decode(bytes, size, &again, &consumed), ==, WL_DECODE_OK);
            g_assert_cmpuint(again, ==, number);
            g_assert_cmpuint(consumed, ==, size);
            /* Shortest form: the last byte is not zero. */
            g_assert_true(size == 1 || bytes[size - 1] != 0);
        }
    }
}

/* ---- order of the checks ------------------------------------------------------------------- */

static void
check_order(const char *hex, const char *reason)
{
    g_autoptr(GByteArray) bytes = test_unhex(hex);
    g_auto(WlFact) fact = {0};
    gsize consumed;

    g_assert_cmpstr(
        wl_decode_error_label(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed)), ==,
        reason);
}

#define SUBJECT "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

static void
test_decode_order(void)
{
    check_order("00", "attribute-zero");
    check_order("74", "attribute-unknown");
    check_order("7480808080808080808080", "attribute-unknown");
    check_order("21ff", "truncated");
    check_order("2180808080808080808080", "varint-overflow");
    check_order("21808004", "ttl-range");
    check_order("218080808080808080", "truncated");
    /* A truncated value is reported before an invalid one. */
    check_order("45fe01" SUBJECT "00000000000000000000ffffc0000201ca", "truncated");
    check_order("61fe01" SUBJECT "0a000000", "truncated");
    check_order("61fe01" SUBJECT "0a00000021", "prefix-range");
    check_order("41fe01" SUBJECT "20010db800000000000000000000000181", "prefix-range");
    check_order("41fe01" SUBJECT "00000000000000000000ffff0a00000081", "prefix-range");
    check_order("53fe01" SUBJECT "11", "truncated");
    check_order("4d00" SUBJECT "80", "truncated");
    check_order("4d00" SUBJECT "80808080808080808080", "varint-overflow");
    check_order("4d00" SUBJECT "818040", "metadata-length");
    check_order("4d00" SUBJECT "026e80", "truncated");
    check_order("4d00" SUBJECT "0b7a80808080808080808002", "varint-overflow");
    check_order("4d00" SUBJECT "016e", "truncated");
    check_order("4d00" SUBJECT "026e01", "metadata-attr-length");
    /* Entries are checked in order. */
    check_order("4d00" SUBJECT "07620102"
                "6e02f0f0",
                "metadata-basic");
    check_order("4d00" SUBJECT "076e02f0f0"
                "620102",
                "metadata-name-utf8");
    check_order("4d00" SUBJECT "06620100"
                "620102",
                "metadata-duplicate");
    check_order("4d00" SUBJECT "04620100"
                "62",
                "metadata-duplicate");
    check_order("4d00" SUBJECT "0462020101", "metadata-basic");
}

static void
test_inner_order(void)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    g_autoptr(GByteArray) bytes = test_unhex("6d00" SUBJECT "6d00" SUBJECT);

    g_assert_cmpint(wl_group_decode(NULL, 0, facts), ==, WL_DECODE_OK);
    g_assert_cmpint(wl_group_decode(bytes->data, bytes->len, facts), ==, WL_DECODE_OK);
    g_assert_cmpuint(facts->len, ==, 2);
    g_assert_cmpint(wl_group_decode(bytes->data, bytes->len - 1, facts), ==, WL_DECODE_TRUNCATED);
    g_assert_cmpuint(facts->len, ==, 0);
    g_byte_array_append(bytes, (const guint8 *) "S", 1);
    g_assert_cmpint(wl_group_decode(bytes->data, bytes->len, facts), ==, WL_DECODE_NESTED_GROUP);
    g_assert_cmpuint(facts->len, ==, 0);
}

/* ---- random bytes -------------------------------------------------------------------------- */

/* A known attribute and a short TTL, then random bytes: gets further than noise. */
static gsize
random_fact(GRand *rand, guint8 *bytes, gsize size)
{
    static const guint8 attributes[] = "!eEaAmMS";
    gsize length = g_rand_int_range(rand, 0, size);

    test_random_seeded(rand, bytes, length);
    if (length > 0 && g_rand_int_range(rand, 0, 8))
        bytes[0] = attributes[g_rand_int_range(rand, 0, sizeof(attributes) - 1)];
    if (length > 1 && g_rand_boolean(rand))
        bytes[1] &= 0x7f;
    if (length > 48 && bytes[0] == WL_ATTRIBUTE_METADATA && g_rand_boolean(rand)) {
        bytes[34] = 5;
        bytes[35] = 'z';
        bytes[36] = g_rand_int_range(rand, 0, 5);
        bytes[37 + bytes[36]] = g_rand_boolean(rand) ? 'b' : 'n';
    }
    return length;
}

static void
assert_round_trip(const WlFact *fact, gsize input)
{
    g_autoptr(GByteArray) encoded = g_byte_array_new();
    g_autoptr(GByteArray) twice = g_byte_array_new();
    g_auto(WlFact) again = {0};
    gsize consumed;

    wl_fact_encode(fact, encoded);
    g_assert_cmpuint(encoded->len, <=, input);
    g_assert_cmpuint(encoded->len, ==, wl_fact_encoded_size(fact));
    memset(&again, 0xa5, sizeof(again)); /* nothing depends on what was there */
    g_assert_cmpint(wl_fact_decode(encoded->data, encoded->len, &again, &consumed), ==,
                    WL_DECODE_OK);
    g_assert_cmpuint(consumed, ==, encoded->len);
    g_assert_cmpint(again.ttl, ==, fact->ttl);
    g_assert_true(wl_fact_identity_equal(&again, fact));
    g_assert_cmpuint(wl_fact_identity_hash(&again), ==, wl_fact_identity_hash(fact));
    wl_fact_encode(&again, twice);
    g_assert_cmpmem(twice->data, twice->len, encoded->data, encoded->len);
}

static void
test_random_round_trip(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20);
    guint decoded[256] = {0};

    for (guint i = 0; i < ROUNDS; i++) {
        g_autofree guint8 *bytes = NULL;
        guint8 buffer[160];
        gsize length = random_fact(rand, buffer, sizeof(buffer)), consumed;
        g_auto(WlFact) fact = {0};
        g_autofree char *text = NULL;

        /* An exact allocation, so the sanitizers see a read past the end. */
        bytes = g_memdup2(buffer, MAX(length, 1));
        if (wl_fact_decode(bytes, length, &fact, &consumed) != WL_DECODE_OK)
            continue;
        decoded[fact.attribute]++;
        g_assert_cmpuint(consumed, <=, length);
        assert_round_trip(&fact, consumed);
        text = wl_fact_describe(&fact);
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
    for (const char *attribute = "!eEaAmMS"; *attribute; attribute++)
        g_assert_cmpuint(decoded[(guint8) *attribute], >, 20);
}

static void
test_random_inner(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(21);
    guint whole = 0;

    for (guint i = 0; i < ROUNDS / 4; i++) {
        g_autoptr(GByteArray) inner = g_byte_array_new();
        g_autoptr(GArray) facts = wl_fact_array_new();
        guint n = g_rand_int_range(rand, 0, 30);

        for (guint j = 0; j < n; j++) {
            guint8 bytes[64];
            gsize length = random_fact(rand, bytes, sizeof(bytes)), consumed;
            g_auto(WlFact) fact = {0};

            /* Mostly valid facts, so decoding gets far. */
            if (wl_fact_decode(bytes, length, &fact, &consumed) == WL_DECODE_OK)
                g_byte_array_append(inner, bytes, consumed);
            else if (g_rand_int_range(rand, 0, 40) == 0)
                g_byte_array_append(inner, bytes, length);
        }
        if (wl_group_decode(inner->data, inner->len, facts) == WL_DECODE_OK)
            whole += facts->len > 1;
        else
            g_assert_cmpuint(facts->len, ==, 0);
    }
    g_assert_cmpuint(whole, >, 50);
}

/* ---- identity and constructors
 * ------------------------------------------------------------------- */

static const WlKey subject = {{1, 2, 3}}, other_subject = {{1, 2, 4}};

static void
test_identity(void)
{
    static const WlBootId one = {{1}}, two = {{2}};
    WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, 1}}, .port = 5};
    WlFact a, b;

    wl_fact_init_alive(&a, &subject, &one, 1);
    wl_fact_init_alive(&b, &subject, &two, 2);
    b.ttl = 9;
    g_assert_true(wl_fact_identity_equal(&a, &b));
    g_assert_cmpuint(wl_fact_identity_hash(&a), ==, wl_fact_identity_hash(&b));
    wl_fact_init_alive(&b, &other_subject, &one, 1);
    g_assert_false(wl_fact_identity_equal(&a, &b));

    wl_fact_init_endpoint(&a, &subject, &endpoint, 1);
    wl_fact_init_endpoint(&b, &subject, &endpoint, 7);
    g_assert_true(wl_fact_identity_equal(&a, &b));
    endpoint.port = 6;
    wl_fact_init_endpoint(&b, &subject, &endpoint, 1);
    g_assert_false(wl_fact_identity_equal(&a, &b));
}

/* Facts with different identities, and what tells them apart. */
static void
test_identities(void)
{
    static const char *const hex[] = {
        "2100" SUBJECT "000102030405060708090a0b0c0d0e0f", /* Alives of two members */
        "2100"
        "504142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
        "000102030405060708090a0b0c0d0e0f",
        "6500" SUBJECT "c00002010005", /* endpoints: address, both bytes of the port, family */
        "6500" SUBJECT "c00002020005",
        "6500" SUBJECT "c00002010006",
        "6500" SUBJECT "c00002010105",
        "4500" SUBJECT "c00002010000000000000000000000000005",
        "6100" SUBJECT "c000020118", /* allowed IPs: address, length, family */
        "6100" SUBJECT "c000030118",
        "6100" SUBJECT "c000020119",
        "4100" SUBJECT "c000020100000000000000000000000018",
        "6d00" SUBJECT, /* members: metadata of one length, and of another */
        "4d00" SUBJECT "056e03616263",
        "4d00" SUBJECT "056e03616264",
        "4d00" SUBJECT "056e03716263",
        "4d00" SUBJECT "046e026162",
        "7700" SUBJECT "0101000000050102000a", /* path messages */
        "7700" SUBJECT "0101000000060102000a",
        "7700" SUBJECT "02",
        "6800" SUBJECT "010000000005" SUBJECT, /* router messages */
        "6800" SUBJECT "010000000006" SUBJECT,
        "6800" SUBJECT "010000000005"
        "504142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        "7200" SUBJECT "010102030405060708", /* acks */
        "7200" SUBJECT "010102030405060709",
        "7200" SUBJECT "01010203040506070801020304050607ff",
        "7200" SUBJECT "02",
    };
    WlFact facts[G_N_ELEMENTS(hex)];
    GByteArray *bytes[G_N_ELEMENTS(hex)];

    for (guint i = 0; i < G_N_ELEMENTS(hex); i++) {
        gsize consumed;

        bytes[i] = test_unhex(hex[i]);
        g_assert_cmpint(wl_fact_decode(bytes[i]->data, bytes[i]->len, &facts[i], &consumed), ==,
                        WL_DECODE_OK);
    }
    for (guint i = 0; i < G_N_ELEMENTS(hex); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(hex); j++) {
            g_test_message("%s and %s", hex[i], hex[j]);
            g_assert_cmpint(wl_fact_identity_equal(&facts[i], &facts[j]), ==, i == j);
            g_assert_cmpint(wl_fact_identity_hash(&facts[i]) == wl_fact_identity_hash(&facts[j]),
                            ==, i == j);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(hex); i++) {
        wl_fact_clear(&facts[i]);
        g_byte_array_unref(bytes[i]);
    }
}

static void
test_normalized(void)
{
    WlEndpoint endpoint = {.port = 7};
    WlPrefix prefix = {.length = 120};
    g_autofree char *text = NULL;
    g_autofree char *prefix_text = NULL;
    WlFact fact;

    g_assert_true(wl_ip_parse("::ffff:192.0.2.9", &endpoint.ip));
    prefix.ip = endpoint.ip;
    wl_fact_init_endpoint(&fact, &subject, &endpoint, 0);
    g_assert_cmpint(fact.attribute, ==, WL_ATTRIBUTE_ENDPOINT_V4);
    text = wl_fact_describe(&fact);
    g_assert_cmpstr(text, ==, "endpoint 192.0.2.9:7");
    wl_fact_init_allowed(&fact, &subject, &prefix, 0);
    g_assert_cmpint(fact.attribute, ==, WL_ATTRIBUTE_ALLOWED_V4);
    prefix_text = wl_fact_describe(&fact);
    g_assert_cmpstr(prefix_text, ==, "allowed IPs 192.0.2.9/24");
}

/* An IPv4-mapped prefix is one of IPv4 if it is inside the mapped range. */
static void
test_mapped_prefixes(void)
{
    static const struct {
        const char *ip;
        guint8 length;
        const char *fact;
    } rows[] = {
        {"::ffff:192.0.2.9", 128, "allowed IPs 192.0.2.9/32"},
        {"::ffff:192.0.2.9", 97, "allowed IPs 192.0.2.9/1"},
        {"::ffff:192.0.2.9", 96, "allowed IPs 192.0.2.9/0"},
        {"::ffff:192.0.2.9", 95, "allowed IPs ::ffff:192.0.2.9/95"},
        {"2001:db8::1", 128, "allowed IPs 2001:db8::1/128"},
        {"2001:db8::1", 96, "allowed IPs 2001:db8::1/96"},
        {"192.0.2.9", 32, "allowed IPs 192.0.2.9/32"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPrefix prefix = {.length = rows[i].length};
        g_autofree char *text = NULL;
        WlFact fact;

        g_assert_true(wl_ip_parse(rows[i].ip, &prefix.ip));
        wl_fact_init_allowed(&fact, &subject, &prefix, 7);
        text = wl_fact_describe(&fact);
        g_assert_cmpstr(text, ==, rows[i].fact);
        g_assert_cmpint(fact.attribute, ==,
                        fact.value.prefix.ip.family == WL_FAMILY_V4 ? WL_ATTRIBUTE_ALLOWED_V4
                                                                    : WL_ATTRIBUTE_ALLOWED_V6);
        g_assert_cmpint(fact.expires, ==, 7);
    }
}

/* What the constructors of extensions make is what is decoded. */
static void
test_made_extensions(void)
{
    static const guint8 nonces[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static const WlPathMessage path = {.version = 1, .flags = 1, .epoch = 2, .probe = 3, .ack = 4};
    WlFact made[2];

    wl_fact_init_ack(&made[0], &subject, nonces, 2);
    wl_fact_init_path(&made[1], &subject, &path);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_auto(WlFact) fact = {0};
        gsize consumed;

        wl_fact_encode(&made[i], bytes);
        g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed), ==,
                        WL_DECODE_OK);
        g_assert_cmpint(fact.attribute, ==, i == 0 ? WL_ATTRIBUTE_ACK : WL_ATTRIBUTE_PATH);
        g_assert_true(wl_fact_identity_equal(&fact, &made[i]));
        g_assert_true(wl_key_equal(&fact.subject, &subject));
    }
}

static void
test_copy(void)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new("laptop", 1);
    g_autofree char *text = NULL;
    WlFact fact, copy;

    wl_fact_init_metadata(&fact, &subject, metadata, 3);
    wl_fact_copy(&fact, &copy);
    wl_fact_clear(&fact);
    g_assert_null(fact.value.metadata);
    text = wl_fact_describe(&copy);
    g_assert_cmpstr(text, ==, "member laptop (basic)");
    wl_fact_clear(&copy);
    wl_fact_clear(&copy);
}

static void
test_ttl_far_apart(void)
{
    g_assert_cmpint(wl_ttl_from_expiry(G_MAXINT64, G_MININT64), ==, 65535);
    g_assert_cmpint(wl_ttl_from_expiry(G_MININT64, G_MAXINT64), ==, 0);
}

static void
test_labels(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < WL_DECODE_N_ERRORS; i++)
        g_assert_true(g_hash_table_add(seen, (gpointer) wl_decode_error_label(i)));
    g_assert_cmpstr(wl_decode_error_label(WL_DECODE_N_ERRORS), ==, "unknown");
}

/* Extension facts extend to the end of the group; of an unknown version only the version is read.
 */
static void
test_extensions(void)
{
    static const struct {
        const char *hex, *shown;
    } good[] = {
        {"7700" SUBJECT "01010000000501020003", "path direct, epoch 5"},
        {"7700" SUBJECT "0100fffffffe00000000", "path router, epoch 4294967294"},
        {"7700" SUBJECT "01f000000005010200032105ff", "path router, epoch 5"},
        {"7700" SUBJECT "01020000000000000000", "probe request"},
        {"7700" SUBJECT "02", "path message of version 2"},
        {"7700" SUBJECT "00ffffff", "path message of version 0"},
        {"6800" SUBJECT "010000000005" SUBJECT, "router QEFCQ0RF, epoch 5"},
        {"6800" SUBJECT "0101fffffffe" SUBJECT, "router QEFCQ0RF (held), epoch 4294967294"},
        {"6800" SUBJECT "010200000100" SUBJECT, "router QEFCQ0RF (come), epoch 256"},
        {"6800" SUBJECT "01f300000001" SUBJECT "05ff", "router QEFCQ0RF (come), epoch 1"},
        {"6800" SUBJECT "02", "router message of version 2"},
        {"6800" SUBJECT "000102", "router message of version 0"},
        {"7200" SUBJECT "01", "ack of 0 datagrams"},
        {"7200" SUBJECT "010102030405060708", "ack of 1 datagram"},
        {"7200" SUBJECT "01a102030405060708", "ack of 1 datagram"},
        {"7200" SUBJECT "010102030405060708a1a2a3a4a5a6a7a8ff", "ack of 2 datagrams"},
        {"7200" SUBJECT "020102030405060708", "ack of version 2"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GByteArray) bytes = test_unhex(good[i].hex), again = g_byte_array_new();
        g_auto(WlFact) fact = {0};
        g_autofree char *shown = NULL;
        gsize consumed;

        g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed), ==,
                        WL_DECODE_OK);
        g_assert_cmpuint(consumed, ==, bytes->len);
        shown = wl_fact_describe(&fact);
        g_assert_cmpstr(shown, ==, good[i].shown);
        wl_fact_encode(&fact, again);
        g_assert_cmpmem(again->data, again->len, bytes->data, MIN(again->len, bytes->len));
        g_assert_cmpuint(again->len, ==, wl_fact_encoded_size(&fact));
    }
    check_order("7700" SUBJECT, "truncated");
    check_order("7700" SUBJECT "010100000005010200", "truncated");
    check_order("7200" SUBJECT, "truncated");
    check_order("6800" SUBJECT, "truncated");
    check_order("6800" SUBJECT "010000000005"
                "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e",
                "truncated");
}

/* Every byte of a path message has its place. */
static void
test_path_bytes(void)
{
    g_autoptr(GByteArray) bytes = test_unhex("7700" SUBJECT "0181f2e3d4c5b6a79889"),
                          again = g_byte_array_new();
    g_auto(WlFact) fact = {0};
    gsize consumed;

    g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed), ==, WL_DECODE_OK);
    g_assert_cmphex(fact.value.path.flags, ==, 0x81);
    g_assert_cmphex(fact.value.path.epoch, ==, 0xf2e3d4c5);
    g_assert_cmphex(fact.value.path.probe, ==, 0xb6a7);
    g_assert_cmphex(fact.value.path.ack, ==, 0x9889);
    wl_fact_encode(&fact, again);
    g_assert_cmpmem(again->data, again->len, bytes->data, bytes->len);
}

/* Every byte of a router message has its place. */
static void
test_router_bytes(void)
{
    g_autoptr(GByteArray) bytes = test_unhex("6800" SUBJECT "0181f2e3d4c5" SUBJECT),
                          again = g_byte_array_new();
    g_auto(WlFact) fact = {0}, made = {0};
    gsize consumed;

    g_assert_cmpint(wl_fact_decode(bytes->data, bytes->len, &fact, &consumed), ==, WL_DECODE_OK);
    g_assert_cmphex(fact.value.router.flags, ==, 0x81);
    g_assert_cmphex(fact.value.router.epoch, ==, 0xf2e3d4c5);
    g_assert_true(wl_key_equal(&fact.value.router.router, &fact.subject));
    wl_fact_init_router(&made, &fact.subject, &fact.value.router);
    wl_fact_encode(&made, again);
    g_assert_cmpmem(again->data, again->len, bytes->data, bytes->len);
}

/* Among many names, few have the same hash, whichever of their letters differ. */
static void
test_identity_hash_spreads(void)
{
    static const WlKey about = {{1}};
    g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) lowest = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("%c%u%c", 'a' + i % 10, i / 100, 'a' + i / 10 % 10);
        g_autoptr(WlMetadata) metadata = wl_metadata_new(name, FALSE);
        g_auto(WlFact) fact = {0};
        guint hash;

        wl_fact_init_metadata(&fact, &about, metadata, 0);
        hash = wl_fact_identity_hash(&fact);
        g_hash_table_add(hashes, GUINT_TO_POINTER(hash));
        g_hash_table_add(lowest, GUINT_TO_POINTER(hash % 1021));
    }
    g_assert_cmpuint(g_hash_table_size(hashes), >=, 995);
    g_assert_cmpuint(g_hash_table_size(lowest), >=, 550); /* random ones: about 640 */
}

/* Facts that differ in their value or attribute only have other hashes, also those that are hashed
 * by bytes. */
static void
test_identity_hash(void)
{
    static const WlKey about = {{1}};
    WlMetadata *metadata[3];
    const WlPathMessage messages[] = {
        {.version = WL_PATH_VERSION, .epoch = 1},
        {.version = WL_PATH_VERSION, .epoch = 256},
        {.version = WL_PATH_VERSION, .epoch = 1, .ack = 1},
    };
    WlFact facts[8] = {
        [6] = {.attribute = WL_ATTRIBUTE_ALIVE, .subject = about},
        [7] = {.attribute = WL_ATTRIBUTE_MEMBER, .subject = about},
    };

    for (guint i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("%u", i);
        metadata[i] = wl_metadata_new(name, FALSE);
        wl_fact_init_metadata(&facts[i], &about, metadata[i], 0);
        wl_fact_init_path(&facts[3 + i], &about, &messages[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        for (guint j = 0; j < i; j++) {
            g_assert_cmphex(wl_fact_identity_hash(&facts[i]), !=, wl_fact_identity_hash(&facts[j]));
            g_assert_false(wl_fact_identity_equal(&facts[i], &facts[j]));
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        wl_fact_clear(&facts[i]);
    for (guint i = 0; i < G_N_ELEMENTS(metadata); i++)
        wl_metadata_unref(metadata[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/uvarint/edges", test_uvarint_edges);
    g_test_add_func("/codec/uvarint/round-trip", test_uvarint_round_trip);
    g_test_add_func("/codec/fact/decode-order", test_decode_order);
    g_test_add_func("/codec/fact/inner-order", test_inner_order);
    g_test_add_func("/codec/fact/random-round-trip", test_random_round_trip);
    g_test_add_func("/codec/fact/random-inner", test_random_inner);
    g_test_add_func("/codec/fact/identity", test_identity);
    g_test_add_func("/codec/fact/identities", test_identities);
    g_test_add_func("/codec/fact/mapped-prefixes", test_mapped_prefixes);
    g_test_add_func("/codec/fact/made-extensions", test_made_extensions);
    g_test_add_func("/codec/fact/router-bytes", test_router_bytes);
    g_test_add_func("/codec/fact/v4-mapped-normalized", test_normalized);
    g_test_add_func("/codec/fact/copy", test_copy);
    g_test_add_func("/codec/fact/ttl-far-apart", test_ttl_far_apart);
    g_test_add_func("/codec/fact/error-labels", test_labels);
    g_test_add_func("/codec/fact/extensions", test_extensions);
    g_test_add_func("/codec/fact/path-bytes", test_path_bytes);
    g_test_add_func("/codec/fact/identity-hash", test_identity_hash);
    g_test_add_func("/codec/fact/identity-hash-spreads", test_identity_hash_spreads);
    return g_test_run();
}
