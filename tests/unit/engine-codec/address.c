/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, endpoints, prefixes, keys and devices: text, classes and containment. */
#include "test-vectors.h"
#include "wl-device.h"
#include "wl-hash.h"
#include "wl-link-local.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

static void
test_ip_text(void)
{
    static const struct {
        const char *in, *out; /* NULL: refused */
    } cases[] = {
        {"10.0.0.1", "10.0.0.1"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"0:0:1:0:0:0:2:0", "0:0:1::2:0"},
        {"::102:304", "::102:304"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"fe80::58e3:f6f9:c107:22cf", "fe80::58e3:f6f9:c107:22cf"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"", NULL},
        {"10.0.0", NULL},
        {"10.0.0.256", NULL},
        {"10.0.0.1 ", NULL},
        {" 10.0.0.1", NULL},
        {"fe80::1%lo", NULL},
        {"[::1]", NULL},
        {"hub.example", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;
        WlIp ip = {0};

        g_assert_cmpint(wl_ip_parse(cases[i].in, &ip), ==, cases[i].out != NULL);
        if (!cases[i].out)
            continue;
        text = wl_ip_to_string(&ip);
        g_assert_cmpstr(text, ==, cases[i].out);
    }
    g_assert_false(wl_ip_parse(NULL, &(WlIp){0}));
}

/* Against libc, whose text differs only for the deprecated IPv4-compatible addresses. */
static void
test_ip_text_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);

    for (guint i = 0; i < 20000; i++) {
        char expected[INET6_ADDRSTRLEN];
        g_autofree char *text = NULL;
        WlIp ip = {.family = WL_FAMILY_V6}, again;

        for (guint word = 0; word < 8; word++) {
            if (word < 6 && g_rand_boolean(rand))
                continue;
            ip.bytes[2 * word + 1] = g_rand_int_range(rand, word == 0, 256);
            ip.bytes[2 * word] = g_rand_int_range(rand, 0, 3);
        }
        ip.bytes[0] |= 1;
        text = wl_ip_to_string(&ip);
        g_assert_nonnull(inet_ntop(AF_INET6, ip.bytes, expected, sizeof(expected)));
        g_assert_cmpstr(text, ==, expected);
        g_assert_true(wl_ip_parse(text, &again));
        g_assert_true(wl_ip_equal(&ip, &again));
    }
}

static void
test_global_unicast(void)
{
    static const char *const yes[] = {
        "10.0.0.1",  "192.168.1.1",     "100.64.0.1",   "192.0.2.1", "8.8.8.8",
        "240.0.0.1", "255.0.0.255",     "2001:db8::1",  "fd77::1",   "fec0::1",
        "::2",       "::ffff:10.0.0.1", "169.253.255.1"};
    static const char *const no[] = {"0.0.0.0",
                                     "127.0.0.1",
                                     "127.255.0.1",
                                     "224.0.0.1",
                                     "239.255.255.255",
                                     "255.255.255.255",
                                     "169.254.9.9",
                                     "::",
                                     "::1",
                                     "fe80::1",
                                     "febf::1",
                                     "ff02::1",
                                     "::ffff:0.0.0.0",
                                     "::ffff:127.0.0.1"};
    WlIp ip;

    for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
        g_assert_true(wl_ip_parse(yes[i], &ip));
        g_assert_true(wl_ip_is_global_unicast(&ip));
    }
    for (guint i = 0; i < G_N_ELEMENTS(no); i++) {
        g_assert_true(wl_ip_parse(no[i], &ip));
        g_assert_false(wl_ip_is_global_unicast(&ip));
    }
    g_assert_false(wl_ip_is_global_unicast(&(WlIp){0}));
}

static void
test_endpoint_text(void)
{
    static const char *const same[] = {"192.0.2.1:51820", "[2001:db8::1]:51820", "10.0.0.1:0",
                                       "[::]:65535"};
    static const char *const refused[] = {"",
                                          "192.0.2.1",
                                          "192.0.2.1:",
                                          "192.0.2.1:65536",
                                          "192.0.2.1:+1",
                                          "192.0.2.1: 1",
                                          "192.0.2.1:01",
                                          ":51820",
                                          "[]:1",
                                          "[:1",
                                          "]:1",
                                          "2001:db8::1:51820",
                                          "[192.0.2.1]:1",
                                          "[2001:db8::1]",
                                          "[2001:db8::1]51820",
                                          "[fe80::1%lo]:1",
                                          "hub.example:51820",
                                          "192.0.2.1:99999999999999999999"};
    WlEndpoint endpoint = {0};

    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *text = NULL;

        g_assert_true(wl_endpoint_parse(same[i], &endpoint));
        g_assert_true(wl_endpoint_is_set(&endpoint));
        text = wl_endpoint_to_string(&endpoint);
        g_assert_cmpstr(text, ==, same[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (wl_endpoint_parse(refused[i], &endpoint))
            g_error("endpoint %s is taken", refused[i]);
    }
    g_assert_false(wl_endpoint_parse(NULL, &endpoint));
}

static void
test_endpoint_equal(void)
{
    WlEndpoint a, b;

    /* Padding does not matter. */
    memset(&a, 0xff, sizeof(a));
    memset(&b, 0, sizeof(b));
    g_assert_true(wl_ip_parse("192.0.2.1", &a.ip));
    g_assert_true(wl_ip_parse("192.0.2.1", &b.ip));
    a.port = b.port = 7;
    g_assert_true(wl_endpoint_equal(&a, &b));
    g_assert_true(wl_endpoint_equal_func(&a, &b));
    g_assert_cmpuint(wl_endpoint_hash(&a), ==, wl_endpoint_hash(&b));
    b.port = 8;
    g_assert_false(wl_endpoint_equal(&a, &b));
    g_assert_cmpuint(wl_endpoint_hash(&a), !=, wl_endpoint_hash(&b));
}

static WlPrefix
prefix_of(const char *text)
{
    WlPrefix prefix = {0};

    if (!wl_prefix_parse(text, &prefix))
        g_error("%s is not a prefix", text);
    return prefix;
}

static void
test_prefix_text(void)
{
    static const struct {
        const char *in, *out, *masked; /* out NULL: refused */
    } cases[] = {
        {"10.0.0.7/24", "10.0.0.7/24", "10.0.0.0/24"},
        {"10.0.0.7", "10.0.0.7/32", "10.0.0.7/32"},
        {"10.255.255.255/9", "10.255.255.255/9", "10.128.0.0/9"},
        {"255.255.255.255/0", "255.255.255.255/0", "0.0.0.0/0"},
        {"fd77::9", "fd77::9/128", "fd77::9/128"},
        {"fd77:ffff::9/17", "fd77:ffff::9/17", "fd77:8000::/17"},
        {"::/0", "::/0", "::/0"},
        {"10.0.0.0/33", NULL, NULL},
        {"10.0.0.0/", NULL, NULL},
        {"10.0.0.0/-1", NULL, NULL},
        {"10.0.0.0/08", NULL, NULL},
        {"10.0.0.0/8/8", NULL, NULL},
        {"::/129", NULL, NULL},
        {"/8", NULL, NULL},
        {"", NULL, NULL},
        {"10.0.0.0/255.0.0.0", NULL, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;
        g_autofree char *masked_text = NULL;
        WlPrefix prefix, masked;

        g_assert_cmpint(wl_prefix_parse(cases[i].in, &prefix), ==, cases[i].out != NULL);
        if (!cases[i].out)
            continue;
        text = wl_prefix_to_string(&prefix);
        g_assert_cmpstr(text, ==, cases[i].out);
        masked = wl_prefix_masked(&prefix);
        masked_text = wl_prefix_to_string(&masked);
        g_assert_cmpstr(masked_text, ==, cases[i].masked);
    }
}

static void
test_prefix_contains(void)
{
    static const struct {
        const char *outer, *inner;
        gboolean contains;
    } cases[] = {
        {"10.0.0.0/8", "10.1.2.3/32", TRUE},
        {"10.0.0.0/8", "10.9.9.9/8", TRUE},
        {"10.0.0.0/8", "11.0.0.0/8", FALSE},
        {"10.0.0.0/24", "10.0.0.0/23", FALSE},
        {"0.0.0.0/0", "192.0.2.0/24", TRUE},
        {"0.0.0.0/0", "::/0", FALSE},
        {"::/0", "fd77::/64", TRUE},
        {"fd77::/64", "fd77:0:0:1::/64", FALSE},
        {"fd77::/63", "fd77:0:0:1::/64", TRUE},
        {"10.0.0.1/32", "10.0.0.1/32", TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlPrefix outer = prefix_of(cases[i].outer), inner = prefix_of(cases[i].inner);

        g_assert_cmpint(wl_prefix_contains(&outer, &inner), ==, cases[i].contains);
        if (cases[i].contains) {
            g_assert_true(wl_prefix_overlaps(&outer, &inner));
            g_assert_true(wl_prefix_overlaps(&inner, &outer));
            g_assert_true(wl_prefix_contains_ip(&outer, &inner.ip));
        }
    }
}

static void
test_prefix_order(void)
{
    static const char *const sorted[] = {"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24",
                                         "::/0",      "::/1",       "fd77::/64",   "fe80::1/128"};

    for (guint i = 0; i < G_N_ELEMENTS(sorted); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(sorted); j++) {
            WlPrefix a = prefix_of(sorted[i]), b = prefix_of(sorted[j]);
            int order = wl_prefix_compare(&a, &b);

            g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
            g_assert_cmpint(wl_prefix_equal(&a, &b), ==, i == j);
        }
    }
}

static void
test_routed_net(void)
{
    WlPrefix mapped = {.length = 100};
    WlPrefix none = {0};

    g_assert_true(wl_ip_parse("::ffff:10.0.0.0", &mapped.ip));
    g_assert_false(wl_prefix_is_routed_net(&mapped));
    g_assert_false(wl_prefix_is_routed_net(&none));
}

static void
test_key_text(void)
{
    static const char good[] = "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=";
    static const char *const refused[] = {
        "",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8==",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF9=", /* bits beyond the key */
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF88", /* 33 bytes */
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4K===",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE-KF8=",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8\n",
        " j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=",
        "j0DFrbaPJWJK5bIU6nZ6bslN gp09e14a0bpvPiE4KF8",
        "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpv\303\244E4KF8=", /* no ASCII, which libsodium takes for
                                                                 "/" */
    };
    WlKey key, untouched;

    memset(&key, 0x5a, sizeof(key));
    untouched = key;
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_assert_false(wl_key_parse(refused[i], &key));
        g_assert_true(wl_key_equal(&key, &untouched));
    }
    g_assert_false(wl_key_parse(NULL, &key));
    g_assert_true(wl_key_parse(good, &key));
    g_assert_false(wl_key_is_zero(&key));
    wl_key_wipe(&key);
    g_assert_true(wl_key_is_zero(&key));
}

static void
test_key_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);

    for (guint i = 0; i < 200; i++) {
        WlKey key, parsed, public_key;
        g_autofree WlKey *copy = NULL;
        char *text;

        wl_key_generate(&key, test_random_seeded, rand);
        g_assert_cmpint(key.bytes[0] & 7, ==, 0);
        g_assert_cmpint(key.bytes[31] & 0xc0, ==, 0x40);
        text = wl_key_to_string(&key);
        g_assert_cmpuint(strlen(text), ==, WL_KEY_BASE64_SIZE);
        g_assert_true(wl_key_parse(text, &parsed));
        wl_key_free_string(text);
        g_assert_true(wl_key_equal(&key, &parsed));
        g_assert_cmpuint(wl_key_hash(&key), ==, wl_key_hash(&parsed));
        g_assert_true(wl_key_derive_public(&key, &public_key));
        g_assert_cmpint(wl_key_compare(&key, &public_key), !=, 0);
        copy = wl_key_copy(&key);
        g_assert_cmpint(wl_key_compare(&key, copy), ==, 0);
    }
}

static void
test_device(void)
{
    static const WlKey first = {{1}}, second = {{2}}, third = {{3}};
    g_autoptr(WlDevice) device = wl_device_new();
    g_autoptr(WlPeerChange) change = wl_peer_change_new(WL_PEER_RECREATE, &first);

    g_ptr_array_add(device->peers, wl_device_peer_new(&first));
    g_ptr_array_add(device->peers, wl_device_peer_new(&second));
    g_assert_true(wl_device_find(device, &second) == g_ptr_array_index(device->peers, 1));
    g_assert_null(wl_device_find(device, &third));
    g_assert_cmpint(wl_device_find(device, &first)->handshake_age, ==, -1);
    g_assert_false(wl_endpoint_is_set(&wl_device_find(device, &first)->endpoint));
    g_assert_cmpint(change->kind, ==, WL_PEER_RECREATE);
    g_assert_cmpuint(change->allowed_ips->len, ==, 0);
}

/* Values that differ in one field only have other hashes, and the hash has a key of this process:
 * those of the unkeyed functions that others could compute are not used. */
static void
test_hashes(void)
{
    static const struct {
        const char *text;
        guint unkeyed; /* FNV-1a */
    } cases[] = {
        {"0.0.0.0:0", 0xb1a4634b},       {"192.0.2.1:51820", 0x34c8cb90},
        {"192.0.2.1:51821", 0x35c8cd23}, {"192.0.2.1:51564", 0x36d11d7b},
        {"192.0.2.2:51820", 0x762bcffd}, {"[2001:db8::1]:51820", 0x66787d46},
        {"[c000:201::]:51820", 0},
    };
    static const guint8 no_key[crypto_shorthash_KEYBYTES];
    static const WlKey zero, key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, [31] = 0xff}};
    g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);
    guint8 bytes[crypto_shorthash_BYTES];
    guint unkeyed;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlEndpoint endpoint;

        g_assert_true(wl_endpoint_parse(cases[i].text, &endpoint));
        g_test_message("%s", cases[i].text);
        g_assert_cmphex(wl_endpoint_hash(&endpoint), !=, cases[i].unkeyed);
        g_assert_true(g_hash_table_add(hashes, GUINT_TO_POINTER(wl_endpoint_hash(&endpoint))));
        g_assert_false(g_hash_table_add(hashes, GUINT_TO_POINTER(wl_endpoint_hash(&endpoint))));
    }
    g_assert_cmphex(wl_key_hash(&zero), !=, wl_key_hash(&key));
    g_assert_cmphex(wl_key_hash(&zero), !=, 0x8527df7b);
    g_assert_cmphex(wl_key_hash(&key), !=, 0xcac21758);
    crypto_shorthash(bytes, key.bytes, sizeof(key.bytes), no_key);
    memcpy(&unkeyed, bytes, sizeof(unkeyed));
    g_assert_cmphex(wl_key_hash(&key), !=, unkeyed);
    g_assert_cmphex(wl_hash_string("name"), ==, wl_hash("name", 4));
    g_assert_cmphex(wl_hash_string("name"), !=, g_str_hash("name"));
}

/* Nothing is written behind the address. */
static void
test_link_local(void)
{
    struct {
        WlIp ip;
        guint8 behind;
    } address = {.behind = 0x5a};
    static const WlKey key = {{1}};

    wl_key_link_local(&key, &address.ip);
    g_assert_true(wl_ip_is_link_local(&address.ip));
    g_assert_cmphex(address.behind, ==, 0x5a);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sodium_init() < 0)
        g_error("libsodium cannot be initialized");
    g_test_add_func("/codec/address/ip-text", test_ip_text);
    g_test_add_func("/codec/address/ip-text-random", test_ip_text_random);
    g_test_add_func("/codec/address/global-unicast", test_global_unicast);
    g_test_add_func("/codec/address/endpoint-text", test_endpoint_text);
    g_test_add_func("/codec/address/endpoint-equal", test_endpoint_equal);
    g_test_add_func("/codec/address/prefix-text", test_prefix_text);
    g_test_add_func("/codec/address/prefix-contains", test_prefix_contains);
    g_test_add_func("/codec/address/prefix-order", test_prefix_order);
    g_test_add_func("/codec/address/routed-net", test_routed_net);
    g_test_add_func("/codec/key/text", test_key_text);
    g_test_add_func("/codec/key/random", test_key_random);
    g_test_add_func("/codec/address/hashes", test_hashes);
    g_test_add_func("/codec/key/link-local", test_link_local);
    g_test_add_func("/codec/device", test_device);
    return g_test_run();
}
