/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing and verification with random keys: every changed bit, other receivers, the cache of
 * shared keys.
 */
#include "test-vectors.h"
#include "wl-datagram-source.h"
#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-link-local.h"
#include "wl-signer.h"

#include <string.h>

#define MANY_PEERS 6100 /* more than the signer caches shared keys of */

typedef struct {
    GRand *rand;
    WlSigner *a, *b;
} Fixture;

static WlSigner *
make_signer(GRand *rand)
{
    WlKey key;

    wl_key_generate(&key, test_random_seeded, rand);
    return wl_signer_new(&key, test_random_seeded, rand);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->rand = g_rand_new_with_seed(30);
    fixture->a = make_signer(fixture->rand);
    fixture->b = make_signer(fixture->rand);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    wl_signer_free(fixture->a);
    wl_signer_free(fixture->b);
    g_rand_free(fixture->rand);
}

static GBytes *
sign(WlSigner *from, WlSigner *to, const void *inner, gsize length)
{
    return wl_signer_sign(from, wl_signer_get_public_key(to), inner, length);
}

static WlReceiveResult
open_bytes(WlSigner *to, WlSigner *from, const guint8 *data, gsize length)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlKey sender;
    WlIp source;

    wl_key_link_local(wl_signer_get_public_key(from), &source);
    return wl_datagram_open(to, &source, data, length, &sender, facts, NULL);
}

static WlReceiveResult
open_packet(WlSigner *to, WlSigner *from, GBytes *packet)
{
    return open_bytes(to, from, g_bytes_get_data(packet, NULL), g_bytes_get_size(packet));
}

/* A changed bit anywhere but in attribute and TTL is detected. */
static void
test_every_bit(Fixture *fixture, gconstpointer data)
{
    static const guint8 inner[] = {WL_ATTRIBUTE_MEMBER, 0, [33] = 7};
    g_autoptr(GBytes) packet = sign(fixture->a, fixture->b, inner, sizeof(inner));
    gsize length;
    g_autofree guint8 *bytes = NULL;

    g_assert_cmpint(open_packet(fixture->b, fixture->a, packet), ==, WL_RECEIVE_ACCEPTED);
    bytes = g_memdup2(g_bytes_get_data(packet, &length), g_bytes_get_size(packet));
    for (gsize bit = 8 * 2; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= 1 << bit % 8;
        g_assert_cmpint(open_bytes(fixture->b, fixture->a, bytes, length), ==,
                        bit < 8 * (2 + WL_KEY_SIZE) ? WL_RECEIVE_WRONG_SOURCE : WL_RECEIVE_BAD_TAG);
        bytes[bit / 8] ^= 1 << bit % 8;
    }
}

/* Before and after the shared key with the signer, which keeps the address, is cached. */
static void
test_source(Fixture *fixture, gconstpointer data)
{
    const WlKey *a = wl_signer_get_public_key(fixture->a),
                *b = wl_signer_get_public_key(fixture->b);
    g_autoptr(GBytes) packet = sign(fixture->a, fixture->b, NULL, 0);
    WlIp of_a, of_b, v4 = {.family = WL_FAMILY_V4, .bytes = {10, 0, 0, 1}};

    wl_key_link_local(a, &of_a);
    wl_key_link_local(b, &of_b);
    for (guint cached = 0; cached < 2; cached++) {
        g_assert_true(wl_datagram_source_is_signer(fixture->b, &of_a, a));
        g_assert_false(wl_datagram_source_is_signer(fixture->b, &of_b, a));
        g_assert_false(wl_datagram_source_is_signer(fixture->b, &v4, a));
        g_assert_cmpuint(wl_signer_get_key_agreements(fixture->b), ==, cached);
        g_assert_cmpint(open_packet(fixture->b, fixture->a, packet), ==, WL_RECEIVE_ACCEPTED);
    }
}

static void
test_nonces_differ(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) first = sign(fixture->a, fixture->b, NULL, 0);
    g_autoptr(GBytes) second = sign(fixture->a, fixture->b, NULL, 0);

    g_assert_cmpuint(g_bytes_get_size(first), ==, 74);
    g_assert_false(g_bytes_equal(first, second));
    g_assert_cmpint(open_packet(fixture->b, fixture->a, first), ==, WL_RECEIVE_ACCEPTED);
    g_assert_cmpint(open_packet(fixture->b, fixture->a, second), ==, WL_RECEIVE_ACCEPTED);
}

static void
test_results(Fixture *fixture, gconstpointer data)
{
    static const guint8 unknown[] = {'?'};
    g_autoptr(GBytes) bad_inner = sign(fixture->a, fixture->b, unknown, sizeof(unknown));
    g_autoptr(GBytes) good = sign(fixture->a, fixture->b, NULL, 0);
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlIp v4 = {.family = WL_FAMILY_V4, .bytes = {10, 0, 0, 1}};
    WlDecodeError error;
    WlKey sender;
    WlIp source;

    wl_key_link_local(wl_signer_get_public_key(fixture->a), &source);
    g_assert_cmpint(wl_datagram_open(fixture->b, &source, NULL, 0, &sender, facts, &error), ==,
                    WL_RECEIVE_UNDECODABLE);
    g_assert_cmpint(error, ==, WL_DECODE_EMPTY);
    g_assert_cmpint(wl_datagram_open(fixture->b, &source, g_bytes_get_data(bad_inner, NULL),
                                     g_bytes_get_size(bad_inner), &sender, facts, &error),
                    ==, WL_RECEIVE_BAD_INNER);
    g_assert_cmpint(error, ==, WL_DECODE_ATTRIBUTE_UNKNOWN);
    g_assert_cmpint(wl_datagram_open(fixture->b, &v4, g_bytes_get_data(good, NULL),
                                     g_bytes_get_size(good), &sender, facts, &error),
                    ==, WL_RECEIVE_WRONG_SOURCE);
    g_assert_cmpint(error, ==, WL_DECODE_OK);
    /* Only the receiver accepts it, not a third member and not the sender. */
    g_assert_cmpint(open_packet(fixture->a, fixture->a, good), ==, WL_RECEIVE_BAD_TAG);
}

/* Only a group has a tag: another fact of a known member, or a group of a key without a shared
 * secret, is not verified. */
static void
test_no_tag(Fixture *fixture, gconstpointer data)
{
    static const guint8 inner[] = {WL_ATTRIBUTE_MEMBER, 0, [33] = 7};
    g_autoptr(GBytes) packet = sign(fixture->a, fixture->b, inner, sizeof(inner));
    g_auto(WlFact) group = {0};
    WlFact other;
    gsize consumed;

    g_assert_cmpint(
        wl_fact_decode(g_bytes_get_data(packet, NULL), g_bytes_get_size(packet), &group, &consumed),
        ==, WL_DECODE_OK);
    g_assert_true(wl_signer_verify(fixture->b, &group));
    other = group;
    other.attribute = WL_ATTRIBUTE_MEMBER;
    g_assert_false(wl_signer_verify(fixture->b, &other));
    other = group;
    other.subject = (WlKey){{0}};
    g_assert_false(wl_signer_verify(fixture->b, &other));
}

/* A dropped shared key is computed again. */
static void
test_many_peers(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_signer_free);
    g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);

    for (guint i = 0; i < MANY_PEERS; i++) {
        WlSigner *peer = make_signer(fixture->rand);

        g_ptr_array_add(peers, peer);
        g_ptr_array_add(packets, sign(peer, fixture->a, NULL, 0));
    }
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < MANY_PEERS; i++)
            g_assert_cmpint(open_packet(fixture->a, peers->pdata[i], packets->pdata[i]), ==,
                            WL_RECEIVE_ACCEPTED);
    }
    wl_signer_drop(fixture->a, wl_signer_get_public_key(peers->pdata[MANY_PEERS - 1]));
    wl_signer_drop(fixture->a, wl_signer_get_public_key(peers->pdata[0]));
    g_assert_cmpint(open_packet(fixture->a, peers->pdata[0], packets->pdata[0]), ==,
                    WL_RECEIVE_ACCEPTED);
}

static void
test_random_datagrams(Fixture *fixture, gconstpointer data)
{
    guint counts[WL_RECEIVE_N_RESULTS] = {0};

    for (guint i = 0; i < 20000; i++) {
        guint8 bytes[200];
        gsize length = g_rand_int_range(fixture->rand, 0, sizeof(bytes));

        test_random_seeded(fixture->rand, bytes, length);
        if (length > 2 && i % 2) {
            bytes[0] = WL_ATTRIBUTE_GROUP;
            bytes[1] = 0;
        }
        if (length > 34 && i % 4 == 1)
            memcpy(bytes + 2, wl_signer_get_public_key(fixture->a), WL_KEY_SIZE);
        counts[open_bytes(fixture->b, fixture->a, bytes, length)]++;
    }
    g_assert_cmpuint(counts[WL_RECEIVE_ACCEPTED], ==, 0);
    g_assert_cmpuint(counts[WL_RECEIVE_UNDECODABLE], >, 1000);
    g_assert_cmpuint(counts[WL_RECEIVE_WRONG_SOURCE], >, 1000);
    g_assert_cmpuint(counts[WL_RECEIVE_BAD_TAG], >, 1000);
}

/* A datagram that requests an ack is told apart by its TTL, and both by their nonces. */
static void
test_ack(Fixture *fixture, gconstpointer data)
{
    for (guint acks = 0; acks < 2; acks++) {
        const WlKey *to = wl_signer_get_public_key(fixture->b);
        g_autoptr(GBytes) bytes = acks ? wl_signer_sign_with_ack(fixture->a, to, NULL, 0)
                                       : wl_signer_sign(fixture->a, to, NULL, 0);
        const guint8 *packet = g_bytes_get_data(bytes, NULL);
        guint64 nonce;

        memcpy(&nonce, packet + 1 + 1 + WL_KEY_SIZE, sizeof(nonce));
        g_assert_cmpint(wl_signer_wants_ack(packet), ==, acks);
        g_assert_cmphex(wl_signer_get_nonce(packet), ==, nonce);
    }
}

/* The nonce follows a TTL of any length. */
static void
test_nonce_after_ttl(void)
{
    static const guint8 ttls[][3] = {{0x00}, {0x7f}, {0x80, 0x01}, {0xff, 0xff, 0x03}};
    static const gsize sizes[] = {1, 1, 2, 3};

    for (guint i = 0; i < G_N_ELEMENTS(ttls); i++) {
        guint8 packet[64] = {WL_ATTRIBUTE_GROUP};
        guint64 nonce = G_GUINT64_CONSTANT(0x0123456789abcdef);

        memset(packet + 1, 0xee, sizeof(packet) - 1);
        memcpy(packet + 1, ttls[i], sizes[i]);
        memcpy(packet + 1 + sizes[i] + WL_KEY_SIZE, &nonce, sizeof(nonce));
        g_assert_cmphex(wl_signer_get_nonce(packet), ==, nonce);
    }
}

static void
test_result_labels(void)
{
    static const char *const labels[] = {"accepted",     "undecodable", "unsigned",
                                         "wrong-source", "bad-tag",     "bad-inner",
                                         "replayed",     "flood",       "unknown"};

    for (guint i = 0; i <= WL_RECEIVE_N_RESULTS; i++)
        g_assert_cmpstr(wl_receive_result_label(i), ==, labels[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
    ADD("/codec/signer/every-bit", test_every_bit);
    ADD("/codec/signer/source", test_source);
    ADD("/codec/signer/nonces-differ", test_nonces_differ);
    ADD("/codec/signer/results", test_results);
    ADD("/codec/signer/no-tag", test_no_tag);
    ADD("/codec/signer/many-peers", test_many_peers);
    ADD("/codec/signer/random-datagrams", test_random_datagrams);
    ADD("/codec/signer/ack", test_ack);
    g_test_add_func("/codec/signer/nonce after the TTL", test_nonce_after_ttl);
    g_test_add_func("/codec/signer/result-labels", test_result_labels);
    return g_test_run();
}
