/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which peer has which allowed IPs, on the direct path and through routers. */
#include <string.h>

#include "harness.h"

static void
test_goes_direct_and_back(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_cmpint(harness_view(harness, hub)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_true(wl_key_equal(&harness_view(harness, desktop)->via, &hub->key));
    before = wl_engine_dup_routes(harness->engine);

    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 254);
    harness_run(harness, MS(100)); /* the tie-breaker lets one side initiate first */
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >=, 1);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* a handshake alone does not make it direct */
    harness_handshake(harness, desktop, NULL);
    harness_run(harness, MS(200));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    /* and a Go daemon promotes only at its next chunk */
    harness_alive(harness, desktop);
    harness_run(harness, MS(4900));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    harness_run(harness, MS(500));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpstr(harness_view(harness, desktop)->reason_text, ==,
                    "direct on 198.51.100.7:51820");

    /* the hub is live, the other peer is gone: falls back at 165.334 s, not earlier */
    harness_clear(harness);
    for (guint i = 0; i < 6; i++) {
        harness_meet(harness, 1, NULL);
        harness_run(harness, SEC(25));
    }
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(15) - MS(5500) + MS(30));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    harness_run(harness, MS(400));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    harness_run(harness, SEC(1));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 1);

    after = wl_engine_dup_routes(harness->engine);
    g_assert_cmpmem(before->data, before->len * sizeof(WlPrefix), after->data,
                    after->len * sizeof(WlPrefix));
}

static void
test_stays_without_router(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 254);
    harness_run(harness, MS(200));
    harness_meet(harness, 2, NULL);
    harness_run(harness, SEC(6));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* both are gone: the path stays, since there is no better one */
    harness_run(harness, SEC(900));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));
    g_assert_cmpint(harness_view(harness, desktop)->state, <=, WL_PEER_CONNECTING);
    /* the hub is back: the other peer is routed through it */
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
}

static void
test_basic(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *phone = harness_member(harness, 2);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, phone, "192.0.2.50:51820", "10.77.0.9/32")->basic = TRUE;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_false(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    harness_handshake(harness, phone, NULL);
    harness_run(harness, MS(100));
    g_assert_true(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    g_assert_cmpint(harness_view(harness, phone)->state, ==, WL_PEER_DIRECT);
}

/* Of nested prefixes only the outermost is a route, as long as it is accepted. */
static void
test_nested_routes(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlPrefix network;

    network = harness_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.0/24", 900);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.128/25", 900);
    harness_advertise_allowed(harness, hub, desktop, "172.30.9.0/24", 900);
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    g_assert_false(harness_has_route(harness, "172.30.1.128/25"));
    harness_advertise_allowed(harness, hub, desktop, "172.30.0.0/20", 200);
    g_assert_true(harness_has_route(harness, "172.30.0.0/20"));
    g_assert_false(harness_has_route(harness, "172.30.1.0/24"));
    harness_live(harness, SEC(300), 1, 1);
    g_assert_false(harness_has_route(harness, "172.30.0.0/20"));
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    g_assert_true(harness_has_route(harness, "172.30.9.0/24"));
    g_assert_false(harness_has_route(harness, "172.30.1.128/25"));
}

/* At home the network behind a peer is that of the machine itself, and reached there; a part of it
 * that a peer has is not. Elsewhere all of it is behind the peer. */
static void
test_at_home(void)
{
    static const struct {
        const char *uplink;
        gboolean lan, part, v6;
    } rows[] = {
        {"192.168.1.10/24", TRUE, FALSE, TRUE},    {"192.168.2.50/24", FALSE, TRUE, TRUE},
        {"192.168.2.50/25", TRUE, FALSE, TRUE}, /* another network with the same address */
        {"192.168.2.50/32", TRUE, FALSE, TRUE}, /* no network */
        {"2001:db8:2::50/64", TRUE, FALSE, FALSE}, {"192.168.1.10/24", TRUE, FALSE, TRUE},
    };
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL,
                "10.77.0.3/32,192.168.2.0/24,192.168.2.64/26,2001:db8:2::/64");
    harness_start(harness, config);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        harness_uplink(harness, rows[i].uplink);
        g_assert_cmpint(harness_has_route(harness, "192.168.2.0/24"), ==, rows[i].lan);
        g_assert_cmpint(harness_has_route(harness, "192.168.2.64/26"), ==, rows[i].part);
        g_assert_cmpint(harness_has_route(harness, "2001:db8:2::/64"), ==, rows[i].v6);
    }
}

/* Of two live routers whose prefixes cover an address, the one with the narrower prefix has it. */
static void
test_nested_routers(void)
{
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
        HarnessMember *desktop = harness_member(harness, 3);

        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT,
                    i == 0 ? "10.77.0.0/24" : "10.77.0.0/28");
        harness_add(config, harness_member(harness, 2), "203.0.113.2:51820",
                    i == 0 ? "10.77.0.0/28" : "10.77.0.0/24");
        harness_add(config, desktop, NULL, "10.77.0.3/32");
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        harness_meet(harness, 2, NULL);
        g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
        g_assert_true(wl_key_equal(&harness_view(harness, desktop)->via,
                                   &harness_member(harness, i == 0 ? 2 : 1)->key));
    }
}

/* A router covers an address that an earlier entry of the profile also names. */
static void
test_shared_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *desktop = harness_member(harness, 2);

    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT,
                "10.88.0.0/24,10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
}

/* Of two entries of the profile with one address the first has it, without a session, too. */
static void
test_same_host_twice(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *first = harness_member(harness, 1), *second = harness_member(harness, 2);

    harness_add(config, first, NULL, "10.77.0.3/32,10.77.0.4/32");
    harness_add(config, second, NULL, "10.77.0.4/32,10.77.0.5/32");
    harness_start(harness, config);
    g_assert_true(harness_has_allowed(harness, first, "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, first, "10.77.0.4/32"));
    g_assert_false(harness_has_allowed(harness, second, "10.77.0.4/32"));
    g_assert_true(harness_has_allowed(harness, second, "10.77.0.5/32"));
}

/* That a router has the address as well changes nothing between the two. */
static void
test_same_host_thrice(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    guint n = 0;

    harness_add(config, harness_member(harness, 1), NULL, "10.88.0.0/24,10.77.0.4/32");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.4/32");
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32")->name = g_strdup("three");
    harness_start(harness, config);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind != WL_OUTPUT_LOG || !strstr(output->name, "ignored"))
            continue;
        g_assert_cmpstr(output->name, ==,
                        "three: allowed IPs 10.77.0.4/32 ignored: another peer of the profile has "
                        "them");
        n++;
    }
    g_assert_cmpuint(n, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/direct-and-back", test_goes_direct_and_back);
    g_test_add_func("/path/no-router", test_stays_without_router);
    g_test_add_func("/path/basic", test_basic);
    g_test_add_func("/routes/nested", test_nested_routes);
    g_test_add_func("/routes/at-home", test_at_home);
    g_test_add_func("/path/nested-routers", test_nested_routers);
    g_test_add_func("/path/shared-address", test_shared_address);
    g_test_add_func("/path/same-host-twice", test_same_host_twice);
    g_test_add_func("/path/same-host-thrice", test_same_host_thrice);
    return g_test_run();
}
