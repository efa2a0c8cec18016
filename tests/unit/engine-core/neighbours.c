/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Addresses on networks of ours: who has them is asked before they are tried. */
#include <string.h>

#include "bench.h"
#include "state/wl-engine-state.h"

#define LAN      "192.168.1.20"
#define LAN_AT   LAN ":51820"
#define INTERNET "198.51.100.7:51820"

static void
answer(Bench *bench, const char *address, gboolean reachable)
{
    WlIp ip = bench_ip(address);

    wl_engine_neighbor_result(bench->engine, bench->now, &ip, 2, reachable);
    bench_drain(bench);
}

/* Questions for @address since bench_clear(), on the interface of the uplink. */
static guint
asked(Bench *bench, const char *address)
{
    WlIp ip = bench_ip(address);
    guint n = 0;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];

        if (output->kind != WL_OUTPUT_RESOLVE_NEIGHBOR || !wl_ip_equal(&output->destination, &ip))
            continue;
        g_assert_cmpuint(output->ifindex, ==, 2);
        n++;
    }
    return n;
}

/* Where a peer is being tried. */
static void
assert_tried(Bench *bench, const BenchMember *member, const char *expected)
{
    const WlDevicePeer *peer = wl_device_find(bench->device, &member->key);
    g_autofree char *text = peer && wl_endpoint_is_set(&peer->endpoint)
                                ? wl_endpoint_to_string(&peer->endpoint)
                                : g_strdup("nowhere");

    g_assert_cmpstr(text, ==, expected);
}

static const char *
rank(Bench *bench, const BenchMember *member, const char *text)
{
    g_autoptr(GArray) views = wl_engine_dup_candidates(bench->engine, &member->key);
    WlEndpoint endpoint;

    endpoint = bench_endpoint(text);
    for (guint i = 0; i < views->len; i++) {
        const WlCandidateView *view = &g_array_index(views, WlCandidateView, i);
        if (wl_endpoint_equal(&view->endpoint, &endpoint))
            return view->rank;
    }
    return "none";
}

/* The hub tells both addresses of the desktop, in a moment; nobody answers of himself. */
static Bench *
told_new(void)
{
    Bench *bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench->nobody = TRUE;
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(1));
    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, INTERNET, 3600);
    bench_tell_endpoint(bench, hub, desktop, LAN_AT, 3600);
    return bench;
}

static void
test_there(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *desktop = bench_member(bench, 2);

    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "private");
    bench_run(bench, MS(2));
    answer(bench, LAN, TRUE);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "on-link");
    bench_run(bench, MS(100));
    assert_tried(bench, desktop, LAN_AT);
    g_assert_cmpuint(asked(bench, LAN), ==, 1);
}

static void
test_nobody(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *desktop = bench_member(bench, 2);

    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    bench_run(bench, MS(160));
    assert_tried(bench, desktop, INTERNET);
    bench_run(bench, MS(200));
    answer(bench, LAN, FALSE);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "private");
    assert_tried(bench, desktop, INTERNET);
    /* not asked again for a minute, however often it is tried */
    bench_run(bench, SEC(58));
    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    bench_run(bench, SEC(60));
    g_assert_cmpuint(asked(bench, LAN), ==, 2);
}

/* The only address that there is, in the sentence that is shown. */
static void
test_reason(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 1);
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);

    bench_add(config, desktop, LAN_AT, "10.77.0.3/32");
    bench_start(bench, config);
    bench->nobody = TRUE;
    bench_uplink(bench, "192.168.1.10/24");
    bench_run(bench, SEC(3));
    g_assert_cmpint(bench_view(bench, desktop)->reason->id, ==, WL_REASON_TRYING_ONE);
    answer(bench, LAN, FALSE);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_CONNECTING);
    g_assert_cmpstr(bench_view(bench, desktop)->reason_text, ==,
                    "no host at " LAN_AT " on this network; retrying with increasing delay");
    bench_run(bench, SEC(600));
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_OFFLINE);
    g_assert_cmpint(bench_view(bench, desktop)->reason->id, ==, WL_REASON_ADDRESS_UNUSED);
    answer(bench, LAN, TRUE);
    g_assert_cmpint(bench_view(bench, desktop)->reason->id, ==, WL_REASON_NO_ANSWER_ONE);
}

/* A new network, where nobody answers, for somebody with a greater key than ours (@first: we go
 * first) or a smaller one. */
static Bench *
moved_new(gboolean first, BenchMember **peer)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);
    const BenchMember *own = bench_member(bench, 0);
    guint number = 2;

    while ((wl_key_compare(&own->key, &bench_member(bench, number)->key) < 0) != first)
        number++;
    *peer = bench_member(bench, number);
    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, *peer, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench->nobody = TRUE;
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, bench_member(bench, 1), *peer, INTERNET, 3600);
    bench_tell_endpoint(bench, bench_member(bench, 1), *peer, LAN_AT, 3600);
    bench_run(bench, SEC(30));
    answer(bench, LAN, FALSE);
    bench_clear(bench);
    bench_uplink(bench, "192.168.1.11/24");
    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    g_assert_cmpuint(bench_changes(bench, *peer, WL_PEER_RECREATE), ==, 0);
    return bench;
}

/* Nothing is tried while an answer is waited for: 50 ms, and for one of two 100 ms more. */
static void
test_patience(gconstpointer data)
{
    gboolean first = GPOINTER_TO_INT(data);
    BenchMember *peer;
    g_autoptr(Bench) bench = moved_new(first, &peer);

    bench_run(bench, MS(first ? 49 : 149));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 0);
    bench_run(bench, MS(1));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 1);
    assert_tried(bench, peer, INTERNET);
}

/* The initiation of the peer arrives while the engine waits: WireGuard has responded, and the
 * session appears only when the peer confirms it. The peer is not recreated meanwhile. */
static void
test_initiation_while_waiting(void)
{
    BenchMember *peer;
    g_autoptr(Bench) bench = moved_new(FALSE, &peer);

    bench_run(bench, MS(120));
    wl_device_find(bench->device, &peer->key)->rx_bytes += 148;
    bench_run(bench, MS(60));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 0);
    bench_handshake(bench, peer, INTERNET);
    bench_run(bench, SEC(5));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpint(bench_view(bench, peer)->last_handshake, >=, 0);
}

/* An initiation that leads to no session delays the own one by 0.3 s, and only once. */
static void
test_initiation_without_session(void)
{
    BenchMember *peer;
    g_autoptr(Bench) bench = moved_new(FALSE, &peer);

    bench_run(bench, MS(120));
    wl_device_find(bench->device, &peer->key)->rx_bytes += 148;
    bench_run(bench, MS(250));
    wl_device_find(bench->device, &peer->key)->rx_bytes += 148;
    bench_run(bench, MS(70));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 0);
    bench_run(bench, MS(20));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 1);
}

/* Nor longer than that: the answer ends it. */
static void
test_answer(gconstpointer data)
{
    gboolean first = GPOINTER_TO_INT(data);
    BenchMember *peer;
    g_autoptr(Bench) bench = moved_new(first, &peer);

    bench_run(bench, MS(first ? 7 : 107));
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 0);
    answer(bench, LAN, TRUE);
    g_assert_cmpuint(bench_changes(bench, peer, WL_PEER_RECREATE), ==, 1);
    assert_tried(bench, peer, LAN_AT);
}

/* A live session whose path may have died: by the time that others are tried it is known. */
static void
test_move(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_make_ours(desktop);
    answer(bench, LAN, FALSE);
    bench_meet(bench, 2, INTERNET);
    bench_run(bench, SEC(1));
    bench_clear(bench);
    wl_engine_uplink_changed(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    answer(bench, LAN, TRUE);
    desktop->mute = TRUE;
    bench_run(bench, MS(1100));
    assert_tried(bench, desktop, LAN_AT);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
}

/* Too late to be first, but on the link from then on. */
static void
test_late(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_run(bench, MS(160));
    assert_tried(bench, desktop, INTERNET);
    answer(bench, LAN, TRUE);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "on-link");
    bench_run(bench, MS(500));
    assert_tried(bench, desktop, LAN_AT);
}

/* What was found out on one network says nothing about the next. */
static void
test_forgotten(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlIp ip = bench_ip(LAN);

    answer(bench, LAN, TRUE);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "on-link");
    bench_run(bench, SEC(1));
    bench_clear(bench);
    wl_engine_uplink_changed(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(asked(bench, LAN), ==, 1);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "private");
    /* of an interface that is not the one asked: no answer */
    wl_engine_neighbor_result(bench->engine, bench->now, &ip, 3, TRUE);
    bench_drain(bench);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "private");
    answer(bench, LAN, TRUE);
    g_assert_cmpstr(rank(bench, desktop, LAN_AT), ==, "on-link");
}

/* Whoever was asked for is no peer any more, or is not to be found there. */
static void
test_gone(void)
{
    static const gboolean stays[] = {FALSE, TRUE};

    for (guint i = 0; i < G_N_ELEMENTS(stays); i++) {
        g_autoptr(Bench) bench = bench_new();
        BenchMember *desktop = bench_member(bench, 1);
        WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);

        bench->nobody = TRUE;
        bench_add(config, desktop, LAN_AT, NULL);
        bench_start(bench, config);
        bench_uplink(bench, "192.168.1.10/24");
        g_assert_cmpuint(asked(bench, LAN), ==, 1);
        config = bench_config(bench, WL_ROLE_LEAF);
        if (stays[i])
            bench_add(config, desktop, INTERNET, NULL);
        bench_change(bench, config);
        bench_clear(bench);
        answer(bench, LAN, TRUE);
        g_assert_cmpuint(bench_n_peers(bench), ==, stays[i]);
        g_assert_cmpuint(bench->outputs->len, ==, 0);
        g_assert_cmpuint(g_hash_table_size(bench->engine->neighbors.candidates), ==, 0);
    }
}

/* Our own address with another port, and what is on no network of ours. */
static void
test_not_asked(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "192.168.1.10:51999", 3600);
    bench_run(bench, SEC(20));
    g_assert_cmpuint(asked(bench, "192.168.1.10"), ==, 0);
    g_assert_cmpuint(asked(bench, "198.51.100.7"), ==, 0);
    g_assert_cmpstr(rank(bench, desktop, "192.168.1.10:51999"), ==, "on-link");
}

/* A member that tells many addresses has us search our network at no more than ten a second. */
static void
test_many(void)
{
    g_autoptr(Bench) bench = told_new();
    BenchMember *hub = bench_member(bench, 1);
    guint before;

    bench_uplink(bench, "10.0.0.1/8");
    bench_clear(bench);
    for (guint i = 0; i < 100; i++) {
        BenchMember *member = bench_member(bench, 10 + i);

        bench_tell_member(bench, hub, member, "", 3600);
        for (guint j = 0; j < 4; j++) {
            g_autofree char *text = g_strdup_printf("10.1.%u.%u:51820", i, j + 1);
            bench_tell_endpoint(bench, hub, member, text, 3600);
        }
    }
    bench_run(bench, MS(1));
    before = bench_count(bench, WL_OUTPUT_RESOLVE_NEIGHBOR);
    g_assert_cmpuint(before, >=, 10);
    g_assert_cmpuint(before, <=, 65);
    bench_run(bench, SEC(10));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE_NEIGHBOR), <=, before + 101);
    bench_run(bench, SEC(300));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE_NEIGHBOR), <=, before + 3101);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/neighbors/there", test_there);
    g_test_add_func("/neighbors/nobody", test_nobody);
    g_test_add_func("/neighbors/initiation/session-while-waiting", test_initiation_while_waiting);
    g_test_add_func("/neighbors/initiation/without-session", test_initiation_without_session);
    g_test_add_data_func("/neighbors/patience/first", GINT_TO_POINTER(TRUE), test_patience);
    g_test_add_data_func("/neighbors/patience/second", GINT_TO_POINTER(FALSE), test_patience);
    g_test_add_data_func("/neighbors/answer/first", GINT_TO_POINTER(TRUE), test_answer);
    g_test_add_data_func("/neighbors/answer/second", GINT_TO_POINTER(FALSE), test_answer);
    g_test_add_func("/neighbors/move", test_move);
    g_test_add_func("/neighbors/late", test_late);
    g_test_add_func("/neighbors/forgotten", test_forgotten);
    g_test_add_func("/neighbors/not-asked", test_not_asked);
    g_test_add_func("/neighbors/gone", test_gone);
    g_test_add_func("/neighbors/reason", test_reason);
    g_test_add_func("/neighbors/many", test_many);
    return g_test_run();
}
