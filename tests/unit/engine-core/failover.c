/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two routers a leaf uses, and when it changes, one row each. */
#include "paths/wl-failover.h"

#include "harness.h"

#define NEVER (-1) /* of the columns in seconds */

/* A leaf with the routers 1 and 2, in this order. */
static Harness *
leaf_new(WlPeer *routers[2])
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= 2; i++) {
        harness_make_native(harness_member(harness, i));
        harness_add(config, harness_member(harness, i), i == 1 ? "192.0.2.1:1" : "192.0.2.2:1",
                    "10.77.0.0/24");
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 1; i <= 2; i++) {
        harness_meet(harness, i, i == 1 ? "192.0.2.1:1" : "192.0.2.2:1");
        routers[i - 1] =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i)->key);
    }
    g_assert_cmpuint(harness->engine->routers.members->len, ==, 2);
    return harness;
}

static const struct {
    const char *name;
    guint current;     /* router */
    int fine[2];       /* s ago, since it answers; NEVER: it does not */
    int chosen;        /* s ago; NEVER: at the start */
    int hold;          /* s, of the present choice */
    int traffic;       /* s, until it ends */
    guint expected;    /* router */
    int expected_hold; /* s */
} choices[] = {
    {"the first of two that answer stays", 1, {500, 500}, 500, 60, 0, 1, 60},
    {"the first one does not answer", 1, {NEVER, 500}, 6000, 60, 0, 2, 60},
    {"and was chosen a moment ago", 1, {NEVER, 500}, 5, 60, 0, 2, 120},
    {"and was chosen just within ten times the hold", 1, {NEVER, 500}, 599, 60, 0, 2, 120},
    {"and was chosen ten times the hold ago", 1, {NEVER, 500}, 600, 60, 0, 2, 60},
    {"the hold is an hour at most", 1, {NEVER, 500}, 5, 3600, 0, 2, 3600},
    {"none answers", 1, {NEVER, NEVER}, 500, 60, 0, 1, 60},
    {"the second one does not answer", 2, {500, NEVER}, 6000, 60, 0, 1, 60},
    {"the first one is back for less than the hold", 2, {59, 500}, 500, 60, 0, 2, 60},
    {"the first one is back for the hold", 2, {60, 500}, 500, 60, 0, 1, 60},
    {"it waits for a pause of the traffic", 2, {60, 500}, 500, 60, 1, 2, 60},
    {"but not longer than ten minutes", 2, {659, 900}, 900, 60, 1, 2, 60},
    {"then it goes", 2, {660, 900}, 900, 60, 1, 1, 60},
};

static gint64
since(const WlEngine *engine, int seconds)
{
    return seconds == NEVER ? WL_NEVER : engine->now - SEC(seconds);
}

static void
test_choice(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlRouterSet *set = &engine->routers;
    WlPeer *current = routers[choices[i].current - 1];
    const guint32 epoch = set->epoch;

    engine->now += SEC(20000); /* long after the start */
    set->current = current;
    set->chosen = choices[i].chosen == NEVER ? WL_LONG_AGO : since(engine, choices[i].chosen);
    set->hold = SEC(choices[i].hold);
    for (guint j = 0; j < 2; j++) {
        WlPeerFailover *failover = &routers[j]->failover;

        failover->lost = choices[i].fine[j] == NEVER;
        failover->asked = engine->now;
        failover->fine_since = since(engine, choices[i].fine[j]);
        failover->watched_since = engine->now;
        failover->unanswered = 0;
        routers[j]->liveness.healthy = TRUE;
        routers[j]->liveness.last_heard = failover->lost ? engine->now - SEC(99) : engine->now;
        routers[j]->device.snapshot = engine->now;
        routers[j]->device.handshake = routers[j]->traffic.rx_seen = WL_LONG_AGO;
    }
    current->traffic.flow_until = engine->now + SEC(choices[i].traffic);
    wl_failover_run(engine, routers[0]);
    g_assert_true(set->current == routers[choices[i].expected - 1]);
    g_assert_cmpint(set->hold / SEC(1), ==, choices[i].expected_hold);
    g_assert_cmpuint(set->epoch - epoch, ==, set->current == current ? 0 : 1);
    if (set->current != current)
        g_assert_cmpint(set->chosen, ==, engine->now);
}

/* At the start the first router has three seconds to answer before the second one is used. */
static void
test_start(void)
{
    static const struct {
        int ms;
        guint expected;
    } times[] = {{0, 1}, {2999, 1}, {3000, 2}};

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        WlPeer *routers[2];
        g_autoptr(Harness) harness = leaf_new(routers);
        WlEngine *engine = harness->engine;

        engine->routers.current = routers[0];
        engine->routers.chosen = WL_LONG_AGO;
        engine->started = engine->now - MS(times[i].ms);
        routers[0]->liveness.healthy = FALSE;
        routers[0]->failover.fine_since = WL_NEVER;
        routers[0]->failover.lost = FALSE;
        routers[1]->liveness.healthy = TRUE;
        routers[1]->failover.fine_since = engine->now;
        wl_failover_run(engine, routers[0]);
        g_assert_true(engine->routers.current == routers[times[i].expected - 1]);
    }
}

/* What a router says about this leaf. The choice is 5, of router 1. */
static const struct {
    const char *name;
    guint from;
    guint32 epoch;
    guint router;
    guint8 flags;
    gboolean named_fine; /* the named router answers */
    guint current;
    guint32 after;
    gboolean answered; /* the sender knows the choice */
    gboolean told;     /* the choice at once */
} messages[] = {
    {"it knows the choice", 2, 5, 1, 0, TRUE, 1, 5, TRUE, FALSE},
    {"it knows an older choice", 2, 4, 2, 0, TRUE, 1, 5, FALSE, TRUE},
    {"another router calls", 2, 6, 2, WL_ROUTER_COME, TRUE, 2, 6, FALSE, TRUE},
    {"another router calls that does not answer here", 2, 6, 2, WL_ROUTER_COME, FALSE, 1, 7, FALSE,
     TRUE},
    {"it names a newer choice of the same router", 2, 6, 1, 0, TRUE, 1, 6, FALSE, TRUE},
};

static void
test_message(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlRouterSet *set = &engine->routers;
    WlPeer *named = routers[messages[i].router - 1], *from = routers[messages[i].from - 1];
    WlRouterMessage message = {WL_ROUTER_VERSION, messages[i].flags, messages[i].epoch, named->key};
    WlFact fact;

    set->current = routers[0];
    set->epoch = 5;
    set->answered = 0;
    for (guint j = 0; j < 2; j++) {
        routers[j]->liveness.healthy = TRUE;
        routers[j]->failover.lost = FALSE;
        routers[j]->failover.fine_since = engine->now;
        routers[j]->failover.announce_due = WL_NEVER;
    }
    named->failover.lost = !messages[i].named_fine;
    wl_fact_init_router(&fact, &engine->own.key, &message);
    wl_failover_receive(engine, from, &fact);
    g_assert_true(set->current == routers[messages[i].current - 1]);
    g_assert_cmpuint(set->epoch, ==, messages[i].after);
    g_assert_cmpint((set->answered >> (messages[i].from - 1)) & 1, ==, messages[i].answered);
    g_assert_cmpint(from->failover.announce_due == engine->now, ==, messages[i].told);
    /* A router calls because the present one is silent. */
    g_assert_cmpint(routers[0]->failover.lost, ==, messages[i].current == 2);
}

/* Messages of other versions, and about others, change nothing. */
static void
test_foreign_message(void)
{
    for (guint i = 0; i < 2; i++) {
        WlPeer *routers[2];
        g_autoptr(Harness) harness = leaf_new(routers);
        WlRouterMessage message = {i == 0 ? WL_ROUTER_VERSION + 1 : WL_ROUTER_VERSION,
                                   WL_ROUTER_COME, 99, routers[1]->key};
        WlFact fact;

        harness->engine->routers.current = routers[0];
        harness->engine->routers.epoch = 5;
        wl_fact_init_router(&fact, i == 0 ? &harness->engine->own.key : &routers[1]->key, &message);
        wl_failover_receive(harness->engine, routers[1], &fact);
        g_assert_true(harness->engine->routers.current == routers[0]);
        g_assert_cmpuint(harness->engine->routers.epoch, ==, 5);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        g_autofree char *name = g_strdup_printf("/failover/choice/%s", choices[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_choice);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char *name = g_strdup_printf("/failover/message/%s", messages[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_message);
    }
    g_test_add_func("/failover/start", test_start);
    g_test_add_func("/failover/foreign-message", test_foreign_message);
    return g_test_run();
}
