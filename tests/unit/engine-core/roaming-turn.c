/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of a live session whose path may have failed: how long an answer is waited for, what
 * causes a check, and what stays in the device. The decisions are in roaming-decide.c. */
#include "paths/wl-endpoint-cycling.h"
#include "paths/wl-roaming.h"
#include "timeline.h"

#define CURRENT "198.51.100.7:1"
#define OTHER   "198.51.100.8:1"
#define THIRD   "198.51.100.9:1"

/* A leaf with the hub (1) and a native peer (2) with a session at CURRENT. */
static Harness *
pair_new(WlPeer **peer)
{
    Harness *harness = harness_leaf_new();

    timeline_steady(harness);
    harness_make_native(harness_member(harness, 2));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, CURRENT);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);
    g_array_set_size((*peer)->endpoints.candidates, 0);
    (*peer)->advertise.request_alive = (*peer)->reconcile.set_endpoint = FALSE;
    (*peer)->roaming.retry = WL_NEVER;
    return harness;
}

static WlCandidate *
add_candidate(WlPeer *peer, const char *text, WlCandidateSource source)
{
    WlEndpoint endpoint = harness_endpoint(text);

    wl_candidates_add(peer->endpoints.candidates, &endpoint, WL_RANK_PUBLIC, source, FALSE);
    return wl_candidates_find(peer->endpoints.candidates, &endpoint);
}

static void
run(Harness *harness, WlPeer *peer)
{
    wl_scheduler_run_step(&harness->engine->scheduler, harness->engine, peer, WL_STEP_PATHS,
                          wl_roaming_run);
}

/* ---- a check */

/* clang-format off */
static const struct {
    const char *name;
    gboolean go, echo; /* echo: its host answers them */
    int round_trip;    /* ms, of one measured; 0: none */
    gboolean moved;    /* a router saw it move */
    const char *at;    /* where it is; NULL: CURRENT */
    const char *left;  /* where it was on an attached network; NULL: nowhere */
    int patience;      /* ms */
} checks[] = {
    {"an unknown path", FALSE, FALSE, 0, FALSE, NULL, NULL, 1000},
    {"a quick path", FALSE, FALSE, 40, FALSE, NULL, NULL, 200},
    {"a slow path", FALSE, FALSE, 400, FALSE, NULL, NULL, 1200},
    {"a path that is slower than that", FALSE, FALSE, 2000, FALSE, NULL, NULL, 3000},
    {"a peer that moved", FALSE, FALSE, 0, TRUE, NULL, NULL, 200},
    {"a peer that moved from a quick path", FALSE, FALSE, 20, TRUE, NULL, NULL, 60},
    {"a peer that moved from a very quick path", FALSE, FALSE, 1, TRUE, NULL, NULL, 50},
    {"a Go daemon whose host answers echoes", TRUE, TRUE, 40, FALSE, NULL, NULL, 1000},
    {"a Go daemon whose host does not", TRUE, FALSE, 40, FALSE, NULL, NULL, 11000},
    {"an endpoint of a family that this machine has not",
     FALSE, FALSE, 0, FALSE, "[2001:db8::1]:1", NULL, 0},
    {"an address of the network that was left",
     FALSE, FALSE, 0, FALSE, "192.168.7.7:1", "192.168.7.7", 0},
    {"an address of another network that was left",
     FALSE, FALSE, 0, FALSE, "192.168.7.7:1", "192.168.7.8", 1000},
    {"an address of an attached network",
     FALSE, FALSE, 0, FALSE, "192.168.1.7:1", "192.168.1.7", 1000},
};
/* clang-format on */

static void
test_check(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    const gint64 now = harness->engine->now;
    const guint serial = peer->roaming.serial;

    peer->boot.native = !checks[i].go;
    peer->path.echo.responds = checks[i].echo;
    peer->path.round_trip = (WlRoundTrip){0};
    if (checks[i].round_trip)
        wl_round_trip_add(&peer->path.round_trip, MS(checks[i].round_trip));
    if (checks[i].at)
        peer->device.endpoint = harness_endpoint(checks[i].at);
    peer->roaming.on_link = checks[i].left ? harness_ip(checks[i].left) : (WlIp){0};
    peer->roaming.suspect = TRUE;
    peer->roaming.moved = checks[i].moved;
    peer->roaming.has_baseline = TRUE;
    peer->device.snapshot = now - 1;
    run(harness, peer);
    g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_CHECK);
    g_assert_cmpint(peer->roaming.due, ==, now + MS(checks[i].patience));
    g_assert_false(peer->roaming.suspect);
    g_assert_false(peer->roaming.moved);
    g_assert_false(peer->roaming.has_baseline);
    g_assert_cmpuint(peer->roaming.serial, ==, serial + 1);
    g_assert_cmpint(peer->roaming.started, ==, now);
    /* It is asked, and the direct path is checked as well. */
    g_assert_true(peer->advertise.force_alive);
    g_assert_cmpint(peer->path.agreement.check_until, >, now);
    g_assert_cmpint(peer->path.echo.sent == now, ==, checks[i].echo);
    if (checks[i].patience > 0)
        g_assert_cmpint(peer->turn.wake_at[WL_STEP_PATHS], ==, peer->roaming.due);
}

/* ---- what routers see */

/* clang-format off */
static const struct {
    const char *name;
    gboolean session, suspect, spent;
    WlCandidateSource before; /* who says CURRENT */
    const char *seen[2];      /* NULL: none */
    gboolean checks, moved;
} sightings[] = {
    {"nothing", TRUE, FALSE, FALSE, WL_CANDIDATE_SOURCE_SELF, {NULL}, FALSE, FALSE},
    {"another endpoint", TRUE, FALSE, FALSE, WL_CANDIDATE_SOURCE_SELF, {OTHER}, TRUE, FALSE},
    {"the current endpoint",
     TRUE, FALSE, FALSE, WL_CANDIDATE_SOURCE_SELF, {CURRENT}, FALSE, FALSE},
    {"the second one is another",
     TRUE, FALSE, FALSE, WL_CANDIDATE_SOURCE_SELF, {CURRENT, OTHER}, TRUE, FALSE},
    {"another than the one that they saw",
     TRUE, FALSE, FALSE, WL_CANDIDATE_SOURCE_ROUTER, {OTHER}, TRUE, TRUE},
    {"of a peer without a session",
     FALSE, FALSE, FALSE, WL_CANDIDATE_SOURCE_SELF, {OTHER}, FALSE, FALSE},
    {"more often than a person can move",
     TRUE, FALSE, TRUE, WL_CANDIDATE_SOURCE_SELF, {OTHER}, FALSE, FALSE},
    {"of a peer that is checked anyway",
     TRUE, TRUE, FALSE, WL_CANDIDATE_SOURCE_ROUTER, {OTHER}, TRUE, FALSE},
};
/* clang-format on */

static void
test_sighting(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    WlRoaming *roaming = &peer->roaming;

    add_candidate(peer, CURRENT, sightings[i].before);
    add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER);
    for (guint j = 0; j < 2 && sightings[i].seen[j]; j++)
        roaming->sightings[roaming->n_sightings++] = harness_endpoint(sightings[i].seen[j]);
    roaming->suspect = sightings[i].suspect;
    roaming->sighting_rate.next = sightings[i].spent ? harness->engine->now + SEC(999) : 0;
    peer->liveness.healthy = sightings[i].session;
    peer->path.round_trip = (WlRoundTrip){0};
    peer->device.snapshot = harness->engine->now - 1;
    run(harness, peer);
    g_assert_cmpuint(roaming->n_sightings, ==, 0);
    g_assert_cmpint(roaming->phase == WL_ROAMING_CHECK, ==, sightings[i].checks);
    /* A peer that moved most likely has less time to answer. */
    if (sightings[i].checks)
        g_assert_cmpint(roaming->due, ==,
                        harness->engine->now + (sightings[i].moved ? MS(200) : SEC(1)));
}

/* ---- all candidates were silent */

/* clang-format off */
static const struct {
    const char *name;
    const char *addresses[2]; /* of its name; NULL: it has none */
    const char *device;       /* what was tried last */
    const char *expect;       /* where WireGuard begins a new session */
} fallbacks[] = {
    {"where it was", {NULL}, OTHER, CURRENT},
    {"where it still is", {NULL}, CURRENT, NULL},
    {"where it was, which is an address of its name", {OTHER, CURRENT}, THIRD, CURRENT},
    {"at the address that its name has now", {OTHER}, CURRENT, OTHER},
    {"where it is already", {OTHER}, OTHER, NULL},
    {"not at an address that is no candidate", {THIRD}, OTHER, CURRENT},
    {"at the first one that is", {THIRD, OTHER}, CURRENT, OTHER},
};
/* clang-format on */

static void
test_fallback(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    const gint64 now = harness->engine->now;
    WlEndpoint expect = harness_endpoint(fallbacks[i].expect ? fallbacks[i].expect : CURRENT);

    add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER)->roaming_serial = 9;
    if (fallbacks[i].addresses[0]) {
        WlEndpointDns *dns;

        g_ptr_array_add(peer->config->endpoints, g_strdup("peer.example.net:1"));
        wl_peer_set_config(peer, peer->config);
        dns = peer->endpoints.dns_names->pdata[0];
        for (guint j = 0; j < 2 && fallbacks[i].addresses[j]; j++) {
            WlEndpoint endpoint = harness_endpoint(fallbacks[i].addresses[j]);
            g_array_append_val(dns->addresses, endpoint);
        }
    }
    peer->device.endpoint = harness_endpoint(fallbacks[i].device);
    peer->device.snapshot = now;
    peer->roaming.original = harness_endpoint(CURRENT);
    peer->roaming.phase = WL_ROAMING_TRY;
    peer->roaming.serial = 9;
    peer->roaming.started = peer->roaming.due = now;
    peer->roaming.has_baseline = TRUE;
    peer->roaming.baseline = peer->device.rx;
    peer->roaming.backoff = SEC(20);
    run(harness, peer);
    g_assert_cmpint(peer->reconcile.set_endpoint, ==, fallbacks[i].expect != NULL);
    if (fallbacks[i].expect)
        g_assert_true(wl_endpoint_equal(&peer->reconcile.endpoint, &expect));
    /* They are tried again later. */
    g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_NONE);
    g_assert_cmpint((peer->roaming.retry - now) / MS(1), ==, 20000);
    g_assert_cmpint(peer->roaming.backoff, ==, SEC(40));
    g_assert_cmpint(peer->turn.wake_at[WL_STEP_PATHS], ==, peer->roaming.retry);
}

/* A candidate that is left is tried, once in a check. */
static void
test_try(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    const gint64 now = harness->engine->now;
    WlCandidate *candidate = add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER);

    peer->device.snapshot = now;
    peer->device.rx = 4711;
    peer->roaming.phase = WL_ROAMING_CHECK;
    peer->roaming.serial = 9;
    peer->roaming.started = peer->roaming.due = now;
    peer->roaming.has_baseline = TRUE;
    peer->roaming.baseline = 4711;
    peer->path.echo.responds = TRUE;
    run(harness, peer);
    g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_TRY);
    g_assert_cmpuint(candidate->roaming_serial, ==, 9);
    g_assert_cmpint(candidate->last_tried, ==, now);
    g_assert_cmpuint(wl_address_limiter_size(&harness->engine->addresses), ==, 1);
    g_assert_true(peer->reconcile.set_endpoint);
    g_assert_true(wl_endpoint_equal(&peer->reconcile.endpoint, &candidate->endpoint));
    g_assert_true(peer->advertise.force_alive);
    g_assert_cmpint(peer->path.echo.sent, ==, now);
    g_assert_cmpint(peer->roaming.due, ==, now + SEC(1));
    g_assert_cmpint(peer->turn.wake_at[WL_STEP_PATHS], ==, peer->roaming.due);
}

/* The back-off ends at a minute, and the result is advertised. */
static void
test_finish(void)
{
    static const int next[] = {10, 20, 40, 60, 60};
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);

    peer->roaming.backoff = SEC(5);
    for (gsize i = 0; i < G_N_ELEMENTS(next); i++) {
        peer->device.snapshot = harness->engine->now;
        peer->roaming.phase = WL_ROAMING_CHECK;
        peer->roaming.started = peer->roaming.due = harness->engine->now;
        peer->roaming.has_baseline = TRUE;
        peer->roaming.baseline = peer->device.rx;
        peer->dirty.local_facts = FALSE;
        run(harness, peer);
        g_assert_cmpint(peer->roaming.backoff, ==, SEC(next[i]));
        g_assert_true(peer->dirty.local_facts);
    }
}

/* ---- nothing can answer now */

/* clang-format off */
static const struct {
    const char *name;
    WlRoamingPhase phase;
    gboolean session;
    gboolean restores; /* the endpoint before */
} abandons[] = {
    {"a try ends", WL_ROAMING_TRY, TRUE, TRUE},
    {"not without a session, which is tried otherwise", WL_ROAMING_TRY, FALSE, FALSE},
    {"a check ends", WL_ROAMING_CHECK, TRUE, FALSE},
    {"nothing is tried", WL_ROAMING_NONE, TRUE, FALSE},
};
/* clang-format on */

static void
test_abandon(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    WlEndpoint original = harness_endpoint(OTHER);

    peer->roaming.phase = abandons[i].phase;
    peer->roaming.original = original;
    peer->roaming.suspect = TRUE;
    peer->roaming.retry = SEC(9999);
    peer->roaming.backoff = SEC(60);
    peer->liveness.healthy = abandons[i].session;
    harness->engine->uplink.present = FALSE;
    peer->device.snapshot = 1;
    run(harness, peer);
    g_assert_cmpint(peer->reconcile.set_endpoint, ==, abandons[i].restores);
    if (abandons[i].restores)
        g_assert_true(wl_endpoint_equal(&peer->reconcile.endpoint, &original));
    g_assert_false(peer->roaming.suspect);
    g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_NONE);
    g_assert_cmpint(peer->roaming.retry, ==, WL_NEVER);
    g_assert_cmpint(peer->roaming.backoff, ==,
                    abandons[i].phase == WL_ROAMING_NONE ? SEC(60) : SEC(5));
}

/* ---- an upgrade */

/* clang-format off */
static const struct {
    const char *name;
    gboolean heard, back; /* back: the device is at the former endpoint already */
    gboolean answered;    /* the target did */
    gboolean restores;
    guint misses; /* of the target, after it */
} upgrades[] = {
    {"the target was silent", FALSE, FALSE, FALSE, TRUE, 3},
    {"and the device is back", FALSE, TRUE, FALSE, FALSE, 3},
    {"the peer answered from elsewhere", TRUE, FALSE, FALSE, FALSE, 3},
    {"the target answered", TRUE, FALSE, TRUE, FALSE, 1},
};
/* clang-format on */

static void
test_upgrade(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = pair_new(&peer);
    const gint64 now = harness->engine->now;
    WlCandidate *candidate = add_candidate(peer, "192.168.1.20:1", WL_CANDIDATE_SOURCE_ROUTER);

    candidate->misses = 3;
    peer->roaming.upgrading = TRUE;
    peer->roaming.phase = WL_ROAMING_TRY;
    peer->roaming.started = now - SEC(1);
    peer->roaming.due = now;
    peer->roaming.target = candidate->endpoint;
    peer->roaming.original = harness_endpoint(OTHER);
    peer->roaming.target_answered = upgrades[i].answered;
    peer->liveness.last_heard = upgrades[i].heard ? now : now - SEC(1);
    peer->device.endpoint = upgrades[i].back ? peer->roaming.original : candidate->endpoint;
    peer->device.snapshot = now;
    if (upgrades[i].heard && !upgrades[i].answered)
        peer->device.endpoint = peer->roaming.original;
    run(harness, peer);
    g_assert_false(peer->roaming.upgrading);
    g_assert_cmpint(peer->roaming.phase, ==, WL_ROAMING_NONE);
    g_assert_cmpint(peer->reconcile.set_endpoint, ==, upgrades[i].restores);
    if (upgrades[i].restores)
        g_assert_true(wl_endpoint_equal(&peer->reconcile.endpoint, &peer->roaming.original));
    g_assert_cmpuint(candidate->misses, ==, upgrades[i].misses);
}

#define ADD(table, prefix, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {                                              \
        g_autofree char *name = g_strdup_printf("/roaming-turn/" prefix "/%s", table[i].name);     \
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test);                                     \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(checks, "check", test_check)
    ADD(sightings, "sighting", test_sighting)
    ADD(fallbacks, "fallback", test_fallback)
    ADD(abandons, "abandon", test_abandon)
    ADD(upgrades, "upgrade", test_upgrade)
    g_test_add_func("/roaming-turn/try", test_try);
    g_test_add_func("/roaming-turn/finish", test_finish);
    return g_test_run();
}
