/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration of the engine: copies, what differs, and what is refused. */
#include "wl-engine-config.h"

#include <string.h>

#include "harness.h"

/* A peer with everything set, different from another one in the field with this number. */
enum {
    KEY,
    NAME,
    NO_NAME,
    FIRST_ENDPOINT,
    LAST_ENDPOINT,
    MORE_ENDPOINTS,
    FEWER_ENDPOINTS,
    FIRST_PREFIX,
    LAST_PREFIX,
    MORE_PREFIXES,
    FEWER_PREFIXES,
    TRUST,
    BASIC,
    FACT_EXCHANGER,
    NO_PRESHARED_KEY,
    PRESHARED_KEY,
    KEEPALIVE,
    NOTHING,
};

static void
add_prefix(GArray *list, const char *text)
{
    WlPrefix prefix = harness_prefix(text);

    g_array_append_val(list, prefix);
}

static WlPeerConfig *
peer_new(guint other)
{
    WlKey key = {{1, other == KEY}};
    WlPeerConfig *peer = wl_peer_config_new(&key);

    if (other != NO_NAME)
        peer->name = g_strdup(other == NAME ? "hall" : "hub");
    g_ptr_array_add(peer->endpoints, g_strdup(other == FIRST_ENDPOINT ? "a:2" : "a:1"));
    if (other != FEWER_ENDPOINTS)
        g_ptr_array_add(peer->endpoints, g_strdup(other == LAST_ENDPOINT ? "b:2" : "b:1"));
    if (other == MORE_ENDPOINTS)
        g_ptr_array_add(peer->endpoints, g_strdup("c:1"));
    add_prefix(peer->allowed_ips, other == FIRST_PREFIX ? "10.1.0.0/24" : "10.1.0.0/16");
    if (other != FEWER_PREFIXES)
        add_prefix(peer->allowed_ips, other == LAST_PREFIX ? "10.3.0.0/16" : "10.2.0.0/16");
    if (other == MORE_PREFIXES)
        add_prefix(peer->allowed_ips, "10.4.0.0/16");
    peer->trust = other == TRUST ? WL_TRUST_ENDPOINT : WL_TRUST_MEMBERSHIP;
    peer->basic = other != BASIC;
    peer->fact_exchanger = other != FACT_EXCHANGER;
    peer->has_preshared_key = other != NO_PRESHARED_KEY;
    peer->preshared_key = (WlKey){{5, other == PRESHARED_KEY}};
    peer->keepalive = other == KEEPALIVE ? 26 : 25;
    return peer;
}

/* A difference in any field counts, and a copy has none. */
static void
test_peer_fields(void)
{
    g_autoptr(WlPeerConfig) usual = peer_new(NOTHING);

    for (guint field = 0; field <= NOTHING; field++) {
        g_autoptr(WlPeerConfig) other = peer_new(field), copy = wl_peer_config_copy(other);
        gboolean endpoints = field >= FIRST_ENDPOINT && field <= FEWER_ENDPOINTS;
        gboolean prefixes = field >= FIRST_PREFIX && field <= FEWER_PREFIXES;
        gboolean settings = field >= NO_PRESHARED_KEY && field <= KEEPALIVE;

        g_test_message("field %u", field);
        g_assert_true(wl_peer_config_equal(other, copy));
        g_assert_cmpint(wl_peer_config_equal(usual, other), ==, field == NOTHING);
        g_assert_cmpint(wl_peer_config_equal(other, usual), ==, field == NOTHING);
        g_assert_cmpint(wl_peer_config_same_endpoints(usual, other), ==, !endpoints);
        g_assert_cmpint(wl_peer_config_same_allowed_ips(usual, other), ==, !prefixes);
        g_assert_cmpint(wl_peer_config_same_settings(usual, other), ==, !settings);
        g_assert_cmpint(wl_peer_config_same_settings(other, usual), ==, !settings);
    }
}

/* A learned peer has the settings of one without keepalive and preshared key. */
static void
test_no_settings(void)
{
    for (guint i = 0; i < 4; i++) {
        g_autoptr(WlPeerConfig) peer = peer_new(NO_PRESHARED_KEY);

        peer->keepalive = i & 1 ? 25 : 0;
        peer->has_preshared_key = i >> 1;
        g_assert_cmpint(wl_peer_config_same_settings(peer, NULL), ==, i == 0);
        g_assert_cmpint(wl_peer_config_same_settings(NULL, peer), ==, i == 0);
    }
    g_assert_true(wl_peer_config_same_settings(NULL, NULL));
}

static WlEngineConfig *
config_new(guint peers)
{
    WlEngineConfig *config = wl_engine_config_new();

    config->private_key = (WlKey){{8, [31] = 0x40}};
    for (guint i = 0; i < peers; i++) {
        WlKey key = {{(guint8) (i + 1)}};
        g_ptr_array_add(config->peers, wl_peer_config_new(&key));
    }
    return config;
}

/* Host bits of networks and allowed IPs do not count; those of addresses do. */
static void
test_copy(void)
{
    g_autoptr(WlEngineConfig) config = config_new(2), copy = NULL;
    WlPeerConfig *last = config->peers->pdata[1];
    g_autofree char *address = NULL, *network = NULL, *allowed = NULL;

    config->name = g_strdup("laptop");
    config->listen_port = 51820;
    config->role = WL_ROLE_ROUTER;
    config->chatty = TRUE;
    add_prefix(config->addresses, "10.77.0.1/24");
    add_prefix(config->addresses, "10.77.0.2/24");
    add_prefix(config->networks, "10.76.0.0/16");
    add_prefix(config->networks, "10.77.0.2/24");
    add_prefix(last->allowed_ips, "10.77.0.0/24");
    add_prefix(last->allowed_ips, "10.77.1.2/24");
    copy = wl_engine_config_copy(config);
    g_assert_true(wl_key_equal(&copy->private_key, &config->private_key));
    g_assert_cmpstr(copy->name, ==, "laptop");
    g_assert_cmpuint(copy->listen_port, ==, 51820);
    g_assert_cmpint(copy->role, ==, WL_ROLE_ROUTER);
    g_assert_true(copy->chatty);
    g_assert_cmpuint(copy->addresses->len, ==, 2);
    g_assert_cmpuint(copy->networks->len, ==, 2);
    g_assert_cmpuint(copy->peers->len, ==, 2);
    last = copy->peers->pdata[1];
    g_assert_cmpuint(last->allowed_ips->len, ==, 2);
    address = wl_prefix_to_string(&g_array_index(copy->addresses, WlPrefix, 1));
    network = wl_prefix_to_string(&g_array_index(copy->networks, WlPrefix, 1));
    allowed = wl_prefix_to_string(&g_array_index(last->allowed_ips, WlPrefix, 1));
    g_assert_cmpstr(address, ==, "10.77.0.2/24");
    g_assert_cmpstr(network, ==, "10.77.0.0/24");
    g_assert_cmpstr(allowed, ==, "10.77.1.0/24");
}

static void
test_find(void)
{
    g_autoptr(WlEngineConfig) config = config_new(2);
    const WlKey first = {{1}}, second = {{2}}, none = {{3}};

    g_assert_true(wl_engine_config_find(config, &first) == config->peers->pdata[0]);
    g_assert_true(wl_engine_config_find(config, &second) == config->peers->pdata[1]);
    g_assert_null(wl_engine_config_find(config, &none));
}

/* Which configurations are refused, and which peer the message names. */
static void
test_check(void)
{
    static const struct {
        const char *name;
        guint8 keys[3];      /* of the peers; 9: of this machine */
        gboolean no_private; /* key */
        int code;            /* -1: none */
        const char *says;
    } rows[] = {
        {"three peers", {1, 2, 3}, FALSE, -1, ""},
        {"this machine is one of them", {1, 9, 3}, FALSE, -1, ""},
        {"no private key", {1, 2, 3}, TRUE, WL_ENGINE_ERROR_KEY, "the private key has no public"},
        {"the first one has no key", {0, 2, 3}, FALSE, WL_ENGINE_ERROR_KEY, "peer 1 has no public"},
        {"the last one has no key", {1, 2, 0}, FALSE, WL_ENGINE_ERROR_KEY, "peer 3 has no public"},
        {"the last two are the same", {1, 2, 2}, FALSE, WL_ENGINE_ERROR_DUPLICATE, "listed twice"},
        {"the first and the last are", {1, 2, 1}, FALSE, WL_ENGINE_ERROR_DUPLICATE, "listed twice"},
        {"this machine is twice", {9, 2, 9}, FALSE, WL_ENGINE_ERROR_DUPLICATE, "listed twice"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlEngineConfig) config = config_new(3);
        g_autoptr(GError) error = NULL;
        WlKey own, public_key;

        g_test_message("%s", rows[i].name);
        g_assert_true(wl_key_derive_public(&config->private_key, &own));
        for (guint j = 0; j < 3; j++) {
            WlPeerConfig *peer = config->peers->pdata[j];
            peer->public_key = rows[i].keys[j] == 9 ? own : (WlKey){{rows[i].keys[j]}};
        }
        if (rows[i].no_private)
            config->private_key = (WlKey){{0}};
        g_assert_cmpint(wl_engine_config_check(config, &public_key, &error), ==, rows[i].code < 0);
        if (rows[i].code < 0) {
            g_assert_no_error(error);
            g_assert_true(wl_key_equal(&public_key, &own));
        } else {
            g_assert_error(error, WL_ENGINE_ERROR, rows[i].code);
            g_assert_nonnull(strstr(error->message, rows[i].says));
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine-config/every field of a peer counts", test_peer_fields);
    g_test_add_func("/engine-config/a learned peer has no settings", test_no_settings);
    g_test_add_func("/engine-config/copy", test_copy);
    g_test_add_func("/engine-config/find", test_find);
    g_test_add_func("/engine-config/check", test_check);
    return g_test_run();
}
