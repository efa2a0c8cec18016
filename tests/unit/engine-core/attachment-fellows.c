/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fellows of a router that answer, are silent, or are removed, one row each. */
#include "fellows.h"
#include "paths/wl-failover.h"
#include "paths/wl-reconcile.h"
#include "wl-prefix-set.h"

/* clang-format off */
static const struct {
    const char *name;
    gboolean usable; /* the fellow with the smaller key, from now on */
    Known before;
    gboolean session, go; /* of the leaf */
    Known after;
    gboolean told;      /* the fellows at once */
    gboolean scheduled; /* the leaf */
} fellow_changes[] = {
    {"one that answers is told what this router has",
     TRUE, {SELF, NONE, 5}, TRUE, FALSE, {SELF, NONE, 5}, TRUE, TRUE},
    {"one that answers may hold a leaf that nobody has",
     TRUE, {NONE, NONE, 0}, TRUE, FALSE, {NONE, NONE, 0}, FALSE, TRUE},
    {"one that answers does not matter for what another one holds",
     TRUE, {HIGH, HIGH, 5}, TRUE, FALSE, {HIGH, HIGH, 5}, FALSE, FALSE},
    {"a Go daemon is told prefixes again",
     TRUE, {HIGH, HIGH, 5}, TRUE, TRUE, {HIGH, HIGH, 5}, FALSE, TRUE},
    {"the leaves of one that is silent are taken",
     FALSE, {LOW, LOW, 5}, TRUE, FALSE, {SELF, NONE, 6}, TRUE, TRUE},
    {"so are those that only name it",
     FALSE, {LOW, NONE, 5}, TRUE, FALSE, {SELF, NONE, 6}, TRUE, TRUE},
    {"and those that it holds until they are elsewhere",
     FALSE, {HIGH, LOW, 5}, TRUE, FALSE, {SELF, NONE, 6}, TRUE, TRUE},
    {"but not without a session",
     FALSE, {LOW, LOW, 5}, FALSE, FALSE, {LOW, NONE, 5}, FALSE, TRUE},
    {"the leaves of others stay",
     FALSE, {HIGH, HIGH, 5}, TRUE, FALSE, {HIGH, HIGH, 5}, FALSE, FALSE},
    {"the own leaves stay", FALSE, {SELF, NONE, 5}, TRUE, FALSE, {SELF, NONE, 5}, FALSE, FALSE},
    {"a leaf that names none stays",
     FALSE, {NONE, NONE, 0}, TRUE, FALSE, {NONE, NONE, 0}, FALSE, FALSE},
};
/* clang-format on */

static void
test_fellow_changed(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlPeerFailover *failover = &world.leaf->failover;
    gboolean taken = fellow_changes[i].after.at != fellow_changes[i].before.at;

    fellows_set_known(&world, &fellow_changes[i].before);
    failover->call_due = failover->claim_due = WL_NEVER;
    failover->answered = fellows_bit(&world, LOW) | fellows_bit(&world, HIGH);
    world.leaf->liveness.healthy = fellow_changes[i].session;
    world.leaf->boot.native = !fellow_changes[i].go;
    wl_attachment_fellow_changed(harness->engine, fellows_peer(&world, LOW),
                                 fellow_changes[i].usable);
    fellows_assert_known(&world, &fellow_changes[i].after);
    g_assert_cmpint(failover->announce_due == harness->engine->now, ==, fellow_changes[i].told);
    g_assert_cmpuint(failover->announcements, ==, fellow_changes[i].told ? 0 : 7);
    g_assert_cmpint(world.leaf->turn.scheduled, ==, fellow_changes[i].scheduled);
    /* It has to be told again; the other one knows, unless the choice is new. */
    g_assert_cmpuint(failover->answered, ==, taken ? 0 : fellows_bit(&world, HIGH));
    fellows_drain(harness);
    fellows_assert_sent(&world, LEAF, taken ? CALL : NOTHING);
}

/* A fellow that does not answer in 20 s since the start is not there: its leaves are taken, once.
 */
static void
test_alone(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEngine *engine = harness->engine;
    WlPeer *fellow = fellows_peer(&world, HIGH);
    const Known there = {HIGH, NONE, 5}, taken = {SELF, NONE, 6}, again = {HIGH, NONE, 7};

    fellow->liveness.healthy = FALSE;
    fellow->failover.fine_since = WL_NEVER;
    engine->started = engine->now - MS(19999);
    fellows_set_known(&world, &there);
    wl_scheduler_run_step(&engine->scheduler, engine, fellow, WL_STEP_PATHS, wl_failover_run);
    fellows_assert_known(&world, &there);
    g_assert_cmpint(fellow->turn.wake_at[WL_STEP_PATHS], ==, engine->now + MS(1));
    engine->started -= MS(1);
    wl_failover_run(engine, fellow);
    fellows_assert_known(&world, &taken);
    /* The leaf reaches it. */
    fellows_set_known(&world, &again);
    wl_failover_run(engine, fellow);
    fellows_assert_known(&world, &again);
}

/* One that answers within that time is there. */
static void
test_not_alone(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known there = {HIGH, HIGH, 5};

    harness->engine->started = harness->engine->now - SEC(20);
    fellows_set_known(&world, &there);
    wl_failover_run(harness->engine, fellows_peer(&world, HIGH));
    fellows_assert_known(&world, &there);
}

/* A fellow that is removed, or that the profile makes an ordinary member, holds nothing. */
static void
test_fellow_gone(void)
{
    for (guint i = 0; i < 2; i++) {
        Fellows world;

        fellows_init(&world);
        g_autoptr(Harness) harness = world.harness;
        WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
        const Known held = {LOW, LOW, 5};

        fellows_set_known(&world, &held);
        world.leaf->failover.answered = fellows_bit(&world, HIGH);
        if (i == 0)
            harness_add(config, world.members[LOW], NULL, "10.77.0.1/32");
        harness_add(config, world.members[HIGH], NULL, "10.77.0.0/24,10.77.0.9/32");
        harness_add(config, world.members[LEAF], NULL, "10.77.0.3/32");
        harness_change(harness, config);
        g_assert_null(world.leaf->failover.holder);
        g_assert_cmpuint(world.leaf->failover.answered, ==, 0);
        g_assert_true(harness_has_allowed(harness, world.members[LEAF], "10.77.0.3/32"));
    }
}

/* Before a fellow is freed nothing refers to it, and the bits of the others mean other ones. */
static void
test_dropped(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known held = {LOW, LOW, 5};

    fellows_set_known(&world, &held);
    for (Who who = LOW; who <= LEAF; who++)
        fellows_peer(&world, who)->failover.answered = 3;
    fellows_peer(&world, HIGH)->failover.holder = fellows_peer(&world, LOW);
    wl_failover_drop(harness->engine, fellows_peer(&world, LOW));
    for (Who who = LOW; who <= LEAF; who++) {
        g_assert_cmpuint(fellows_peer(&world, who)->failover.answered, ==, 0);
        g_assert_null(fellows_peer(&world, who)->failover.holder);
    }
    g_assert_true(world.leaf->turn.scheduled);
}

/* The fellow has all prefixes of the leaves that it holds, and they have none. */
static void
test_prefixes(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known held = {LOW, LOW, 5};
    WlPeer *fellows[] = {fellows_peer(&world, LOW), fellows_peer(&world, HIGH)};
    GArray *lists[] = {world.leaf->prefixes.static_ips, world.leaf->prefixes.direct_ips,
                       world.leaf->prefixes.learned_ips};

    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("10.99.%u.0/24", i);
        WlPrefix prefix = harness_prefix(text);

        wl_prefix_set_add(lists[i], &prefix);
    }
    fellows_set_known(&world, &held);
    wl_reconcile_peer(harness->engine, world.leaf);
    for (guint i = 0; i < 2; i++)
        wl_reconcile_peer(harness->engine, fellows[i]);
    g_assert_cmpuint(world.leaf->device.allowed->len, ==, 0);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("10.99.%u.0/24", i);
        WlPrefix prefix = harness_prefix(text);

        g_assert_true(wl_prefix_set_contains(fellows[0]->device.allowed, &prefix));
        g_assert_false(wl_prefix_set_contains(fellows[1]->device.allowed, &prefix));
    }
}

/* Of two fellows the one with the smaller key asks first, when it heard nothing for 1.5 s. */
static void
test_asks(void)
{
    static const struct {
        Who fellow;
        int ms;
        gboolean asks;
    } rows[] = {{HIGH, 1499, FALSE}, {HIGH, 1500, TRUE}, {LOW, 1999, FALSE}, {LOW, 2000, TRUE}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fellows world;

        fellows_init(&world);
        g_autoptr(Harness) harness = world.harness;
        WlPeer *fellow = fellows_peer(&world, rows[i].fellow);

        fellow->device.handshake = fellow->traffic.rx_seen = WL_LONG_AGO;
        fellow->liveness.last_heard = harness->engine->now - MS(rows[i].ms);
        fellow->failover.asked = WL_LONG_AGO;
        fellow->failover.unanswered = 0;
        fellow->advertise.request_alive = FALSE;
        wl_failover_run(harness->engine, fellow);
        g_assert_cmpint(fellow->advertise.request_alive, ==, rows[i].asks);
    }
}

/* A router without fellows needs no agreement. */
static void
test_no_fellows(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *member = harness_member(harness, 1);
    const WlRouterMessage message = {WL_ROUTER_VERSION, 0, 5, harness_member(harness, 0)->key};
    WlPeer *leaf;
    WlFact fact;

    harness_make_native(member);
    harness_add(config, member, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, "192.0.2.1:1");
    harness_run(harness, SEC(30));
    leaf = wl_peer_table_find(&harness->engine->peers, &member->key);
    g_assert_false(leaf->failover.here);
    g_assert_false(wl_failover_governs(harness->engine, leaf));
    /* It answers a leaf with several routers. */
    wl_fact_init_router(&fact, &member->key, &message);
    wl_failover_receive(harness->engine, leaf, &fact);
    g_assert_true(leaf->failover.attached);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(fellow_changes); i++) {
        g_autofree char *name =
            g_strdup_printf("/attachment-fellows/changes/%s", fellow_changes[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_fellow_changed);
    }
    g_test_add_func("/attachment-fellows/alone", test_alone);
    g_test_add_func("/attachment-fellows/not alone", test_not_alone);
    g_test_add_func("/attachment-fellows/gone", test_fellow_gone);
    g_test_add_func("/attachment-fellows/dropped", test_dropped);
    g_test_add_func("/attachment-fellows/prefixes", test_prefixes);
    g_test_add_func("/attachment-fellows/which asks", test_asks);
    g_test_add_func("/attachment-fellows/none", test_no_fellows);
    return g_test_run();
}
