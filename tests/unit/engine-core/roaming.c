/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roaming inside a live session: what is sent to the endpoints that are tried, and what others are
 * told of them. The decisions are in roaming-decide.c. */
#include "paths/wl-roaming.h"

#include "harness.h"
#include "state/wl-engine-state.h"

#define FIRST  "198.51.100.7:51820"
#define SECOND "198.51.100.8:51820"
#define THIRD  "198.51.100.9:51820"

/* A native desktop with a session at FIRST, which is not in the profile, and two other addresses
 * that are. */
static Harness *
pair_new(void)
{
    Harness *harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPeerConfig *peer;

    harness_make_native(desktop);
    /* No router has the prefix of the desktop: the path is not left. */
    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.1/32")->fact_exchanger = TRUE;
    peer = harness_add(config, desktop, SECOND, "10.77.0.3/32");
    g_ptr_array_add(peer->endpoints, g_strdup(THIRD));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, FIRST);
    harness_live(harness, SEC(20), 1, 2);
    harness_clear(harness);
    return harness;
}

/* The uplink changes, and from then on the desktop is silent. */
static void
doubt(Harness *harness)
{
    harness_member(harness, 2)->mute = TRUE;
    wl_engine_uplink_changed(harness->engine, harness->now);
    harness_drain(harness);
}

static guint
n_set(Harness *harness, const char *endpoint)
{
    WlEndpoint wanted = endpoint ? harness_endpoint(endpoint) : (WlEndpoint){0};
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == WL_PEER_UPDATE &&
            wl_key_equal(&output->key, &harness_member(harness, 2)->key) &&
            wl_endpoint_is_set(&output->change->endpoint) &&
            (!endpoint || wl_endpoint_equal(&output->change->endpoint, &wanted)))
            n++;
    }
    return n;
}

/* Alives to the desktop that request one in return. */
static guint
n_requests(Harness *harness)
{
    g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, 2));
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        n += fact->attribute == WL_ATTRIBUTE_ALIVE && fact->ttl == 254;
    }
    return n;
}

static void
test_alive_to_each(void)
{
    static const char *const tried[] = {NULL, SECOND, FIRST, THIRD, FIRST};
    g_autoptr(Harness) harness = pair_new();

    doubt(harness);
    for (guint i = 0; i < G_N_ELEMENTS(tried); i++) {
        g_assert_cmpuint(n_set(harness, NULL), ==, tried[i] ? 1 : 0);
        if (tried[i])
            g_assert_cmpuint(n_set(harness, tried[i]), ==, 1);
        g_assert_cmpuint(n_requests(harness), ==, 1);
        harness_run(harness, MS(999));
        harness_clear(harness);
        harness_run(harness, MS(1));
    }
}

static void
test_advertised_when_settled(void)
{
    g_autoptr(Harness) harness = pair_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    doubt(harness);
    harness_run(harness, MS(3500));
    g_assert_cmpuint(n_set(harness, SECOND), ==, 1);
    g_assert_cmpuint(n_set(harness, THIRD), ==, 1);
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, SECOND));
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, THIRD));
    harness_alive(harness, desktop);
    harness_run(harness, MS(500));
    g_assert_cmpuint(n_set(harness, NULL), ==, 3);
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, SECOND));
    g_assert_true(harness_sent_endpoint(harness, hub, &desktop->key, THIRD));
}

static void
test_round_again(void)
{
    g_autoptr(Harness) harness = pair_new();

    doubt(harness);
    harness_run(harness, SEC(4) + MS(10)); /* all three were silent */
    g_assert_cmpuint(n_set(harness, FIRST), ==, 2);
    for (guint i = 0; i < 2; i++) {
        gint64 backoff = SEC(5) << i;

        harness_clear(harness);
        harness_run(harness, backoff * 9 / 10 - MS(20));
        g_assert_cmpuint(n_requests(harness), ==, 0);
        harness_run(harness, backoff / 5 + MS(20));
        g_assert_cmpuint(n_requests(harness), ==, 1);
        g_assert_cmpuint(n_set(harness, NULL), ==, 0);
        while (n_set(harness, FIRST) < 2)
            harness_run(harness, MS(10));
        g_assert_cmpuint(n_set(harness, SECOND), ==, 1);
        g_assert_cmpuint(n_set(harness, THIRD), ==, 1);
    }
}

static void
test_answer_ends_backoff(void)
{
    g_autoptr(Harness) harness = pair_new();

    for (guint i = 0; i < 2; i++) {
        doubt(harness);
        harness_run(harness, SEC(4) + MS(10)); /* all three were silent */
        harness_clear(harness);
        harness_run(harness, MS(4480));
        g_assert_cmpuint(n_requests(harness), ==, 0);
        harness_run(harness, MS(1040));
        g_assert_cmpuint(n_requests(harness), ==, 1);
        harness_alive(harness, harness_member(harness, 2));
        harness_run(harness, SEC(1));
        g_assert_cmpuint(n_set(harness, NULL), ==, 0);
        g_assert_cmpuint(n_requests(harness), ==, 1);
        harness_clear(harness);
    }
}

static WlCandidateResult
result_of(Harness *harness, const char *endpoint)
{
    g_autoptr(GArray) candidates =
        wl_engine_dup_candidates(harness->engine, &harness_member(harness, 2)->key);
    WlEndpoint wanted = harness_endpoint(endpoint);

    for (guint i = 0; i < candidates->len; i++) {
        const WlCandidateView *view = &g_array_index(candidates, WlCandidateView, i);
        if (wl_endpoint_equal(&view->endpoint, &wanted))
            return view->result;
    }
    g_assert_not_reached();
}

static void
test_result_shown(void)
{
    g_autoptr(Harness) harness = pair_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    static const char *const fresh[] = {"198.51.100.17:51820", "198.51.100.18:51820"};

    for (guint i = 0; i < 2; i++) {
        harness_advertise_endpoint(harness, desktop, desktop, fresh[i], 255);
        g_assert_cmpint(result_of(harness, fresh[i]), ==, WL_CANDIDATE_NOT_TRIED);
    }
    harness_alive(harness, hub);
    doubt(harness);
    harness_run(harness, SEC(7)); /* all five were silent */
    for (guint i = 0; i < 2; i++)
        g_assert_cmpint(result_of(harness, fresh[i]), ==, WL_CANDIDATE_NO_ANSWER);
}

/* The session expires without an uplink. The next one begins without an Alive, which is no reason
 * yet to try other endpoints. */
static void
test_doubt_ends_with_session(void)
{
    g_autoptr(Harness) harness = pair_new();

    for (guint i = 0; i < 2; i++) {
        wl_engine_uplink_changed(harness->engine, harness->now);
        harness_drain(harness);
        harness_uplink(harness, NULL);
        harness_run(harness, SEC(200));
        g_assert_false(harness_view(harness, harness_member(harness, 2))->healthy);
        harness_uplink(harness, "192.168.1.10/24");
        harness_handshake(harness, harness_member(harness, 2), FIRST);
        harness_snapshot(harness);
        harness_drain(harness);
        g_assert_true(harness_view(harness, harness_member(harness, 2))->healthy);
        harness_clear(harness);
        harness_run(harness, SEC(10));
        g_assert_cmpuint(n_set(harness, NULL), ==, 0);
    }
}

/* An Alive was sent and not answered: 15 s are silence. Times before now. */
static const struct {
    const char *name;
    gint64 sent, handshake, received, heard;
    gboolean native, read_now;
    gboolean silent;
} silences[] = {
    {"an Alive without an answer for 15 s", SEC(15), SEC(15) + 1, SEC(15) + 1, SEC(15) + 1, TRUE,
     TRUE, TRUE},
    {"an Alive that was sent less than 15 s ago", SEC(15) - 1, SEC(16), SEC(16), SEC(16), TRUE,
     TRUE, FALSE},
    {"a Go member does not answer", SEC(15), SEC(16), SEC(16), SEC(16), FALSE, TRUE, FALSE},
    {"the device was not read now", SEC(15), SEC(16), SEC(16), SEC(16), TRUE, FALSE, FALSE},
    {"a handshake since then", SEC(15), SEC(15), SEC(16), SEC(16), TRUE, TRUE, FALSE},
    {"bytes since then", SEC(15), SEC(16), SEC(15), SEC(16), TRUE, TRUE, FALSE},
    {"a datagram since then", SEC(15), SEC(16), SEC(16), SEC(15), TRUE, TRUE, FALSE},
};

static void
test_silence(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = pair_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);

    peer->boot.native = silences[i].native;
    peer->advertise.alive_sent_before = engine->now - silences[i].sent;
    peer->device.handshake = engine->now - silences[i].handshake;
    peer->device.rx_time = engine->now - silences[i].received;
    peer->device.snapshot = engine->now - (silences[i].read_now ? 0 : 1);
    peer->liveness.last_heard = engine->now - silences[i].heard;
    wl_roaming_run(engine, peer);
    g_assert_cmpint(peer->roaming.phase == WL_ROAMING_CHECK, ==, silences[i].silent);
}

/* A check counts what arrives from the snapshot on that is as old as its beginning; an earlier one
 * does not count. */
static void
test_baseline(void)
{
    for (guint age = 0; age < 2; age++) {
        g_autoptr(Harness) harness = pair_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);

        peer->roaming.suspect = TRUE;
        peer->device.snapshot = engine->now - age;
        peer->device.rx = 4711;
        wl_roaming_run(engine, peer);
        g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_CHECK);
        g_assert_cmpint(peer->roaming.has_baseline, ==, age == 0);
        g_assert_cmpint(peer->roaming.baseline == 4711, ==, age == 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/roaming/each endpoint that is tried is sent a request for an Alive",
                    test_alive_to_each);
    g_test_add_func("/roaming/an endpoint is advertised when it answered, not while it is tried",
                    test_advertised_when_settled);
    g_test_add_func("/roaming/silent endpoints are tried again after 5 s, then after 10 s",
                    test_round_again);
    g_test_add_func("/roaming/an answer ends the back-off", test_answer_ends_backoff);
    g_test_add_func("/roaming/an endpoint that was silent is shown as tried", test_result_shown);
    g_test_add_func("/roaming/the doubts about a session end with it",
                    test_doubt_ends_with_session);
    g_test_add_func("/roaming/the baseline of a check is as old as its beginning", test_baseline);
    for (gsize i = 0; i < G_N_ELEMENTS(silences); i++) {
        g_autofree char *name = g_strdup_printf("/roaming/silence/%s", silences[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_silence);
    }
    return g_test_run();
}
