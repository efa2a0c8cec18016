/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which endpoints and prefixes a fact may name, and the lists that decide it. */
#include <string.h>

#include "harness.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-state.h"
#include "state/wl-prefix-policy.h"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

static void
policy_init(WlPolicy *policy, WlEngineConfig *config, const char *network)
{
    const char *own[] = {"10.77.0.2/24", "fd77::2/64"};
    const char *allowed[] = {"172.30.0.0/16", "0.0.0.0/0", "128.0.0.0/1", "64.0.0.0/2"};
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};
    WlKey hub = key_of(1);
    WlPeerConfig *peer = wl_peer_config_new(&hub);

    config->listen_port = 51820;
    for (guint i = 0; i < G_N_ELEMENTS(own); i++) {
        WlPrefix prefix = harness_prefix(own[i]);
        g_array_append_val(config->addresses, prefix);
    }
    for (guint i = 0; i < G_N_ELEMENTS(allowed); i++) {
        WlPrefix prefix = harness_prefix(allowed[i]);
        g_array_append_val(peer->allowed_ips, prefix);
    }
    g_ptr_array_add(config->peers, peer);
    if (network) {
        WlPrefix prefix = harness_prefix(network);
        g_array_append_val(config->networks, prefix);
    }
    wl_policy_init(policy, config);
    local.address = harness_prefix("10.77.0.99/29");
    local.address = harness_prefix("192.168.1.10/24");
    g_assert_true(wl_policy_set_local(policy, &local, 1));
    g_assert_false(wl_policy_set_local(policy, &local, 1));
}

/* Which endpoints are inside the tunnel. Own addresses 10.77.0.2/24 and fd77::2/64; the uplinks are
 * on 192.168.1.0/24 and 10.0.0.0/8. */
static void
test_policy_inside(void)
{
    static const struct {
        const char *address;
        int route; /* the longest allowed IP that contains it */
        gboolean inside;
    } cases[] = {
        /* our tunnel address, and the subnet of it */
        {"10.77.0.2", -1, TRUE},
        {"fd77::2", -1, TRUE},
        {"10.77.0.1", -1, TRUE},
        {"fd77::1", -1, TRUE},
        /* an allowed IP of a peer */
        {"172.30.1.1", 16, TRUE},
        {"2001:db8:7::1", 64, TRUE},
        {"203.0.113.1", 32, TRUE},
        /* no route: also with 0.0.0.0/0 as allowed IP, which is none of the link */
        {"203.0.113.1", -1, FALSE},
        {"2001:db8::1", -1, FALSE},
        {"172.30.1.1", -1, FALSE},
        /* an attached network is as specific or more */
        {"192.168.1.20", 16, FALSE},
        {"192.168.1.20", 24, FALSE},
        {"10.1.2.3", 8, FALSE},
        /* an attached network is less specific, or another one */
        {"192.168.1.20", 32, TRUE},
        {"10.1.2.3", 16, TRUE},
        {"192.168.2.20", 16, TRUE},
        /* a route for everything is a route */
        {"203.0.113.1", 0, TRUE},
        {"192.168.1.20", 0, FALSE},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlLocalAddress local[2] = {{.ifname = "eth0", .ifindex = 2, .uplink = TRUE},
                               {.ifname = "eth1", .ifindex = 3, .uplink = TRUE}};
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    local[0].address = harness_prefix("192.168.1.10/24");
    local[1].address = harness_prefix("10.1.1.1/8");
    wl_policy_set_local(&policy, local, 2);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].address);
        g_test_message("%s, route of length %d", cases[i].address, cases[i].route);
        g_assert_cmpint(wl_endpoint_policy_is_inside(&policy, cases[i].route, &ip), ==,
                        cases[i].inside);
    }
    wl_policy_clear(&policy);
}

static void
test_policy_endpoints(void)
{
    static const struct {
        const char *text;
        WlVerdict verdict;
    } cases[] = {
        {"192.0.2.1:51820", WL_VERDICT_ACCEPTED},
        {"10.1.1.1:51820", WL_VERDICT_ACCEPTED},
        {"[2001:db8::1]:51820", WL_VERDICT_ACCEPTED},
        {"192.168.1.11:51820", WL_VERDICT_ACCEPTED},
        {"192.0.2.1:0", WL_VERDICT_BAD_ADDRESS},
        {"127.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"224.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"255.255.255.255:51820", WL_VERDICT_BAD_ADDRESS},
        {"240.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"0.1.2.3:51820", WL_VERDICT_BAD_ADDRESS},
        {"169.254.3.4:51820", WL_VERDICT_BAD_ADDRESS},
        {"[fe80::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[::]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[ff02::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"10.77.0.2:51820", WL_VERDICT_IN_TUNNEL},
        {"10.77.0.9:51820", WL_VERDICT_IN_TUNNEL},
        {"[fd77::9]:51820", WL_VERDICT_IN_TUNNEL},
        {"172.30.1.1:51820", WL_VERDICT_IN_NETWORKS},
        {"192.168.1.10:51820", WL_VERDICT_OWN_ENDPOINT},
        {"192.168.1.10:51821", WL_VERDICT_ACCEPTED},
        {"[::ffff:192.0.2.1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"239.255.255.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"1.0.0.1:51820", WL_VERDICT_ACCEPTED},
        {"223.255.255.1:51820", WL_VERDICT_ACCEPTED},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlEndpoint endpoint = harness_endpoint(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_endpoint_policy_check(&policy, &endpoint), ==, cases[i].verdict);
    }
    wl_policy_clear(&policy);
}

static void
test_policy_prefixes(void)
{
    static const struct {
        const char *text;
        WlVerdict verdict;
    } cases[] = {
        {"10.77.0.9/32", WL_VERDICT_ACCEPTED},     {"10.77.0.0/24", WL_VERDICT_ACCEPTED},
        {"fd77::9/128", WL_VERDICT_ACCEPTED},      {"172.30.4.0/24", WL_VERDICT_ACCEPTED},
        {"100.64.0.0/10", WL_VERDICT_ACCEPTED},    {"200.0.0.0/16", WL_VERDICT_OUTSIDE},
        {"64.0.0.0/2", WL_VERDICT_ACCEPTED},       {"0.0.0.0/0", WL_VERDICT_DEFAULT_ROUTE},
        {"128.0.0.0/1", WL_VERDICT_DEFAULT_ROUTE}, {"::/0", WL_VERDICT_DEFAULT_ROUTE},
        {"10.0.0.0/8", WL_VERDICT_OUTSIDE},        {"192.168.1.11/32", WL_VERDICT_OUTSIDE},
        {"10.77.0.2/32", WL_VERDICT_OWN_ADDRESS},  {"fd77::2/128", WL_VERDICT_OWN_ADDRESS},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    g_autoptr(WlEngineConfig) wide = wl_engine_config_new();
    WlPrefix lan = harness_prefix("192.168.1.0/25"), elsewhere = harness_prefix("192.168.2.0/24");
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlPrefix prefix = harness_prefix(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_prefix_policy_check(&policy, &prefix), ==, cases[i].verdict);
    }
    wl_policy_clear(&policy);

    policy_init(&policy, wide, "192.168.0.0/16");
    g_assert_cmpint(wl_prefix_policy_check(&policy, &lan), ==, WL_VERDICT_ON_LINK);
    g_assert_cmpint(wl_prefix_policy_check(&policy, &elsewhere), ==, WL_VERDICT_ACCEPTED);
    wl_policy_clear(&policy);
}

/* What the networks change to which this machine is attached. The first one makes no difference. */
static void
test_policy_attached(void)
{
    static const struct {
        const char *local, *endpoint;
        WlVerdict verdict;
    } cases[] = {
        /* neither the first nor the last address of a network is one of a host */
        {"198.51.100.10/24", "198.51.100.0:1", WL_VERDICT_BAD_ADDRESS},
        {"198.51.100.10/24", "198.51.100.1:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.10/24", "198.51.100.254:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.10/24", "198.51.100.255:1", WL_VERDICT_BAD_ADDRESS},
        {"198.51.100.10/24", "198.51.101.255:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.10/23", "198.51.100.255:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.10/23", "198.51.101.255:1", WL_VERDICT_BAD_ADDRESS},
        {"198.51.100.6/30", "198.51.100.4:1", WL_VERDICT_BAD_ADDRESS},
        {"198.51.100.6/30", "198.51.100.5:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.6/30", "198.51.100.7:1", WL_VERDICT_BAD_ADDRESS},
        /* of two addresses each is one */
        {"198.51.100.5/31", "198.51.100.4:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.4/31", "198.51.100.5:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.4/32", "198.51.100.4:1", WL_VERDICT_ACCEPTED},
        {"198.51.100.4/0", "203.0.113.1:1", WL_VERDICT_ACCEPTED},
        {"128.0.0.4/1", "203.0.113.1:1", WL_VERDICT_ACCEPTED},
        {"128.0.0.4/1", "128.0.0.0:1", WL_VERDICT_BAD_ADDRESS},
        /* IPv6 has no broadcast addresses */
        {"2001:db8::1/30", "[2001:db8::]:1", WL_VERDICT_ACCEPTED},
        {"2001:db8::1/64", "[2001:db8::ffff:ffff:ffff:ffff]:1", WL_VERDICT_ACCEPTED},
        /* an endpoint of this machine, by its port */
        {"198.51.100.10/24", "198.51.100.10:51820", WL_VERDICT_OWN_ENDPOINT},
        {"198.51.100.10/24", "198.51.100.10:51821", WL_VERDICT_ACCEPTED},
        {"198.51.100.10/24", "198.51.100.11:51820", WL_VERDICT_ACCEPTED},
        {"2001:db8::1/64", "[2001:db8::1]:51820", WL_VERDICT_OWN_ENDPOINT},
        /* an attached part of a network that is routed into the tunnel */
        {"172.30.1.10/24", "172.30.1.7:1", WL_VERDICT_ACCEPTED},
        {"172.30.1.10/24", "172.30.2.7:1", WL_VERDICT_IN_NETWORKS},
        {"198.51.100.10/24", "172.30.1.7:1", WL_VERDICT_IN_NETWORKS},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlLocalAddress local[2] = {{.ifname = "eth0", .ifindex = 2, .uplink = TRUE},
                                   {.ifname = "eth1", .ifindex = 3, .uplink = TRUE}};
        WlEndpoint endpoint = harness_endpoint(cases[i].endpoint);
        g_autoptr(WlEngineConfig) config = wl_engine_config_new();
        WlPolicy policy;

        g_test_message("%s, attached to %s", cases[i].endpoint, cases[i].local);
        policy_init(&policy, config, NULL);
        local[0].address = harness_prefix("10.0.0.1/32");
        local[1].address = harness_prefix(cases[i].local);
        wl_policy_set_local(&policy, local, 2);
        g_assert_cmpint(wl_endpoint_policy_check(&policy, &endpoint), ==, cases[i].verdict);
        wl_policy_clear(&policy);
    }
}

/* Prefixes of a network: own addresses, attached networks and servers, each the first or second. */
static void
test_policy_taken(void)
{
    static const struct {
        const char *prefix;
        WlVerdict verdict;
    } cases[] = {
        {"10.78.0.2/32", WL_VERDICT_OWN_ADDRESS}, {"10.79.0.2/32", WL_VERDICT_OWN_ADDRESS},
        {"10.79.0.3/32", WL_VERDICT_ACCEPTED},    {"10.78.0.0/24", WL_VERDICT_ACCEPTED},
        {"10.1.1.128/25", WL_VERDICT_ON_LINK},    {"10.1.0.0/16", WL_VERDICT_ON_LINK},
        {"10.2.1.128/25", WL_VERDICT_ON_LINK},    {"10.2.0.0/16", WL_VERDICT_ON_LINK},
        {"10.2.2.0/24", WL_VERDICT_ACCEPTED},     {"10.3.0.1/32", WL_VERDICT_HAS_SERVER},
        {"10.3.0.0/24", WL_VERDICT_HAS_SERVER},   {"10.4.0.1/32", WL_VERDICT_HAS_SERVER},
        {"10.4.0.0/24", WL_VERDICT_HAS_SERVER},   {"10.4.0.2/32", WL_VERDICT_ACCEPTED},
    };
    const WlIp servers[] = {harness_ip("10.3.0.1"), harness_ip("10.4.0.1")};
    WlLocalAddress local[2] = {{.ifname = "eth0", .ifindex = 2, .uplink = TRUE},
                               {.ifname = "eth1", .ifindex = 3}};
    WlPrefix own[] = {harness_prefix("10.78.0.2/24"), harness_prefix("10.79.0.2/24")};
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    g_array_append_vals(config->addresses, own, 2);
    policy_init(&policy, config, "10.0.0.0/8");
    local[0].address = harness_prefix("10.1.1.10/24");
    local[1].address = harness_prefix("10.2.1.10/24");
    wl_policy_set_local(&policy, local, 2);
    wl_policy_set_servers(&policy, servers, 2);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlPrefix prefix = harness_prefix(cases[i].prefix);

        g_test_message("%s", cases[i].prefix);
        g_assert_cmpint(wl_prefix_policy_check(&policy, &prefix), ==, cases[i].verdict);
    }
    wl_policy_clear(&policy);
}

/* The order of the servers makes no difference. */
static void
test_policy_servers(void)
{
    const WlIp none = {0}, one = harness_ip("192.168.1.1"), other = harness_ip("192.168.1.2");
    const WlIp servers[] = {one, other, none}, turned[] = {other, one}, third = harness_ip("::1");
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    g_assert_false(wl_policy_set_servers(&policy, NULL, 0));
    g_assert_true(wl_policy_set_servers(&policy, servers, 3));
    g_assert_false(wl_policy_set_servers(&policy, servers, 3));
    g_assert_false(wl_policy_set_servers(&policy, turned, 2));
    g_assert_true(wl_policy_set_servers(&policy, turned, 1));
    g_assert_true(wl_policy_set_servers(&policy, &third, 1));
    g_assert_true(wl_policy_set_servers(&policy, NULL, 0));
    g_assert_false(wl_policy_set_servers(&policy, NULL, 0));
    wl_policy_clear(&policy);
}

static void
test_policy_mapped(void)
{
    const WlEndpoint one = harness_endpoint("203.0.113.4:1"),
                     port = harness_endpoint("203.0.113.4:2");
    const WlEndpoint both[] = {one, harness_endpoint("[2001:db8::4]:1")};
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    g_assert_cmpint(wl_endpoint_policy_check(&policy, &one), ==, WL_VERDICT_ACCEPTED);
    g_assert_false(wl_policy_set_mapped(&policy, NULL, 0));
    g_assert_true(wl_policy_set_mapped(&policy, both, 2));
    g_assert_false(wl_policy_set_mapped(&policy, both, 2));
    g_assert_cmpint(wl_endpoint_policy_check(&policy, &both[0]), ==, WL_VERDICT_OWN_ENDPOINT);
    g_assert_cmpint(wl_endpoint_policy_check(&policy, &both[1]), ==, WL_VERDICT_OWN_ENDPOINT);
    g_assert_cmpint(wl_endpoint_policy_check(&policy, &port), ==, WL_VERDICT_ACCEPTED);
    g_assert_true(wl_policy_set_mapped(&policy, &one, 1));
    g_assert_true(wl_policy_set_mapped(&policy, &port, 1));
    g_assert_cmpint(wl_endpoint_policy_check(&policy, &one), ==, WL_VERDICT_ACCEPTED);
    g_assert_true(wl_policy_set_mapped(&policy, NULL, 0));
    wl_policy_clear(&policy);
}

/* Every field of a local address counts, and the order of the addresses does not. */
static void
test_policy_local(void)
{
    WlLocalAddress addresses[2] = {{.ifname = "eth0", .ifindex = 2, .announce = TRUE},
                                   {.ifname = "eth1", .ifindex = 3, .announce = TRUE}};
    WlLocalAddress turned[2];
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    addresses[0].address = harness_prefix("192.168.1.10/24");
    addresses[1].address = harness_prefix("192.168.2.10/24");
    turned[0] = addresses[1];
    turned[1] = addresses[0];
    policy_init(&policy, config, NULL);
    g_assert_true(wl_policy_set_local(&policy, addresses, 2));
    g_assert_false(wl_policy_set_local(&policy, turned, 2));
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].announce = FALSE;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    addresses[0].ifindex++;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].ifname[3]++;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].address = harness_prefix("192.168.1.10/25");
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_false(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].announce = TRUE;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_true(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V6));
    g_assert_true(wl_policy_set_local(&policy, NULL, 0));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    wl_policy_clear(&policy);
}

/* Each interface has its network; one of a single address has none. */
static void
test_policy_on_link(void)
{
    WlLocalAddress local[3] = {{.ifname = "eth0", .ifindex = 2, .announce = TRUE},
                               {.ifname = "docker0", .ifindex = 3},
                               {.ifname = "ppp0", .ifindex = 4, .announce = TRUE}};
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    const WlIp inside = harness_ip("192.168.1.255"), outside = harness_ip("192.168.2.0"),
               bridge = harness_ip("172.17.0.9"), own = harness_ip("198.51.100.1");
    WlPolicy policy;

    local[0].address = harness_prefix("192.168.1.10/24");
    local[1].address = harness_prefix("172.17.0.1/16");
    local[2].address = harness_prefix("198.51.100.1/32");
    policy_init(&policy, config, NULL);
    g_assert_true(wl_policy_set_local(&policy, local, 3));
    g_assert_true(wl_policy_is_on_link(&policy, &inside));
    g_assert_false(wl_policy_is_on_link(&policy, &outside));
    g_assert_false(wl_policy_is_on_link(&policy, &bridge));
    g_assert_false(wl_policy_is_on_link(&policy, &own));
    wl_policy_clear(&policy);
}

static void
test_policy_private(void)
{
    static const struct {
        const char *text;
        gboolean is_private;
    } cases[] = {
        {"10.1.2.3", TRUE},     {"172.16.0.1", TRUE},    {"172.31.255.1", TRUE},
        {"172.32.0.1", FALSE},  {"192.168.1.1", TRUE},   {"192.169.1.1", FALSE},
        {"100.64.0.1", TRUE},   {"100.127.255.1", TRUE}, {"100.128.0.1", FALSE},
        {"203.0.113.1", FALSE}, {"fc00::1", TRUE},       {"fd12:3456::1", TRUE},
        {"fe00::1", FALSE},     {"2001:db8::1", FALSE},  {"9.1.2.3", FALSE},
        {"11.1.2.3", FALSE},    {"171.16.0.1", FALSE},   {"172.15.255.1", FALSE},
        {"173.16.0.1", FALSE},  {"191.168.0.1", FALSE},  {"192.167.0.1", FALSE},
        {"193.168.0.1", FALSE}, {"99.64.0.1", FALSE},    {"100.63.255.1", FALSE},
        {"101.64.0.1", FALSE},  {"fbff::1", FALSE},      {"a01::1", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_ip_is_private(&ip), ==, cases[i].is_private);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/inside", test_policy_inside);
    g_test_add_func("/policy/endpoints", test_policy_endpoints);
    g_test_add_func("/policy/prefixes", test_policy_prefixes);
    g_test_add_func("/policy/attached networks", test_policy_attached);
    g_test_add_func("/policy/what is taken", test_policy_taken);
    g_test_add_func("/policy/servers", test_policy_servers);
    g_test_add_func("/policy/mapped", test_policy_mapped);
    g_test_add_func("/policy/local-addresses", test_policy_local);
    g_test_add_func("/policy/on-link", test_policy_on_link);
    g_test_add_func("/policy/private-addresses", test_policy_private);
    return g_test_run();
}
