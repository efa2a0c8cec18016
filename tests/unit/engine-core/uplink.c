/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the machine itself goes through: sleep, other networks, login pages, gateways. */
#include <string.h>

#include "bench.h"

/* The boot id in the last Alive to @member, and the TTL of the first; 0: there was none. */
static guint
alives(Bench *bench, const BenchMember *member, WlBootId *boot_id)
{
    g_autoptr(GArray) facts = bench_sent(bench, member);
    guint ttl = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ALIVE)
            continue;
        *boot_id = fact->value.boot_id;
        ttl = ttl == 0 ? fact->ttl : ttl;
    }
    return ttl;
}

static void
test_resumed(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlBootId before = {{0}}, after = {{0}};

    bench_make_ours(hub);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 255);
    bench_run(bench, SEC(40));
    g_assert_cmpuint(alives(bench, hub, &before), >, 0);

    /* a nap: the session may still stand, and is asked */
    bench_run(bench, SEC(10));
    bench_clear(bench);
    bench->now += SEC(60);
    wl_engine_resumed(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(alives(bench, hub, &after), ==, 254); /* it wants an answer */
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
    g_assert_cmpuint(bench->snapshots, >=, 1);
    bench_run(bench, SEC(1));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), >=, 1);

    /* a night: everything begins again, at once */
    bench_run(bench, SEC(1));
    bench_clear(bench);
    bench->now += SEC(8 * 3600);
    wl_engine_resumed(bench->engine, bench->now);
    bench_drain(bench);
    bench_run(bench, MS(200));
    g_assert_false(bench_view(bench, hub)->healthy);
    g_assert_cmpuint(alives(bench, hub, &before), >, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
    /* what it knew of us has run out: all of it is told again */
    bench_meet(bench, 1, NULL);
    bench_run(bench, MS(300));
    g_assert_true(
        bench_sent_endpoint(bench, hub, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
}

static void
test_portal(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 3600);
    bench_run(bench, SEC(1));
    wl_engine_set_connectivity(bench->engine, bench->now, WL_CONNECTIVITY_PORTAL);
    bench_drain(bench);
    /* both are silent from now on; nobody is asked more than once a minute */
    bench_run(bench, SEC(400));
    bench_clear(bench);
    bench_run(bench, SEC(600));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), >=, 2);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), <=, 2 * 10);
    /* somebody on the same network is tried as ever */
    bench_clear(bench);
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, "192.168.1.77:51820", 3600);
    bench_run(bench, SEC(20));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), >=, 3);
    /* logged in: at once */
    bench_run(bench, SEC(300));
    bench_clear(bench);
    wl_engine_set_connectivity(bench->engine, bench->now, WL_CONNECTIVITY_FULL);
    bench_drain(bench);
    bench_run(bench, MS(900));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), >=, 2);
}

static void
test_local_servers(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlIp servers[] = {bench_ip("10.77.0.53"), bench_ip("192.168.1.1")};

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_allowed(bench, hub, desktop, "10.77.0.32/27", 255);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_ACCEPTED);
    wl_engine_set_protected_hosts(bench->engine, bench->now, servers, G_N_ELEMENTS(servers));
    bench_drain(bench);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_HAS_SERVER);
    wl_engine_set_protected_hosts(bench->engine, bench->now, servers + 1, 1);
    bench_drain(bench);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "10.77.0.32/27"), ==,
                    WL_VERDICT_ACCEPTED);
}

/* The same address at another access point: paths are checked, those who are away tried anew. */
static void
test_uplink_changed(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlBootId id;

    bench_make_ours(hub);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 3600);
    bench_live(bench, SEC(200), 1, 1);
    bench_clear(bench);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    wl_engine_uplink_changed(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(alives(bench, hub, &id), ==, 254);
    bench_run(bench, MS(200));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 1);
    /* said together with other addresses, it is one change */
    bench_live(bench, SEC(60), 1, 1);
    bench_uplink(bench, "192.168.2.10/24");
    bench_clear(bench);
    wl_engine_uplink_changed(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
}

/* Without an uplink nothing is sent and nobody is woken: not for Alives, for receipts that do not
 * come or for what is to be remembered, nor by traffic into the tunnel. With the next one everybody
 * is asked at once. */
static void
test_none(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlBootId id;

    bench_make_ours(hub);
    bench_make_ours(desktop);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_live(bench, SEC(300), 1, 2);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_DIRECT);
    bench_handshake(bench, hub, NULL);
    bench_handshake(bench, desktop, "198.51.100.8:51820");
    bench_snapshot(bench);
    /* something is on its way, and traffic flows */
    bench_uplink(bench, "192.168.1.11/24");
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    hub->mute = desktop->mute = TRUE;
    bench_run(bench, MS(10));
    bench_clear(bench);
    bench_uplink(bench, NULL);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), ==, 1);
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_run(bench, SEC(1));
    bench_clear(bench);
    bench_run(bench, SEC(60));
    g_assert_cmpuint(bench->wakeups, ==, 0);
    g_assert_cmpuint(bench->outputs->len, ==, 0);
    g_assert_true(bench_view(bench, hub)->healthy);
    bench_uplink(bench, "192.168.2.10/24");
    g_assert_cmpuint(alives(bench, hub, &id), ==, 254);
    g_assert_cmpuint(alives(bench, desktop, &id), ==, 254);
}

/* Addresses come one by one: each is tried at once, none waits for one that was just tried. */
static void
test_addresses_one_by_one(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "192.168.1.77:51820", 255);
    bench_run(bench, MS(150));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 1);
    /* the one under way keeps its half second, then it is the turn of the new one */
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 255);
    bench_run(bench, MS(250));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 1);
    bench_run(bench, MS(350));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 2);
    /* after its slot, the next at once, though better ones may not be tried yet */
    bench_run(bench, MS(700));
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.8:51820", 255);
    bench_run(bench, MS(150));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 3);
}

static guint
moves(Bench *bench, const BenchMember *member)
{
    guint n = 0;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == WL_PEER_UPDATE &&
             wl_endpoint_is_set(&output->change->endpoint) &&
             wl_key_equal(&output->key, &member->key);
    }
    return n;
}

/* A member that is reached from afar turns out to be on the same network. */
static void
test_better_path(void)
{
    static const gboolean answers[] = {TRUE, FALSE};

    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(Bench) bench = bench_leaf_new();
        BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

        bench_make_ours(desktop);
        bench_uplink(bench, "192.168.1.10/24");
        bench_meet(bench, 1, NULL);
        bench_meet(bench, 2, "198.51.100.7:51820");
        bench_run(bench, SEC(5));
        bench_clear(bench);
        bench_tell_endpoint(bench, hub, desktop, "192.168.1.77:51820", 255);
        bench_run(bench, MS(100));
        bench_alive(bench, desktop); /* the present path works */
        desktop->mute = !answers[i];
        bench_run(bench, MS(100));
        if (answers[i])
            bench_alive(bench, desktop);
        bench_run(bench, MS(500));
        /* inside the live session: tried, and kept only if it answers */
        g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
        g_assert_cmpuint(moves(bench, desktop), ==, answers[i] ? 1 : 2);
        g_assert_cmpint(bench_view(bench, desktop)->state, ==,
                        answers[i] ? WL_PEER_DIRECT_LAN : WL_PEER_DIRECT);
        /* one that does not is left alone */
        desktop->mute = FALSE;
        bench_clear(bench);
        bench_live(bench, SEC(100), 1, 2);
        g_assert_cmpuint(moves(bench, desktop), ==, 0);
    }
}

/* Many members told at one address are not tried there all together. */
static void
test_one_address_for_many(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);

    for (guint i = 1; i <= 20; i++)
        bench_add(config, bench_member(bench, i), "198.51.100.1:53", NULL);
    bench_start(bench, config);
    bench_clear(bench);
    bench_uplink(bench, "203.0.113.1/24");
    bench_run(bench, SEC(14));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), >=, 2);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), <=, 3);
}

static void
test_broadcast(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    static const char *const bad[] = {"192.168.1.255:51820", "192.168.1.0:51820"};

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        WlEndpoint endpoint;
        WlFact fact;

        bench_tell_endpoint(bench, hub, desktop, bad[i], 255);
        endpoint = bench_endpoint(bad[i]);
        wl_fact_init_endpoint(&fact, &desktop->key, &endpoint, 0);
        g_assert_cmpint(wl_engine_get_verdict(bench->engine, &fact, &hub->key), ==,
                        WL_VERDICT_BAD_ADDRESS);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uplink/resumed", test_resumed);
    g_test_add_func("/uplink/portal", test_portal);
    g_test_add_func("/uplink/servers", test_local_servers);
    g_test_add_func("/uplink/same-address", test_uplink_changed);
    g_test_add_func("/uplink/none", test_none);
    g_test_add_func("/uplink/one-by-one", test_addresses_one_by_one);
    g_test_add_func("/uplink/one-address-for-many", test_one_address_for_many);
    g_test_add_func("/uplink/better-path", test_better_path);
    g_test_add_func("/uplink/broadcast", test_broadcast);
    return g_test_run();
}
