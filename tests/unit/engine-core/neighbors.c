/* SPDX-License-Identifier: GPL-2.0-or-later */

/* On-link addresses: the engine resolves the neighbor before it tries the candidate. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

#define LAN      "192.168.1.20"
#define LAN_AT   LAN ":51820"
#define INTERNET "198.51.100.7:51820"

static void
answer(Harness *harness, const char *address, gboolean reachable)
{
    WlIp ip = harness_ip(address);

    wl_engine_neighbor_result(harness->engine, harness->now, &ip, 2, reachable);
    harness_drain(harness);
}

/* Questions for @address since harness_clear(), on the interface of the uplink. */
static guint
asked(Harness *harness, const char *address)
{
    WlIp ip = harness_ip(address);
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind != WL_OUTPUT_RESOLVE_NEIGHBOR || !wl_ip_equal(&output->destination, &ip))
            continue;
        g_assert_cmpuint(output->ifindex, ==, 2);
        n++;
    }
    return n;
}

/* Where a peer is being tried. */
static void
assert_tried(Harness *harness, const HarnessMember *member, const char *expected)
{
    const WlDevicePeer *peer = wl_device_find(harness->device, &member->key);
    g_autofree char *text = peer && wl_endpoint_is_set(&peer->endpoint)
                                ? wl_endpoint_to_string(&peer->endpoint)
                                : g_strdup("nowhere");

    g_assert_cmpstr(text, ==, expected);
}

static const char *
rank(Harness *harness, const HarnessMember *member, const char *text)
{
    g_autoptr(GArray) views = wl_engine_dup_candidates(harness->engine, &member->key);
    WlEndpoint endpoint;

    endpoint = harness_endpoint(text);
    for (guint i = 0; i < views->len; i++) {
        const WlCandidateView *view = &g_array_index(views, WlCandidateView, i);
        if (wl_endpoint_equal(&view->endpoint, &endpoint))
            return view->rank;
    }
    return "none";
}

/* The hub advertises both addresses of the desktop at once; no neighbor replies by itself. */
static Harness *
told_new(void)
{
    Harness *harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness->no_neighbors = TRUE;
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, INTERNET, 3600);
    harness_advertise_endpoint(harness, hub, desktop, LAN_AT, 3600);
    return harness;
}

static void
test_there(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *desktop = harness_member(harness, 2);

    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "private");
    harness_run(harness, MS(2));
    answer(harness, LAN, TRUE);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "on-link");
    harness_run(harness, MS(100));
    assert_tried(harness, desktop, LAN_AT);
    g_assert_cmpuint(asked(harness, LAN), ==, 1);
}

static void
test_nobody(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *desktop = harness_member(harness, 2);

    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    harness_run(harness, MS(160));
    assert_tried(harness, desktop, INTERNET);
    harness_run(harness, MS(200));
    answer(harness, LAN, FALSE);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "private");
    assert_tried(harness, desktop, INTERNET);
    /* not asked again for a minute, however often it is tried */
    harness_run(harness, SEC(58));
    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    harness_run(harness, SEC(60));
    g_assert_cmpuint(asked(harness, LAN), ==, 2);
}

/* The only address that there is, in the sentence that is shown. */
static void
test_reason(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 1);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, desktop, LAN_AT, "10.77.0.3/32");
    harness_start(harness, config);
    harness->no_neighbors = TRUE;
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(3));
    g_assert_cmpint(harness_view(harness, desktop)->reason->id, ==, WL_REASON_TRYING_ONE);
    answer(harness, LAN, FALSE);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_CONNECTING);
    g_assert_cmpstr(harness_view(harness, desktop)->reason_text, ==,
                    "no host at " LAN_AT " on this network; retrying with increasing delay");
    harness_run(harness, SEC(600));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_OFFLINE);
    g_assert_cmpint(harness_view(harness, desktop)->reason->id, ==, WL_REASON_ADDRESS_UNUSED);
    answer(harness, LAN, TRUE);
    g_assert_cmpint(harness_view(harness, desktop)->reason->id, ==, WL_REASON_NO_ANSWER_ONE);
}

/* A new network without replies, for a peer with a greater key (@first: we win the tie) or a
 * smaller one. */
static Harness *
moved_new(gboolean first, HarnessMember **peer)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    const HarnessMember *own = harness_member(harness, 0);
    guint number = 2;

    while ((wl_key_compare(&own->key, &harness_member(harness, number)->key) < 0) != first)
        number++;
    *peer = harness_member(harness, number);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, *peer, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness->no_neighbors = TRUE;
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, harness_member(harness, 1), *peer, INTERNET, 3600);
    harness_advertise_endpoint(harness, harness_member(harness, 1), *peer, LAN_AT, 3600);
    harness_run(harness, SEC(30));
    answer(harness, LAN, FALSE);
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.11/24");
    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    g_assert_cmpuint(harness_changes(harness, *peer, WL_PEER_RECREATE), ==, 0);
    return harness;
}

/* Nothing is tried while an answer is waited for: 50 ms, and for one of two 100 ms more. */
static void
test_patience(gconstpointer data)
{
    gboolean first = GPOINTER_TO_INT(data);
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(first, &peer);

    harness_run(harness, MS(first ? 49 : 149));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 0);
    harness_run(harness, MS(1));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    assert_tried(harness, peer, INTERNET);
}

/* The initiation of the peer arrives while the engine waits: WireGuard has responded, and the
 * session appears only when the peer confirms it. The peer is not recreated meanwhile. */
static void
test_initiation_while_waiting(void)
{
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(FALSE, &peer);

    harness_run(harness, MS(120));
    wl_device_find(harness->device, &peer->key)->rx_bytes += 148;
    harness_run(harness, MS(60));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 0);
    harness_handshake(harness, peer, INTERNET);
    harness_run(harness, SEC(5));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpint(harness_view(harness, peer)->last_handshake, >=, 0);
}

/* The bytes of an initiation that leads to no session. */
static void
add_initiation(Harness *harness, const HarnessMember *peer)
{
    wl_device_find(harness->device, &peer->key)->rx_bytes += 148;
}

/* An initiation that leads to no session delays the own one until 0.3 s after it was noticed. */
static void
test_initiation_without_session(void)
{
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(FALSE, &peer);

    harness_run(harness, MS(120));
    add_initiation(harness, peer);
    harness_run(harness, MS(320));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 0);
    harness_run(harness, MS(20));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
}

/* A peer that initiates again and again, without ever confirming a session, delays the own
 * initiation three times. */
static void
test_initiations_without_end(void)
{
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(FALSE, &peer);

    for (guint i = 0; i < 60; i++) {
        harness_run(harness, MS(20));
        add_initiation(harness, peer);
    }
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
}

/* The own initiation was lost, and that of the peer arrives while the next own one is close:
 * because the slot ends, or because the two seem to have crossed. */
static void
test_initiation_in_slot(gconstpointer data)
{
    gint64 arrival = MS(GPOINTER_TO_INT(data));
    gboolean first[] = {TRUE, FALSE};

    for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
        HarnessMember *peer;
        g_autoptr(Harness) harness = moved_new(first[i], &peer);

        harness_run(harness, MS(first[i] ? 50 : 150));
        g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
        harness_run(harness, arrival);
        add_initiation(harness, peer);
        harness_run(harness, MS(150)); /* a round trip */
        g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
        harness_handshake(harness, peer, INTERNET);
        harness_run(harness, SEC(5));
        g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    }
}

/* Initiations crossed: the winner of the tie-breaker tries again at once and the other waits, but
 * for a second only. */
static void
test_crossed(gconstpointer data)
{
    gboolean first = GPOINTER_TO_INT(data);
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(first, &peer);

    harness_run(harness, MS(first ? 50 : 150));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    add_initiation(harness, peer);
    harness_run(harness, MS(399)); /* noticed after 100 ms */
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    harness_run(harness, MS(101));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, first ? 2 : 1);
    harness_run(harness, MS(850));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, first ? 2 : 1);
    harness_run(harness, MS(250));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, first ? 3 : 2);
}

/* The device is read 0.1 s, 0.3 s and 1 s after a try, as far as its slot reaches, and when the
 * slot ends. */
static void
test_polls(void)
{
    static const gint64 first[] = {MS(100), MS(300), MS(500)};
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(TRUE, &peer);
    gint64 tried;

    harness_run(harness, MS(50));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    tried = harness->now;
    harness_clear(harness);
    for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
        harness_run(harness, tried + first[i] - MS(1) - harness->now);
        g_assert_cmpuint(harness->snapshots, ==, i);
        harness_run(harness, MS(1));
        g_assert_cmpuint(harness->snapshots, ==, i + 1);
    }
}

/* Nor longer than that: the answer ends it. */
static void
test_answer(gconstpointer data)
{
    gboolean first = GPOINTER_TO_INT(data);
    HarnessMember *peer;
    g_autoptr(Harness) harness = moved_new(first, &peer);

    harness_run(harness, MS(first ? 7 : 107));
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 0);
    answer(harness, LAN, TRUE);
    g_assert_cmpuint(harness_changes(harness, peer, WL_PEER_RECREATE), ==, 1);
    assert_tried(harness, peer, LAN_AT);
}

/* A live session whose path may have died: by the time that others are tried it is known. */
static void
test_move(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_make_native(desktop);
    answer(harness, LAN, FALSE);
    harness_meet(harness, 2, INTERNET);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    answer(harness, LAN, TRUE);
    desktop->mute = TRUE;
    harness_run(harness, MS(1100));
    assert_tried(harness, desktop, LAN_AT);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
}

/* Too late to be first, but on the link from then on. */
static void
test_late(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_run(harness, MS(160));
    assert_tried(harness, desktop, INTERNET);
    answer(harness, LAN, TRUE);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "on-link");
    harness_run(harness, MS(500));
    assert_tried(harness, desktop, LAN_AT);
}

/* What was found out on one network says nothing about the next. */
static void
test_forgotten(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlIp ip = harness_ip(LAN);

    answer(harness, LAN, TRUE);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "on-link");
    harness_run(harness, SEC(1));
    harness_clear(harness);
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(asked(harness, LAN), ==, 1);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "private");
    /* of an interface that is not the one asked: no answer */
    wl_engine_neighbor_result(harness->engine, harness->now, &ip, 3, TRUE);
    harness_drain(harness);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "private");
    answer(harness, LAN, TRUE);
    g_assert_cmpstr(rank(harness, desktop, LAN_AT), ==, "on-link");
}

/* The peer of a pending resolution is removed, or loses the address. */
static void
test_gone(void)
{
    static const gboolean stays[] = {FALSE, TRUE};

    for (guint i = 0; i < G_N_ELEMENTS(stays); i++) {
        g_autoptr(Harness) harness = harness_new();
        HarnessMember *desktop = harness_member(harness, 1);
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

        harness->no_neighbors = TRUE;
        harness_add(config, desktop, LAN_AT, NULL);
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        g_assert_cmpuint(asked(harness, LAN), ==, 1);
        config = harness_config(harness, WL_ROLE_LEAF);
        if (stays[i])
            harness_add(config, desktop, INTERNET, NULL);
        harness_change(harness, config);
        harness_clear(harness);
        answer(harness, LAN, TRUE);
        g_assert_cmpuint(harness_n_peers(harness), ==, stays[i]);
        g_assert_cmpuint(harness->outputs->len, ==, 0);
        g_assert_cmpuint(g_hash_table_size(harness->engine->neighbors.candidates), ==, 0);
    }
}

/* The own address with another port, and addresses on no attached network. */
static void
test_not_asked(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "192.168.1.10:51999", 3600);
    harness_run(harness, SEC(20));
    g_assert_cmpuint(asked(harness, "192.168.1.10"), ==, 0);
    g_assert_cmpuint(asked(harness, "198.51.100.7"), ==, 0);
    g_assert_cmpstr(rank(harness, desktop, "192.168.1.10:51999"), ==, "on-link");
}

/* A member that advertises many addresses causes at most ten neighbor requests per second. */
static void
test_many(void)
{
    g_autoptr(Harness) harness = told_new();
    HarnessMember *hub = harness_member(harness, 1);
    guint before;

    harness_uplink(harness, "10.0.0.1/8");
    harness_clear(harness);
    for (guint i = 0; i < 100; i++) {
        HarnessMember *member = harness_member(harness, 10 + i);

        harness_advertise_member(harness, hub, member, "", 3600);
        for (guint j = 0; j < 4; j++) {
            g_autofree char *text = g_strdup_printf("10.1.%u.%u:51820", i, j + 1);
            harness_advertise_endpoint(harness, hub, member, text, 3600);
        }
    }
    harness_run(harness, MS(1));
    before = harness_count(harness, WL_OUTPUT_RESOLVE_NEIGHBOR);
    g_assert_cmpuint(before, >=, 10);
    g_assert_cmpuint(before, <=, 65);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE_NEIGHBOR), <=, before + 101);
    harness_run(harness, SEC(300));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE_NEIGHBOR), <=, before + 3101);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/neighbors/there", test_there);
    g_test_add_func("/neighbors/nobody", test_nobody);
    g_test_add_func("/neighbors/initiation/session-while-waiting", test_initiation_while_waiting);
    g_test_add_func("/neighbors/initiation/without-session", test_initiation_without_session);
    g_test_add_func("/neighbors/initiation/without-end", test_initiations_without_end);
    g_test_add_data_func("/neighbors/initiation/before-end-of-slot", GINT_TO_POINTER(490),
                         test_initiation_in_slot);
    g_test_add_data_func("/neighbors/initiation/seems-crossed", GINT_TO_POINTER(290),
                         test_initiation_in_slot);
    g_test_add_data_func("/neighbors/initiation/crossed-first", GINT_TO_POINTER(TRUE),
                         test_crossed);
    g_test_add_data_func("/neighbors/initiation/crossed-second", GINT_TO_POINTER(FALSE),
                         test_crossed);
    g_test_add_func("/neighbors/polls-after-a-try", test_polls);
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
