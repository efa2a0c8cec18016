/* SPDX-License-Identifier: GPL-2.0-or-later */

/* When the engine sends, tries and looks, and when it keeps still. */

#include <string.h>

#include "bench.h"

/* ---- what we tell */

static void
test_local_facts(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    BenchMember *laptop = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    const WlKey *self = &bench_member(bench, 0)->key;
    WlLocalAddress addresses[3] = {{.ifname = "eth0", .announce = TRUE},
                                   {.ifname = "docker0"},
                                   {.ifname = "eth0", .announce = TRUE}};

    bench_add(config, laptop, NULL, "10.77.0.5/32");
    bench_add(config, desktop, "192.0.2.9:51820", "10.77.0.3/32");
    bench_start(bench, config);
    addresses[0].address = bench_prefix("203.0.113.1/24");
    addresses[1].address = bench_prefix("172.17.0.1/16");
    addresses[2].address = bench_prefix("fe80::1/64");
    wl_engine_set_local_addresses(bench->engine, bench->now, addresses, 3);
    bench_drain(bench);
    bench_clear(bench);
    bench_meet(bench, 1, "198.51.100.1:51820");

    g_assert_true(bench_sent_endpoint(bench, laptop, self, "203.0.113.1:51820"));
    g_assert_false(bench_sent_endpoint(bench, laptop, self, "172.17.0.1:51820"));
    g_assert_true(bench_sent_allowed(bench, laptop, self, "10.77.0.0/24"));
    /* not about itself, but its name; not about who is away */
    g_assert_false(bench_sent_endpoint(bench, laptop, &laptop->key, "198.51.100.1:51820"));
    g_assert_false(bench_sent_allowed(bench, laptop, &laptop->key, "10.77.0.5/32"));
    g_assert_false(bench_sent_endpoint(bench, laptop, &desktop->key, "192.0.2.9:51820"));

    bench_clear(bench);
    bench_run(bench, MS(300));
    bench_meet(bench, 2, "192.0.2.10:40000");
    g_assert_true(bench_sent_endpoint(bench, laptop, &desktop->key, "192.0.2.10:40000"));
    g_assert_true(bench_sent_allowed(bench, laptop, &desktop->key, "10.77.0.3/32"));
    g_assert_true(bench_sent_endpoint(bench, desktop, &laptop->key, "198.51.100.1:51820"));
    g_assert_true(bench_sent_allowed(bench, desktop, &laptop->key, "10.77.0.5/32"));
    /* configured addresses only while it is away: the seen one is better */
    g_assert_false(bench_sent_endpoint(bench, laptop, &desktop->key, "192.0.2.9:51820"));
}

static void
test_leaf_is_quiet(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    const WlKey *self = &bench_member(bench, 0)->key;
    g_autoptr(GArray) sent = NULL;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    g_assert_true(bench_sent_endpoint(bench, hub, self, "192.168.1.10:51820"));
    g_assert_false(bench_sent_allowed(bench, hub, self, "10.77.0.0/24"));
    bench_clear(bench);
    bench_meet(bench, 2, "198.51.100.7:51820");
    sent = bench_sent(bench, desktop);
    g_assert_cmpuint(sent->len, >, 0);
    for (guint i = 0; i < sent->len; i++)
        g_assert_cmpint(g_array_index(sent, WlFact, i).attribute, ==, WL_ATTRIBUTE_ALIVE);
}

static void
test_relay_ttl(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    BenchMember *laptop = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    g_autoptr(GArray) sent = NULL;
    gboolean found = FALSE;

    bench_add(config, laptop, NULL, "10.77.0.5/32");
    bench_add(config, desktop, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    bench_meet(bench, 1, "198.51.100.1:51820");
    bench_tell_endpoint(bench, laptop, laptop, "192.168.1.10:51820", 200);
    bench_run(bench, MS(2500));
    bench_meet(bench, 2, "198.51.100.2:51820");
    sent = bench_sent(bench, desktop);
    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ENDPOINT_V4 || fact->value.endpoint.ip.bytes[0] != 192)
            continue;
        found = TRUE;
        g_assert_cmpuint(fact->ttl, ==, 197);
    }
    g_assert_true(found);
    /* and it does not come back to who told it */
    g_assert_false(bench_sent_endpoint(bench, laptop, &laptop->key, "192.168.1.10:51820"));
}

/* The first news after a quiet time at once, what follows in one datagram 200 ms later. */
static void
test_relays_together(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    BenchMember *laptop = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_add(config, laptop, NULL, "10.77.0.5/32");
    bench_add(config, desktop, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    bench_meet(bench, 1, "198.51.100.1:51820");
    bench_meet(bench, 2, "198.51.100.2:51820");
    bench_run(bench, SEC(1));
    bench_clear(bench);
    bench_tell_endpoint(bench, laptop, laptop, "192.168.1.10:51820", 200);
    g_assert_true(bench_sent_endpoint(bench, desktop, &laptop->key, "192.168.1.10:51820"));
    bench_clear(bench);
    bench_run(bench, MS(50));
    bench_tell_endpoint(bench, laptop, laptop, "192.168.1.11:51820", 200);
    bench_tell_endpoint(bench, laptop, laptop, "192.168.1.12:51820", 200);
    bench_run(bench, MS(149));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    bench_run(bench, MS(1));
    g_assert_true(bench_sent_endpoint(bench, desktop, &laptop->key, "192.168.1.11:51820"));
    g_assert_true(bench_sent_endpoint(bench, desktop, &laptop->key, "192.168.1.12:51820"));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 1);
}

/* A member that roamed says Alive out of turn: the router looks, and tells the others at once. */
static void
test_roamed_member(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    BenchMember *laptop = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlDevicePeer *peer;

    bench_add(config, laptop, NULL, "10.77.0.5/32");
    bench_add(config, desktop, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    bench_meet(bench, 1, "198.51.100.1:51820");
    bench_meet(bench, 2, "198.51.100.2:51820");
    bench_run(bench, SEC(10));
    bench_clear(bench);
    peer = wl_device_find(bench->device, &laptop->key);
    peer->endpoint = bench_endpoint("198.51.100.3:4242");
    bench_alive(bench, laptop);
    g_assert_true(bench_sent_endpoint(bench, desktop, &laptop->key, "198.51.100.3:4242"));
    g_assert_cmpint(bench_view(bench, laptop)->endpoint.port, ==, 4242);
}

static void
test_boot_id(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1);
    const WlKey *self = &bench_member(bench, 0)->key;
    guint resends = 0;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(10));
    bench_clear(bench);
    bench_alive(bench, hub);
    g_assert_false(bench_sent_endpoint(bench, hub, self, "192.168.1.10:51820"));
    hub->boot_id.bytes[3] ^= 1;
    bench_alive(bench, hub);
    g_assert_true(bench_sent_endpoint(bench, hub, self, "192.168.1.10:51820"));
    /* one that restarts all the time gets everything once in 5 s */
    bench_run(bench, SEC(10));
    for (guint i = 0; i < 100; i++) {
        bench_clear(bench);
        hub->boot_id.bytes[4]++;
        bench_alive(bench, hub);
        bench_run(bench, MS(100));
        resends += bench_sent_endpoint(bench, hub, self, "192.168.1.10:51820");
    }
    g_assert_cmpuint(resends, >=, 2);
    g_assert_cmpuint(resends, <=, 3);
}

static void
test_alive_schedule(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1);
    guint datagrams;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_live(bench, SEC(100), 1, 1);
    bench_clear(bench);
    bench_live(bench, SEC(3600), 1, 1);
    datagrams = bench_count(bench, WL_OUTPUT_SEND);
    g_assert_cmpuint(datagrams, >=, 3600 / 31);
    g_assert_cmpuint(datagrams, <=, 3600 / 30 + 2);
    g_assert_cmpuint(bench->wakeups, <=, 3600 / 30 + 10);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_PEER_CHANGED), ==, 0);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_CHANGE_PEER), ==, 0);
    g_assert_cmpint(bench_view(bench, hub)->state, ==, WL_PEER_DIRECT);
}

static void
test_idle_hub(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);

    for (guint i = 1; i < 30; i++) {
        g_autofree char *address = g_strdup_printf("10.77.0.%u/32", i + 2);
        bench_add(config, bench_member(bench, i), NULL, address);
    }
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    bench_clear(bench);
    bench_run(bench, SEC(86400));
    g_assert_cmpuint(bench->wakeups, ==, 0);
    g_assert_cmpuint(bench->outputs->len, ==, 0);
    g_assert_cmpint(wl_engine_get_deadline(bench->engine), ==, G_MAXINT64);
}

/* ---- trying */

static void
test_attempts(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    static const char *const told[] = {"198.51.100.7:51820", "10.9.9.9:51820",
                                       "192.168.1.77:51820"};
    static const char *const order[] = {"192.168.1.77:51820", "198.51.100.7:51820",
                                        "10.9.9.9:51820"};
    guint n = 0;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    {
        g_autoptr(GArray) facts = wl_fact_array_new();
        for (guint i = 0; i < 3; i++) {
            WlEndpoint endpoint;
            WlFact fact;
            endpoint = bench_endpoint(told[i]);
            wl_fact_init_endpoint(&fact, &desktop->key, &endpoint, bench->now + SEC(3600));
            g_array_append_val(facts, fact);
        }
        bench_clear(bench);
        bench_datagram(bench, hub, facts);
    }
    bench_run(bench, MS(1400)); /* the first round: half a second each */
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        g_autofree char *text = NULL;
        if (output->kind != WL_OUTPUT_CHANGE_PEER)
            continue;
        g_assert_cmpint(output->change->kind, ==, WL_PEER_RECREATE);
        text = wl_endpoint_to_string(&output->change->endpoint);
        g_assert_cmpuint(n, <, 3);
        g_assert_cmpstr(text, ==, order[n]);
        n++;
    }
    g_assert_cmpuint(n, ==, 3);
    /* second round: 5 s each and never sooner than 5 s for one address; then the endpoint goes */
    bench_live(bench, MS(1700), 1, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 3);
    bench_live(bench, SEC(18), 1, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 7);
    g_assert_false(wl_endpoint_is_set(&bench_view(bench, desktop)->endpoint));
    /* with back-off to five minutes: rounds of 15 s */
    bench_clear(bench);
    bench_live(bench, SEC(3000), 1, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), <=, 4 * 15);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), >=, 4 * 10);
    /* something new begins anew */
    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.8:51820", 254);
    bench_run(bench, SEC(2));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), >=, 3);
}

static void
test_initiation_budget(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    guint recreated = 0;

    for (guint i = 1; i <= 100; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.100.%u:51820", i);
        bench_add(config, bench_member(bench, i), endpoint, NULL);
    }
    bench_start(bench, config);
    bench_clear(bench);
    bench_uplink(bench, "203.0.113.1/24");
    bench_run(bench, SEC(3));
    recreated = bench_count(bench, WL_OUTPUT_SEND);
    g_assert_cmpuint(recreated, >=, 30);
    g_assert_cmpuint(recreated, <=, 41); /* ten at once, then ten a second */
}

static void
test_live_session_is_kept(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_make_ours(desktop);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_run(bench, SEC(12));
    /* a third party's word does not move a live path */
    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.9:51820", 254);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);
    bench_run(bench, MS(500));
    bench_alive(bench, desktop); /* the path answers: nothing moves */
    bench_run(bench, SEC(5));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);
    /* silent for a second: moved inside the session, and back when that is silent, too */
    desktop->mute = TRUE;
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.10:51820", 254);
    bench_run(bench, MS(1100));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 1);
    bench_run(bench, MS(1600));
    g_assert_cmpstr(bench_view(bench, desktop)->reason_text, ==, "direct on 198.51.100.7:51820");
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    /* still silent: the hub carries it, and the session is kept all the same */
    bench_run(bench, MS(1600));
    g_assert_true(g_str_has_suffix(bench_view(bench, desktop)->reason_text,
                                   ": no more packets from 198.51.100.7:51820"));
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
}

/* Both sides say Alive each 30 s: when the other's do not come any more, other addresses are tried.
 */
/* A member that reaches us first tells where it is in its first words, e.g. a Go leaf behind a NAT
 * its private address: there is a session already, and it must not be thrown away for that address.
 */
static void
test_first_words_keep_the_session(void)
{
    /* Keys of both orders: who goes first when both try depends on it. */
    for (guint number = 1; number <= 8; number++) {
        g_autoptr(Bench) bench = bench_new();
        WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
        BenchMember *leaf = bench_member(bench, number);

        bench_add(config, leaf, NULL, "10.77.0.3/32");
        bench_start(bench, config);
        bench_uplink(bench, "203.0.113.5/24");
        bench_run(bench, SEC(10));
        bench_clear(bench);

        bench_handshake(bench, leaf, "198.51.100.12:51820");
        bench_tell_endpoint(bench, leaf, leaf, "192.168.2.2:51820", 255);
        bench_run(bench, SEC(5));
        g_assert_cmpuint(bench_changes(bench, leaf, WL_PEER_RECREATE), ==, 0);
        g_assert_cmpint(bench_view(bench, leaf)->last_handshake, >=, 0);
    }
}

static void
test_silent_session(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_make_ours(desktop);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, bench_member(bench, 1), desktop, "198.51.100.9:51820", 3600);
    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_live(bench, SEC(100), 1, 2);
    bench_clear(bench);
    bench_live(bench, SEC(100), 1, 2);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);
    desktop->mute = TRUE;
    bench_live(bench, SEC(75), 1, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), >=, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
}

/* The device tells of handshakes by the wall clock. */
static void
test_clock_jumps(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    const BenchMember *hub = bench_member(bench, 1);
    gint64 *handshake;

    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    bench_run(bench, SEC(20));
    handshake = g_hash_table_lookup(bench->handshakes, &hub->key);
    bench_clear(bench);

    /* Forward: packets still come. */
    *handshake -= SEC(3600);
    bench_alive(bench, hub);
    bench_run(bench, SEC(31));
    g_assert_true(bench_view(bench, hub)->healthy);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_RECREATE), ==, 0);
    /* Back: each look says "just now", but nothing comes any more. */
    for (guint i = 0; i < 20 && bench_view(bench, hub)->healthy; i++) {
        *handshake = bench->now;
        bench_snapshot(bench);
        bench_drain(bench);
        bench_run(bench, SEC(10));
    }
    g_assert_false(bench_view(bench, hub)->healthy);
}

/* What was sent may have gone to where it is no more. */
static void
test_roaming_peer(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    const BenchMember *hub = bench_member(bench, 1);

    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    bench_run(bench, SEC(10));
    bench_clear(bench);
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    g_assert_true(wl_endpoint_parse("203.0.113.1:40000",
                                    &wl_device_find(bench->device, &hub->key)->endpoint));
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 1);
}

static void
test_names_are_resolved(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *hub = bench_member(bench, 1);
    WlEndpoint address;

    bench_add(config, hub, "hub.example.net:51820", "10.77.0.0/24");
    bench_start(bench, config);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 0);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
    for (guint i = 0; i < 4; i++) { /* 1, 2, 4 s */
        wl_engine_name_resolved(bench->engine, bench->now, "hub.example.net:51820", NULL, 0);
        bench_drain(bench);
        bench_clear(bench);
        bench_run(bench, MS(800) << i);
        g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 0);
        bench_run(bench, MS(400) << i);
        g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
    }
    bench_clear(bench);
    address = bench_endpoint("203.0.113.4:51820");
    wl_engine_name_resolved(bench->engine, bench->now, "hub.example.net:51820", &address, 1);
    bench_drain(bench);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 1);
    g_assert_true(wl_endpoint_equal(&bench_view(bench, hub)->endpoint, &address));
    bench_meet(bench, 1, NULL);
    bench_clear(bench);
    bench_live(bench, SEC(1000), 1, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 0);
}

/* Many machines that lost the same hub do not ask for its name at the same moments. */
static void
test_names_jitter(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    guint exact = 0;

    bench_add(config, bench_member(bench, 1), "hub.example.net:51820", "10.77.0.0/24");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    for (guint i = 0; i < 4; i++) {
        gint64 asked = bench->now;

        wl_engine_name_resolved(bench->engine, bench->now, "hub.example.net:51820", NULL, 0);
        bench_drain(bench);
        bench_clear(bench);
        while (bench_count(bench, WL_OUTPUT_RESOLVE) == 0)
            bench_run(bench, MS(1));
        exact += ABS(bench->now - asked - (SEC(1) << i)) <= MS(1);
    }
    g_assert_cmpuint(exact, <, 4);
}

static void
answer_name(Bench *bench, const char *endpoint)
{
    WlEndpoint address = {0};

    g_assert_true(!endpoint || wl_endpoint_parse(endpoint, &address));
    wl_engine_name_resolved(bench->engine, bench->now, "hub.example.net:51820", &address,
                            !!endpoint);
    bench_drain(bench);
}

/* Through the tunnel nobody is reached: neither at an address of the profile nor where the tunnel's
 * own DNS server has a name. That is said once; a network of ours in that range is another matter.
 */
static void
test_inside(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);
    BenchMember *hub = bench_member(bench, 1), *desk = bench_member(bench, 2);
    WlEndpoint addresses[2];
    guint said = 0;

    bench_add(config, hub, "hub.example.net:51820", "10.77.0.0/24");
    bench_add(config, desk, "10.77.0.9:51820", "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_true(wl_endpoint_parse("10.77.0.1:51820", &addresses[0]));
    g_assert_true(wl_endpoint_parse("203.0.113.1:51820", &addresses[1]));
    wl_engine_name_resolved(bench->engine, bench->now, "hub.example.net:51820", addresses, 2);
    bench_drain(bench);
    g_assert_true(wl_endpoint_equal(&bench_view(bench, hub)->endpoint, &addresses[1]));
    bench_run(bench, SEC(60));
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];

        if (output->kind == WL_OUTPUT_LOG)
            said += strstr(output->name, "inside the tunnel") != NULL;
        g_assert_false(output->kind == WL_OUTPUT_CHANGE_PEER &&
                       wl_endpoint_is_set(&output->change->endpoint) &&
                       !wl_endpoint_equal(&output->change->endpoint, &addresses[1]));
    }
    g_assert_cmpuint(said, ==, 2);
    g_assert_false(wl_endpoint_is_set(&bench_view(bench, desk)->endpoint));

    bench_uplink(bench, "10.77.0.200/24");
    bench_run(bench, SEC(2));
    g_assert_true(wl_endpoint_is_set(&bench_view(bench, desk)->endpoint));
}

/* A name that was asked less and less often, in vain, is asked at once when a session that came up
 * after that goes stale. */
static void
test_stale_name(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), "hub.example.net:51820", "10.77.0.0/24");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    for (guint i = 0; i < 10; i++) {
        answer_name(bench, NULL);
        bench_clear(bench);
        bench_run(bench, SEC(331));
        g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), >=, 1);
    }
    answer_name(bench, BENCH_HUB_ENDPOINT);
    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    bench_clear(bench);
    bench_run(bench, SEC(160));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 0);
    bench_run(bench, SEC(10));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
    /* and from then on as at the start */
    answer_name(bench, NULL);
    bench_clear(bench);
    bench_run(bench, MS(1200));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);

    /* with a session it is asked on a new uplink, too */
    answer_name(bench, BENCH_HUB_ENDPOINT);
    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    bench_clear(bench);
    bench_uplink(bench, "192.168.7.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
}

static void
test_no_snapshot(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();

    bench->no_device = TRUE;
    bench_uplink(bench, "192.168.1.10/24");
    bench_clear(bench);
    bench_run(bench, SEC(60));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_READ_DEVICE), >=, 30);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_READ_DEVICE), <=, 61);
    g_assert_cmpuint(bench->wakeups, <=, 130);
}

static void
test_uplink_lost(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1);

    bench_uplink(bench, "192.168.1.10/24");
    bench_run(bench, SEC(3));
    bench_uplink(bench, NULL);
    g_assert_cmpstr(bench_view(bench, hub)->reason_text, ==, "no uplink");
    bench_clear(bench);
    bench_run(bench, SEC(3600));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    g_assert_cmpuint(bench->wakeups, <=, 3);
    bench_uplink(bench, "192.168.5.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 1);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_RECREATE), ==, 1);
}

/* Prefixes that the last request of the watch for traffic was about; NULL if there was none. */
static const GArray *
watched(Bench *bench)
{
    const GArray *prefixes = NULL;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_WATCH_TRAFFIC)
            prefixes = output->prefixes;
    }
    return prefixes;
}

static void
tell_basic(Bench *bench, const BenchMember *member, guint ttl)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new("phone", TRUE);
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_metadata(&fact, &member->key, metadata, bench->now + SEC(ttl));
    g_array_append_val(facts, fact);
    bench_datagram(bench, bench_member(bench, 1), facts);
    bench_tell_endpoint(bench, bench_member(bench, 1), member, "198.51.100.9:51820", ttl);
    bench_tell_allowed(bench, bench_member(bench, 1), member, "10.77.0.9/32", ttl);
}

/* A basic peer that was learned: looked for when there is traffic for it, once a minute at most. */
static void
test_on_demand(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *phone = bench_member(bench, 5);
    WlIp there, elsewhere;
    guint recreations;

    there = bench_ip("10.77.0.9");
    elsewhere = bench_ip("10.77.0.8");
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    tell_basic(bench, phone, 3600);
    bench_clear(bench);
    bench_run(bench, SEC(5));
    bench_live(bench, SEC(1000), 1, 1);
    g_assert_nonnull(watched(bench));
    g_assert_cmpuint(watched(bench)->len, ==, 1);
    g_assert_true(wl_ip_equal(&g_array_index(watched(bench), WlPrefix, 0).ip, &there));

    bench_clear(bench);
    wl_engine_traffic_started(bench->engine, bench->now, &elsewhere);
    bench_drain(bench);
    g_assert_nonnull(watched(bench)); /* not for it: watched on */
    recreations = bench_changes(bench, phone, WL_PEER_RECREATE);
    g_assert_cmpuint(recreations, ==, 0);
    wl_engine_traffic_started(bench->engine, bench->now, &there);
    bench_drain(bench);
    g_assert_cmpuint(bench_changes(bench, phone, WL_PEER_RECREATE), ==, 1);
    /* nobody answers: an attempt ends, and for a minute traffic makes none */
    bench_clear(bench);
    bench_live(bench, SEC(50), 1, 1);
    g_assert_null(watched(bench));
    bench_live(bench, SEC(25), 1, 1);
    g_assert_nonnull(watched(bench));
    /* one that is there needs none */
    bench_clear(bench);
    bench_handshake(bench, phone, "198.51.100.9:51820");
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_null(watched(bench));
    wl_engine_traffic_started(bench->engine, bench->now, &there);
    bench_drain(bench);
    g_assert_null(watched(bench));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sender/local-facts", test_local_facts);
    g_test_add_func("/sender/leaf-is-quiet", test_leaf_is_quiet);
    g_test_add_func("/sender/relay-ttl", test_relay_ttl);
    g_test_add_func("/sender/relays-together", test_relays_together);
    g_test_add_func("/sender/roamed-member", test_roamed_member);
    g_test_add_func("/sender/boot-id", test_boot_id);
    g_test_add_func("/sender/alive", test_alive_schedule);
    g_test_add_func("/deadline/idle-hub", test_idle_hub);
    g_test_add_func("/attempts/rounds", test_attempts);
    g_test_add_func("/attempts/budget", test_initiation_budget);
    g_test_add_func("/attempts/live-session", test_live_session_is_kept);
    g_test_add_func("/attempts/first-words", test_first_words_keep_the_session);
    g_test_add_func("/attempts/silent-session", test_silent_session);
    g_test_add_func("/attempts/clock-jumps", test_clock_jumps);
    g_test_add_func("/sender/roaming-peer", test_roaming_peer);
    g_test_add_func("/attempts/names", test_names_are_resolved);
    g_test_add_func("/attempts/names/jitter", test_names_jitter);
    g_test_add_func("/attempts/inside", test_inside);
    g_test_add_func("/attempts/stale-name", test_stale_name);
    g_test_add_func("/deadline/no-snapshot", test_no_snapshot);
    g_test_add_func("/deadline/uplink-lost", test_uplink_lost);
    g_test_add_func("/attempts/on-demand", test_on_demand);
    return g_test_run();
}
