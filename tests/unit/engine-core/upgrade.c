/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Upgrades: members with a session over a longer path are tried at an address on the attached
 * network. The desktops 2 and 3 do the same at the same time. */
#include "harness.h"
#include "state/wl-engine-state.h"

#define FIRST_DESKTOP 2
#define LAST_DESKTOP  3

static const char *
lan_of(guint number)
{
    return number == 2 ? "192.168.1.77:51820" : "192.168.1.78:51820";
}

static const char *
wan_of(guint number)
{
    return number == 2 ? "198.51.100.7:51820" : "198.51.100.8:51820";
}

/* The desktops have both addresses in the profile and answer only at the distant one. */
static WlEngineConfig *
config_of(Harness *harness, gboolean native)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.1/32");
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++) {
        HarnessMember *desktop = harness_member(harness, i);
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", 10 + i);
        WlPeerConfig *peer;

        if (native)
            harness_make_native(desktop);
        peer = harness_add(config, desktop, lan_of(i), allowed);
        g_ptr_array_add(peer->endpoints, g_strdup(wan_of(i)));
    }
    return config;
}

static Harness *
pair_new(gboolean native)
{
    Harness *harness = harness_new();

    harness_start(harness, config_of(harness, native));
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(1));
    return harness;
}

/* Times that the device was told to send to @endpoint, inside the session. */
static guint
n_set(Harness *harness, guint number, const char *endpoint)
{
    WlEndpoint wanted = harness_endpoint(endpoint);
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        n += output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == WL_PEER_UPDATE &&
             wl_key_equal(&output->key, &harness_member(harness, number)->key) &&
             wl_endpoint_equal(&output->change->endpoint, &wanted);
    }
    return n;
}

static void
assert_set(Harness *harness, guint lan, guint wan)
{
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++) {
        g_assert_cmpuint(n_set(harness, i, lan_of(i)), ==, lan);
        g_assert_cmpuint(n_set(harness, i, wan_of(i)), ==, wan);
    }
}

/* Sessions over the distant addresses. */
static void
meet(Harness *harness)
{
    harness_clear(harness);
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        harness_handshake(harness, harness_member(harness, i), wan_of(i));
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        harness_alive(harness, harness_member(harness, i));
}

/* Packets of the desktops arrive from their distant addresses, to which WireGuard returns. */
static void
late_packets(Harness *harness)
{
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        wl_device_find(harness->device, &harness_member(harness, i)->key)->endpoint =
            harness_endpoint(wan_of(i));
}

static void
answer(Harness *harness)
{
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        harness_alive(harness, harness_member(harness, i));
}

static guint
n_requests(Harness *harness, guint number)
{
    g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, number));
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        n += fact->attribute == WL_ATTRIBUTE_ALIVE && fact->ttl == 254;
    }
    return n;
}

static void
test_no_answer(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    assert_set(harness, 1, 0);
    harness_run(harness, MS(249));
    assert_set(harness, 1, 0);
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        g_assert_cmpuint(n_requests(harness, i), >=, 1);
    harness_run(harness, MS(1));
    assert_set(harness, 1, 1);
    harness_run(harness, SEC(20));
    assert_set(harness, 1, 1);
}

static void
test_go(void)
{
    g_autoptr(Harness) harness = pair_new(FALSE);

    meet(harness);
    harness_live(harness, SEC(50), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, 0, 0);
}

static void
test_attached(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    harness_clear(harness);
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        harness_meet(harness, i, i == 2 ? "192.168.1.87:51820" : "192.168.1.88:51820");
    harness_live(harness, SEC(50), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, 0, 0);
}

/* Runs until shortly before an upgrade @interval after the last one, and then past it. */
static void
wait_for_next(Harness *harness, gint64 interval, guint before)
{
    gint64 short_of = interval - SEC(50);

    for (gint64 i = 0; i < short_of; i += SEC(25)) {
        late_packets(harness);
        harness_live(harness, SEC(25), FIRST_DESKTOP, LAST_DESKTOP);
    }
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++)
        g_assert_cmpuint(n_set(harness, i, lan_of(i)), ==, before);
    harness_live(harness, SEC(75), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, before + 1, before + 1);
}

static void
test_intervals(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    harness_run(harness, SEC(1));
    wait_for_next(harness, SEC(600), 1);
    wait_for_next(harness, SEC(1200), 2);
}

static void
test_intervals_of_uplink(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    harness_run(harness, SEC(1));
    wait_for_next(harness, SEC(600), 1);
    harness_uplink(harness, "192.168.1.11/24");
    harness_run(harness, MS(10));
    meet(harness); /* which ends the check of the present endpoints */
    harness_run(harness, SEC(1));
    assert_set(harness, 1, 1);
    wait_for_next(harness, SEC(600), 1);
    wait_for_next(harness, SEC(1200), 2);
}

/* The desktops answer at the near address, and then packets arrive that took the longer path. */
static void
return_each_time(Harness *harness)
{
    for (guint i = 1; i <= 4; i++) {
        assert_set(harness, i, 0);
        harness_run(harness, MS(10));
        answer(harness);
        late_packets(harness);
        harness_run(harness, MS(239));
        assert_set(harness, i, 0);
        harness_run(harness, MS(1));
    }
    harness_run(harness, SEC(2));
    assert_set(harness, 4, 0);
}

/* Runs until @interval after @last, and then hears the desktops. */
static void
meet_again(Harness *harness, gint64 last, gint64 interval)
{
    gint64 until = last + interval - MS(1);

    harness_clear(harness);
    while (harness->now < until)
        harness_live(harness, MIN(SEC(25), until - harness->now), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, 0, 0);
    harness_run(harness, MS(1));
    meet(harness);
}

static void
test_late_packets(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    return_each_time(harness);
}

static void
test_answered_interval(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);
    gint64 last = harness->now;

    meet(harness);
    return_each_time(harness);
    for (guint i = 0; i < 2; i++) {
        meet_again(harness, last, SEC(600));
        last = harness->now;
        return_each_time(harness);
    }
}

/* Only packets from the near address count as its answer. */
static void
test_answer_from_afar(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);
    gint64 last = harness->now;

    meet(harness);
    return_each_time(harness);
    meet_again(harness, last, SEC(600));
    assert_set(harness, 1, 0);
    harness_run(harness, MS(10));
    late_packets(harness);
    answer(harness);
    harness_run(harness, SEC(2));
    assert_set(harness, 1, 0);
}

static void
test_no_uplink(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    harness_run(harness, MS(100));
    assert_set(harness, 1, 0);
    harness_uplink(harness, NULL);
    assert_set(harness, 1, 1);
}

static void
test_shown(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    for (guint i = 0; i < 2; i++) {
        for (guint j = FIRST_DESKTOP; j <= LAST_DESKTOP; j++) {
            WlEndpoint expected = harness_endpoint(i == 0 ? wan_of(j) : lan_of(j));
            const WlPeerView *view = harness_view(harness, harness_member(harness, j));

            g_assert_true(wl_endpoint_equal(&view->endpoint, &expected));
        }
        harness_run(harness, MS(10));
        answer(harness);
        harness_run(harness, SEC(1));
    }
}

/* No host has the addresses at first; the desktops come to this network later. */
static void
test_neighbor_later(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = config_of(harness, TRUE);

    harness->no_neighbors = TRUE;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++) {
        WlIp address = harness_endpoint(lan_of(i)).ip;
        wl_engine_neighbor_result(harness->engine, harness->now, &address, 2, FALSE);
        harness_drain(harness);
    }
    meet(harness);
    harness_run(harness, SEC(20));
    assert_set(harness, 0, 0);
    harness->no_neighbors = FALSE;
    harness_live(harness, SEC(300), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, 1, 1);
}

/* The addresses of the former uplink are unknown, and nothing answers at the present ones. */
static void
test_check_resolves(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    harness_run(harness, SEC(20));
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.11/24");
    harness_run(harness, MS(999));
    assert_set(harness, 0, 0);
    harness_run(harness, MS(1));
    assert_set(harness, 1, 0);
}

/* The former endpoint is the one that the session has, not one that it had before. */
static void
test_former_is_current(void)
{
    g_autoptr(Harness) harness = pair_new(TRUE);

    meet(harness);
    harness_live(harness, SEC(550), FIRST_DESKTOP, LAST_DESKTOP);
    harness_clear(harness);
    for (guint i = FIRST_DESKTOP; i <= LAST_DESKTOP; i++) {
        WlPeer *peer =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i)->key);

        g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_NONE);
        peer->roaming.original = harness_endpoint("192.0.2.99:1");
    }
    harness_live(harness, SEC(75), FIRST_DESKTOP, LAST_DESKTOP);
    assert_set(harness, 1, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upgrade/without an answer the former endpoint is set again after 250 ms",
                    test_no_answer);
    g_test_add_func("/upgrade/only native members are tried at a nearer address", test_go);
    g_test_add_func(
        "/upgrade/a member on an attached network is not tried at another address there",
        test_attached);
    g_test_add_func(
        "/upgrade/an address without answer is tried again after 600 s, then after 1200 s",
        test_intervals);
    g_test_add_func("/upgrade/the intervals begin again with another uplink",
                    test_intervals_of_uplink);
    g_test_add_func("/upgrade/an address that answered is set at most 4 times", test_late_packets);
    g_test_add_func("/upgrade/an address that answered is tried again every 600 s",
                    test_answered_interval);
    g_test_add_func("/upgrade/packets from the former endpoint are no answer of the new one",
                    test_answer_from_afar);
    g_test_add_func("/upgrade/without an uplink the former endpoint is set again at once",
                    test_no_uplink);
    g_test_add_func("/upgrade/the former endpoint is shown until the new one answered", test_shown);
    g_test_add_func("/upgrade/an address is tried when it has a neighbor later",
                    test_neighbor_later);
    g_test_add_func("/upgrade/a silent member is tried at its address on the new uplink",
                    test_check_resolves);
    g_test_add_func("/upgrade/the former endpoint is the current one", test_former_is_current);
    return g_test_run();
}
