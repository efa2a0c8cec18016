/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that follow from the profile and from the addresses of this machine. */
#include "state/wl-policy.h"

#include <string.h>

#include "harness.h"
#include "state/wl-timing.h"

/* ---- the networks of the profile */

static void
append(GArray *list, const char *texts)
{
    g_auto(GStrv) parts = g_strsplit(texts, " ", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix = harness_prefix(parts[i]);
        g_array_append_val(list, prefix);
    }
}

static void
replace(GArray *list, const char *texts)
{
    g_array_set_size(list, 0);
    append(list, texts);
}

static WlPeerConfig *
peer_of(const WlEngineConfig *config, guint index)
{
    return config->peers->pdata[index];
}

/* A profile with two peers. Lists are separated by blanks. */
static WlEngineConfig *
config_new(const char *networks, const char *addresses, const char *first, const char *second)
{
    WlEngineConfig *config = wl_engine_config_new();

    append(config->networks, networks);
    append(config->addresses, addresses);
    for (guint i = 0; i < 2; i++) {
        WlKey key = {.bytes = {[0] = (guint8) (i + 1)}};

        g_ptr_array_add(config->peers, wl_peer_config_new(&key));
        append(peer_of(config, i)->allowed_ips, i == 0 ? first : second);
    }
    return config;
}

/* The memory of a policy is not zero before wl_policy_init(). */
static void
init(WlPolicy *policy, const WlEngineConfig *config)
{
    memset(policy, 0xa5, sizeof(*policy));
    wl_policy_init(policy, config);
}

static void
assert_list(const GArray *list, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        g_autofree char *prefix = wl_prefix_to_string(&g_array_index(list, WlPrefix, i));
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", prefix);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

/* Facts may claim within the networks or, without any, within the subnets of the addresses and the
 * allowed IPs of the peers, which are no default routes or halves of one. No endpoint may be in any
 * of them. */
static void
test_networks(void)
{
    static const struct {
        const char *networks, *addresses, *first, *second;
        const char *claims, *outermost, *tunnel;
    } cases[] = {
        /* nothing */
        {"", "", "", "", "", "", ""},
        /* subnets of both addresses, masked, then the allowed IPs of both peers, in this order */
        {"", "10.78.0.2/24 10.77.0.2/24", "10.9.0.0/16 10.8.0.0/16", "fd00::/64 10.7.0.0/16",
         "10.78.0.0/24 10.77.0.0/24 10.9.0.0/16 10.8.0.0/16 fd00::/64 10.7.0.0/16",
         "10.7.0.0/16 10.8.0.0/16 10.9.0.0/16 10.77.0.0/24 10.78.0.0/24 fd00::/64",
         "10.7.0.0/16 10.8.0.0/16 10.9.0.0/16 10.77.0.0/24 10.78.0.0/24 fd00::/64"},
        /* no prefix twice; the outermost contain the others */
        {"", "10.77.0.2/24", "10.77.0.1/32 10.77.0.0/24", "10.77.0.1/32 10.0.0.0/8",
         "10.77.0.0/24 10.77.0.1/32 10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"},
        /* neither a default route nor a half of one, but a quarter */
        {"", "10.77.0.2/24", "0.0.0.0/0 128.0.0.0/2 64.0.0.0/2", "0.0.0.0/1 128.0.0.0/1 ::/0",
         "10.77.0.0/24 128.0.0.0/2 64.0.0.0/2", "10.77.0.0/24 64.0.0.0/2 128.0.0.0/2",
         "10.77.0.0/24 64.0.0.0/2 128.0.0.0/2"},
        /* with networks, addresses and allowed IPs are of the tunnel, but permit no claims */
        {"192.0.2.0/24", "10.77.0.2/24 fd77::2/64", "10.9.0.0/16 0.0.0.0/1", "10.8.0.0/16",
         "192.0.2.0/24", "192.0.2.0/24",
         "10.8.0.0/16 10.9.0.0/16 10.77.0.0/24 192.0.2.0/24 fd77::/64"},
        /* in the order of the profile */
        {"192.0.2.0/24 10.1.2.3/16 10.1.2.0/24 192.0.2.0/24", "", "", "",
         "192.0.2.0/24 10.1.0.0/16 10.1.2.0/24", "10.1.0.0/16 192.0.2.0/24",
         "10.1.0.0/16 192.0.2.0/24"},
        /* a network as wide as all addresses permits every claim, and every endpoint */
        {"0.0.0.0/0 64.0.0.0/2 ::/1", "10.77.0.2/24", "", "", "0.0.0.0/0 64.0.0.0/2 ::/1",
         "0.0.0.0/0 ::/1", "10.77.0.0/24 64.0.0.0/2"},
        /* an address of a subnet as wide as all addresses stays */
        {"", "10.77.0.2/1 fd77::2/0", "", "", "0.0.0.0/1 ::/0", "0.0.0.0/1 ::/0", "0.0.0.0/1 ::/0"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(WlEngineConfig) config =
            config_new(cases[i].networks, cases[i].addresses, cases[i].first, cases[i].second);
        WlPolicy policy;

        g_test_message("case %u", i);
        config->listen_port = (guint16) (4000 + i);
        init(&policy, config);
        assert_list(policy.networks, cases[i].claims);
        assert_list(policy.claimable, cases[i].outermost);
        assert_list(policy.tunnel, cases[i].tunnel);
        g_assert_cmpuint(policy.local->len, ==, 0);
        g_assert_cmpuint(policy.servers->len, ==, 0);
        g_assert_cmpuint(policy.listen_port, ==, 4000 + i);
        wl_policy_clear(&policy);
    }
}

/* A reload changes the policy if it changes any of its lists, even one alone. */
static void
test_reload(void)
{
    g_autoptr(WlEngineConfig) config =
        config_new("10.1.0.0/16 10.2.0.0/16", "10.1.0.2/24", "10.1.0.3/32", "10.1.0.4/32");
    WlPolicy policy;

    init(&policy, config);
    g_assert_false(wl_policy_read_profile(&policy));

    /* what is within other prefixes changes nothing */
    replace(config->addresses, "10.1.0.9/24");
    replace(peer_of(config, 0)->allowed_ips, "10.1.0.5/32");
    g_assert_false(wl_policy_read_profile(&policy));
    /* the order of the networks alone */
    replace(config->networks, "10.2.0.0/16 10.1.0.0/16");
    g_assert_true(wl_policy_read_profile(&policy));
    g_assert_false(wl_policy_read_profile(&policy));
    /* all lists */
    replace(config->networks, "10.2.0.0/16 10.1.0.0/16 10.3.0.0/16");
    g_assert_true(wl_policy_read_profile(&policy));
    assert_list(policy.claimable, "10.1.0.0/16 10.2.0.0/16 10.3.0.0/16");
    g_assert_false(wl_policy_read_profile(&policy));
    /* the tunnel alone, by an allowed IP of each peer and by an address */
    for (guint i = 0; i < 2; i++) {
        append(peer_of(config, i)->allowed_ips, i == 0 ? "10.4.0.0/16" : "10.5.0.0/16");
        g_assert_true(wl_policy_read_profile(&policy));
        g_assert_false(wl_policy_read_profile(&policy));
    }
    append(config->addresses, "10.6.0.1/16");
    g_assert_true(wl_policy_read_profile(&policy));
    g_assert_false(wl_policy_read_profile(&policy));
    assert_list(policy.tunnel, "10.1.0.0/16 10.2.0.0/16 10.3.0.0/16 10.4.0.0/16 10.5.0.0/16 "
                               "10.6.0.0/16");
    /* networks and claims, but not the tunnel: it has the prefix as an allowed IP already */
    append(config->networks, "10.4.0.0/16");
    g_assert_true(wl_policy_read_profile(&policy));
    g_assert_false(wl_policy_read_profile(&policy));
    wl_policy_clear(&policy);
}

/* ---- the addresses of this machine */

static WlLocalAddress
local_address(const char *text)
{
    return (WlLocalAddress){
        .address = harness_prefix(text),
        .ifname = "eth1",
        .ifindex = 5,
        .uplink = TRUE,
        .announce = TRUE,
    };
}

/* Two addresses that differ in one field only are two, in any order; and a change of that field is
 * a change of the list. */
static void
test_local_fields(void)
{
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    WlLocalAddress usual = local_address("192.168.1.10/24"), others[12];
    WlPolicy policy;

    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        others[i] = usual;
    others[0] = local_address("192.168.1.9/24");
    others[1] = local_address("192.168.1.11/24");
    others[2] = local_address("192.168.1.10/23");
    others[3] = local_address("192.168.1.10/25");
    others[4] = local_address("fd00::1/64");
    g_strlcpy(others[5].ifname, "eth0", sizeof(others[5].ifname));
    g_strlcpy(others[6].ifname, "eth10", sizeof(others[6].ifname));
    others[7].announce = FALSE;
    others[8].announce = others[8].uplink = FALSE;
    others[9].uplink = FALSE;
    others[10].ifindex--;
    others[11].ifindex++;
    init(&policy, config);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        const WlLocalAddress both[] = {usual, others[i]}, turned[] = {others[i], usual};

        g_test_message("case %u", i);
        g_assert_true(wl_policy_set_local(&policy, both, 2));
        g_assert_false(wl_policy_set_local(&policy, turned, 2));
        g_assert_false(wl_policy_set_local(&policy, both, 2));
        /* one instead of two, the other one, and back */
        g_assert_true(wl_policy_set_local(&policy, both, 1));
        g_assert_false(wl_policy_set_local(&policy, both, 1));
        g_assert_true(wl_policy_set_local(&policy, turned, 1));
        g_assert_false(wl_policy_set_local(&policy, turned, 1));
        g_assert_true(wl_policy_set_local(&policy, both, 1));
        /* the second of two */
        g_assert_true(wl_policy_set_local(&policy, (WlLocalAddress[]){usual, usual}, 2));
        g_assert_true(wl_policy_set_local(&policy, both, 2));
        g_assert_true(wl_policy_set_local(&policy, NULL, 0));
        g_assert_cmpuint(policy.local->len, ==, 0);
    }
    wl_policy_clear(&policy);
}

/* Of one network the first addresses up to the limit count, the last of them included. */
static void
test_local_limit(void)
{
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    g_autofree WlLocalAddress *many = g_new0(WlLocalAddress, WL_MAX_LOCAL_ADDRESSES + 1);
    WlPolicy policy;

    for (guint i = 0; i <= WL_MAX_LOCAL_ADDRESSES; i++) {
        many[i] = local_address("192.168.1.10/24");
        many[i].ifindex = i;
    }
    init(&policy, config);
    g_assert_true(wl_policy_set_local(&policy, many, WL_MAX_LOCAL_ADDRESSES + 1));
    g_assert_cmpuint(policy.local->len, ==, WL_MAX_LOCAL_ADDRESSES);
    many[WL_MAX_LOCAL_ADDRESSES].ifindex = 7000;
    g_assert_false(wl_policy_set_local(&policy, many, WL_MAX_LOCAL_ADDRESSES + 1));
    many[WL_MAX_LOCAL_ADDRESSES - 1].ifindex = 7000;
    g_assert_true(wl_policy_set_local(&policy, many, WL_MAX_LOCAL_ADDRESSES + 1));
    wl_policy_clear(&policy);
}

/* A machine with more addresses than the limit, as a node of a cluster: its uplinks and its
 * networks count, in any order; what is left out are single addresses and more of one network. */
static void
test_local_kept(void)
{
    static const struct {
        const char *address; /* of the many */
        gboolean uplink;
    } rows[] = {{"10.96.0.1/32", FALSE},
                {"fd96::1/128", FALSE},
                {"10.96.0.1/16", FALSE},
                {"10.96.0.1/16", TRUE},
                {"10.96.0.1/32", TRUE}};
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    const guint n = 2 * WL_MAX_LOCAL_ADDRESSES;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (guint turned = 0; turned < 2; turned++) {
            g_autofree WlLocalAddress *all = g_new0(WlLocalAddress, n + 4);
            WlLocalAddress *many = all + (turned ? 4 : 0), *few = all + (turned ? 0 : n);
            const WlIp on_link = harness_ip("192.168.1.77"), bridge = harness_ip("172.17.0.9");
            gboolean has_bridge = FALSE;
            WlPolicy policy;

            g_test_message("row %u, turned %u", i, turned);
            for (guint j = 0; j < n; j++) {
                many[j] = local_address(rows[i].address);
                many[j].address.ip.bytes[3] += j / 128; /* in the network of each row */
                many[j].address.ip.bytes[2] += j % 128;
                many[j].uplink = many[j].announce = rows[i].uplink;
                g_strlcpy(many[j].ifname, "a0", sizeof(many[j].ifname));
            }
            few[0] = local_address("192.168.1.10/24");
            few[1] = local_address("2001:db8::10/64");
            few[2] = local_address("172.17.0.1/16");
            few[2].uplink = few[2].announce = FALSE;
            few[3] = local_address("203.0.113.7/32");
            init(&policy, config);
            g_assert_true(wl_policy_set_local(&policy, all, n + 4));
            g_assert_cmpuint(policy.local->len, ==, WL_MAX_LOCAL_ADDRESSES);
            g_assert_true(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
            g_assert_true(wl_policy_has_uplink(&policy, WL_FAMILY_V6));
            g_assert_true(wl_policy_is_on_link(&policy, &on_link));
            for (guint j = 0; j < policy.local->len; j++)
                has_bridge |= wl_prefix_contains_ip(
                    &g_array_index(policy.local, WlLocalAddress, j).address, &bridge);
            g_assert_true(has_bridge);
            wl_policy_clear(&policy);
        }
    }
}

/* The first servers up to the limit count, and their order does not. */
static void
test_servers_limit(void)
{
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    WlIp many[WL_MAX_SERVERS + 1], mapped = harness_ip("192.0.2.1"), other;
    WlPolicy policy;

    for (guint i = 0; i <= WL_MAX_SERVERS; i++) {
        many[i] = harness_ip("10.0.0.0");
        many[i].bytes[3] = (guint8) (i + 1);
    }
    init(&policy, config);
    g_assert_true(wl_policy_set_servers(&policy, many, WL_MAX_SERVERS + 1));
    g_assert_cmpuint(policy.servers->len, ==, WL_MAX_SERVERS);
    many[WL_MAX_SERVERS].bytes[2] = 1;
    g_assert_false(wl_policy_set_servers(&policy, many, WL_MAX_SERVERS + 1));
    many[WL_MAX_SERVERS - 1].bytes[2] = 1;
    g_assert_true(wl_policy_set_servers(&policy, many, WL_MAX_SERVERS + 1));

    /* an IPv4-mapped address is the IPv4 address */
    g_assert_true(wl_policy_set_servers(&policy, &mapped, 1));
    other = (WlIp){.family = WL_FAMILY_V6,
                   .bytes = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1}};
    g_assert_false(wl_policy_set_servers(&policy, &other, 1));
    wl_policy_clear(&policy);
}

/* A network of an uplink and of another interface is one of the uplink, whatever their order. */
static void
test_local_shared(void)
{
    const guint n = WL_MAX_LOCAL_ADDRESSES + 10;

    for (guint turned = 0; turned < 2; turned++) {
        g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
        g_autofree WlLocalAddress *all = g_new0(WlLocalAddress, n + 3);
        const WlIp shared = harness_ip("10.5.0.77");
        WlPolicy policy;

        all[0] = local_address("10.4.0.10/24"); /* the first address of the uplink */
        all[1] = local_address("10.5.0.10/24");
        all[2] = local_address(turned ? "10.5.0.1/24" : "10.5.0.11/24");
        all[2].uplink = all[2].announce = FALSE;
        all[2].ifindex = 6;
        for (guint i = 0; i < n; i++) {
            g_autofree char *text = g_strdup_printf("10.%u.%u.1/24", 100 + i / 200, i % 200);
            all[3 + i] = local_address(text);
            all[3 + i].uplink = all[3 + i].announce = FALSE;
            all[3 + i].ifindex = 7 + i;
        }
        init(&policy, config);
        g_assert_true(wl_policy_set_local(&policy, all, n + 3));
        g_assert_cmpuint(policy.local->len, ==, WL_MAX_LOCAL_ADDRESSES);
        g_assert_true(wl_policy_is_on_link(&policy, &shared));
        wl_policy_clear(&policy);
    }
}

/* Sets @addresses. Behind the end of the list is the address of an uplink, which does not count. */
static void
set_local(WlPolicy *policy, const char *addresses, const char *uplinks)
{
    g_auto(GStrv) parts = g_strsplit(addresses, " ", 0);
    const WlLocalAddress beyond = local_address("203.0.113.2/24");

    g_assert_cmpuint(g_strv_length(parts), ==, strlen(uplinks));
    g_array_set_size(policy->local, 0);
    for (guint i = 0; parts[i]; i++) {
        WlLocalAddress local = local_address(parts[i]);

        local.announce = uplinks[i] == 'a';
        local.uplink = uplinks[i] == 'u' || local.announce;
        g_array_append_val(policy->local, local);
    }
    g_array_append_val(policy->local, beyond);
    g_array_set_size(policy->local, policy->local->len - 1);
}

/* Packets can be sent to every address of the families of which an uplink has a global address, and
 * into the subnets of all addresses. */
static void
test_can_send(void)
{
    static const struct {
        const char *addresses, *uplinks; /* a: announced, u: an uplink, -: neither */
        gboolean v4, v6;
        const char *ip;
        gboolean can;
    } cases[] = {
        /* no address */
        {"", "", FALSE, FALSE, "198.51.100.1", FALSE},
        {"", "", FALSE, FALSE, "2001:db8::1", FALSE},
        /* one of an uplink, announced or not, the first or the second */
        {"192.168.1.10/24 10.1.0.1/16", "a-", TRUE, FALSE, "198.51.100.1", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "u-", TRUE, FALSE, "198.51.100.1", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "-a", TRUE, FALSE, "198.51.100.1", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "-u", TRUE, FALSE, "198.51.100.1", TRUE},
        /* of the other family */
        {"192.168.1.10/24 10.1.0.1/16", "aa", TRUE, FALSE, "2001:db8::7", FALSE},
        {"fd00::1/64 10.1.0.1/16", "a-", FALSE, TRUE, "198.51.100.1", FALSE},
        {"fd00::1/64 10.1.0.1/16", "a-", FALSE, TRUE, "2001:db8::7", TRUE},
        {"fd00::1/64 10.1.0.1/16", "-a", TRUE, FALSE, "2001:db8::7", FALSE},
        {"fd00::1/64 10.1.0.1/16", "au", TRUE, TRUE, "2001:db8::7", TRUE},
        /* not a global one */
        {"169.254.1.1/16 fe80::1/64", "aa", FALSE, FALSE, "198.51.100.1", FALSE},
        {"169.254.1.1/16 fe80::1/64", "aa", FALSE, FALSE, "2001:db8::7", FALSE},
        {"fe80::1/64 fd00::1/64", "aa", FALSE, TRUE, "2001:db8::7", TRUE},
        /* no uplink: into the subnet of the first, of the second, and elsewhere */
        {"192.168.1.10/24 10.1.0.1/16", "--", FALSE, FALSE, "192.168.1.77", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "--", FALSE, FALSE, "10.1.2.3", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "--", FALSE, FALSE, "192.168.2.1", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "--", FALSE, FALSE, "203.0.113.1", FALSE},
        {"192.168.1.10/24", "-", FALSE, FALSE, "203.0.113.1", FALSE},
        {"fd00::1/64", "-", FALSE, FALSE, "2001:db8::1", FALSE},
        {"169.254.1.1/16 fe80::1/64", "aa", FALSE, FALSE, "169.254.7.7", TRUE},
    };
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    WlPolicy policy;

    init(&policy, config);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].ip);

        g_test_message("case %u", i);
        set_local(&policy, cases[i].addresses, cases[i].uplinks);
        g_assert_cmpint(wl_policy_has_uplink(&policy, WL_FAMILY_V4), ==, cases[i].v4);
        g_assert_cmpint(wl_policy_has_uplink(&policy, WL_FAMILY_V6), ==, cases[i].v6);
        g_assert_cmpint(wl_policy_can_send_to(&policy, &ip), ==, cases[i].can);
    }
    wl_policy_clear(&policy);
}

/* An address is on a link if the subnet of an uplink contains it that is no single address. */
static void
test_on_link(void)
{
    static const struct {
        const char *addresses, *uplinks, *ip;
        gboolean on_link;
    } cases[] = {
        {"", "", "192.168.1.77", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "aa", "192.168.1.77", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "aa", "10.1.2.3", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "uu", "10.1.2.3", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "-a", "192.168.1.77", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "a-", "10.1.2.3", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "aa", "203.0.113.1", FALSE},
        {"192.168.1.10/24", "a", "203.0.113.1", FALSE},
        {"192.168.1.10/31 10.1.0.1/32", "aa", "192.168.1.11", TRUE},
        {"192.168.1.10/31 10.1.0.1/32", "aa", "10.1.0.1", FALSE},
        {"fd00::1/127 fd01::1/128", "aa", "fd00::", TRUE},
        {"fd00::1/127 fd01::1/128", "aa", "fd01::1", FALSE},
    };
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    WlPolicy policy;

    init(&policy, config);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].ip);

        g_test_message("case %u", i);
        set_local(&policy, cases[i].addresses, cases[i].uplinks);
        g_assert_cmpint(wl_policy_is_on_link(&policy, &ip), ==, cases[i].on_link);
    }
    wl_policy_clear(&policy);
}

/* A prefix is that of an attached network if it is the subnet of an address, not a single one. */
static void
test_attached(void)
{
    static const struct {
        const char *addresses, *prefix;
        gboolean attached;
    } cases[] = {
        {"192.168.1.10/24 10.1.0.1/16", "192.168.1.0/24", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "10.1.0.0/16", TRUE},
        {"192.168.1.10/24 10.1.0.1/16", "192.168.1.0/25", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "192.168.0.0/23", FALSE},
        {"192.168.1.10/24 10.1.0.1/16", "192.168.2.0/24", FALSE},
        {"192.168.1.10/32 10.1.0.1/31", "192.168.1.10/32", FALSE},
        {"192.168.1.10/32 10.1.0.1/31", "10.1.0.0/31", TRUE},
        {"fd00::1/127 fd01::1/128", "fd00::/127", TRUE},
        {"fd00::1/127 fd01::1/128", "fd01::1/128", FALSE},
    };
    g_autoptr(WlEngineConfig) config = config_new("", "", "", "");
    WlPolicy policy;

    init(&policy, config);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlPrefix prefix = harness_prefix(cases[i].prefix);

        g_test_message("case %u", i);
        set_local(&policy, cases[i].addresses, "--");
        g_assert_cmpint(wl_policy_is_attached(&policy, &prefix), ==, cases[i].attached);
    }
    wl_policy_clear(&policy);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/networks", test_networks);
    g_test_add_func("/policy/reload-changes-each-list", test_reload);
    g_test_add_func("/policy/every-field-of-a-local-address-counts", test_local_fields);
    g_test_add_func("/policy/limit-of-local-addresses", test_local_limit);
    g_test_add_func("/policy/local-kept", test_local_kept);
    g_test_add_func("/policy/local-shared", test_local_shared);
    g_test_add_func("/policy/limit-of-servers", test_servers_limit);
    g_test_add_func("/policy/can-send-to", test_can_send);
    g_test_add_func("/policy/is-on-link", test_on_link);
    g_test_add_func("/policy/is-attached", test_attached);
    return g_test_run();
}
