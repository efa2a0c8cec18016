/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two routers a leaf uses, and when it changes, one row each. */
#include "paths/wl-failover.h"

#include "harness.h"
#include "paths/wl-path.h"

#define NEVER (-1) /* of the columns in seconds */

/* A leaf with the routers 1 and 2, in this order, and the leaf 3. */
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
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.3/32");
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

static void
run(WlEngine *engine, WlPeer *peer)
{
    wl_scheduler_run_step(&engine->scheduler, engine, peer, WL_STEP_PATHS, wl_failover_run);
}

/* clang-format off */
static const struct {
    const char *name;
    guint current;     /* router */
    int fine[2];       /* s ago, since it answers; NEVER: it does not */
    int chosen;        /* s ago; NEVER: at the start */
    int hold;          /* s, of the present choice */
    int traffic;       /* s, until it ends */
    guint expected;    /* router */
    int expected_hold; /* s */
    int wake;          /* s, until it is looked at again */
} choices[] = {
    {"the first of two that answer stays", 1, {500, 500}, 500, 60, 0, 1, 60, 0},
    {"the first one does not answer", 1, {NEVER, 500}, 6000, 60, 0, 2, 60, 0},
    {"and was chosen a moment ago", 1, {NEVER, 500}, 5, 60, 0, 2, 120, 0},
    {"and was chosen just within ten times the hold", 1, {NEVER, 500}, 599, 60, 0, 2, 120, 0},
    {"and was chosen ten times the hold ago", 1, {NEVER, 500}, 600, 60, 0, 2, 60, 0},
    {"the hold is an hour at most", 1, {NEVER, 500}, 5, 3600, 0, 2, 3600, 0},
    {"none answers", 1, {NEVER, NEVER}, 500, 60, 0, 1, 60, 0},
    {"the second one does not answer", 2, {500, NEVER}, 6000, 60, 0, 1, 60, 0},
    {"the first one is back for less than the hold", 2, {59, 500}, 500, 60, 0, 2, 60, 1},
    {"the first one is back for the hold", 2, {60, 500}, 500, 60, 0, 1, 60, 0},
    {"it waits for a pause of the traffic", 2, {60, 500}, 500, 60, 1, 2, 60, 1},
    {"but not longer than ten minutes", 2, {659, 900}, 900, 60, 1, 2, 60, 1},
    {"then it goes", 2, {660, 900}, 900, 60, 1, 1, 60, 0},
};
/* clang-format on */

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
    set->answered = 3;
    set->changed = FALSE;
    routers[1]->failover.announcements = routers[1]->failover.unanswered = 7;
    routers[1]->failover.announce_due = WL_NEVER;
    routers[1]->failover.watched_since = WL_LONG_AGO;
    harness_clear(harness);
    run(engine, routers[0]);
    g_assert_true(set->current == routers[choices[i].expected - 1]);
    g_assert_cmpint(set->hold / SEC(1), ==, choices[i].expected_hold);
    g_assert_cmpuint(set->epoch - epoch, ==, set->current == current ? 0 : 1);
    if (choices[i].wake != 0)
        g_assert_cmpint(routers[0]->turn.wake_at[WL_STEP_PATHS], ==,
                        engine->now + SEC(choices[i].wake));
    g_assert_cmpint(set->changed, ==, set->current != current);
    g_assert_cmpuint(set->answered, ==, set->current != current ? 0 : 3);
    if (set->current == current)
        return;
    g_assert_cmpint(set->chosen, ==, engine->now);
    /* Every router is told, and everything that depends on it is decided again. */
    g_assert_cmpint(routers[1]->failover.announce_due, ==, engine->now);
    g_assert_cmpuint(routers[1]->failover.announcements, ==, 0);
    g_assert_true(
        wl_peer_table_find(&engine->peers, &harness_member(harness, 3)->key)->turn.scheduled);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_LOG), ==, 1);
    /* The one that is used has its time to answer from now on. */
    if (set->current == routers[1]) {
        g_assert_cmpuint(routers[1]->failover.unanswered, ==, 0);
        g_assert_cmpint(routers[1]->failover.watched_since, ==, engine->now);
    }
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
        run(engine, routers[0]);
        g_assert_true(engine->routers.current == routers[times[i].expected - 1]);
        if (times[i].expected == 1)
            g_assert_cmpint(routers[0]->turn.wake_at[WL_STEP_PATHS], ==,
                            engine->now + MS(3000 - times[i].ms));
    }
}

/* A router that was called away before it ever answered has had its time. */
static void
test_lost_at_start(void)
{
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;

    engine->routers.chosen = WL_LONG_AGO;
    engine->started = engine->now;
    routers[0]->failover.fine_since = WL_NEVER;
    routers[0]->failover.lost = TRUE;
    routers[0]->failover.asked = engine->now;
    routers[1]->failover.fine_since = engine->now;
    run(engine, routers[0]);
    g_assert_true(engine->routers.current == routers[1]);
}

/* ---- whether a router answers */

/* Router 1 is the current one. Times in seconds before now. */
typedef enum {
    CALM = 0,
    DEAD = 1 << 0,     /* no session */
    LOST = 1 << 1,     /* it did not answer before */
    GO = 1 << 2,       /* a Go daemon ... */
    ECHO = 1 << 3,     /* ... that answers echoes ... */
    NEW_ECHO = 1 << 4, /* ... and was not sent one in this session */
    UNKNOWN = 1 << 5,  /* its boot id is */
    OLD_READ = 1 << 6, /* the device was read before */
    TRAFFIC = 1 << 7,
    BACK = 1 << 8, /* it was no router that answers */
} Flags;

/* clang-format off */
static const struct {
    const char *name;
    guint router;
    Flags flags;
    double heard, asked;
    guint unanswered;
    gboolean usable;
    enum { SILENT, ASKS, ECHOES, READS } does;
    guint open;  /* questions, after it */
    double wake; /* 0: not for this */
} answers[] = {
    {"the current one was heard a moment ago", 1, CALM, 1, 99, 0, TRUE, SILENT, 0, 13},
    {"it was heard another way", 1, TRAFFIC, 1, 99, 0, TRUE, SILENT, 0, 0.5},
    {"it is asked after 14 s", 1, CALM, 14, 99, 0, TRUE, ASKS, 1, 0.5},
    {"with traffic after 1.5 s", 1, TRAFFIC, 1.5, 99, 0, TRUE, ASKS, 1, 0.5},
    {"a Go daemon is sent an echo", 1, GO | ECHO, 14, 99, 0, TRUE, ECHOES, 1, 0.5},
    {"what was heard after it answers the question", 1, CALM, 1, 2, 2, TRUE, SILENT, 0, 13},
    {"what was heard before it does not", 1, CALM, 1, 0.4, 2, TRUE, SILENT, 2, 0.1},
    {"the device is read before it counts as silent", 1, OLD_READ, 3, 0.5, 3, TRUE, READS, 3, 0},
    {"it is silent", 1, CALM, 3, 0.5, 3, FALSE, SILENT, 3, 0},
    {"it is heard again", 1, LOST, 1, 1.5, 3, TRUE, SILENT, 0, 13},
    {"it is not", 1, LOST, 1.5, 1.5, 3, FALSE, SILENT, 3, 0},
    {"its session ended", 1, DEAD | LOST, 1, 0.5, 3, FALSE, SILENT, 0, 0},
    {"it has its time when it is back", 1, BACK, 9, 99, 0, TRUE, SILENT, 0, 5},
    {"a Go daemon whose host answers no echoes is judged by its handshake",
     1, GO, 99, 99, 0, TRUE, SILENT, 0, 0},
    {"its host is tried once in a session", 1, GO | NEW_ECHO, 1, 99, 0, TRUE, ECHOES, 0, 0},
    {"but not before its Alive", 1, GO | NEW_ECHO | UNKNOWN, 1, 99, 0, TRUE, SILENT, 0, 0},
    {"nor without a session", 1, GO | NEW_ECHO | DEAD, 1, 99, 0, FALSE, SILENT, 0, 0},
    {"a native member is sent none", 1, NEW_ECHO, 1, 99, 0, TRUE, SILENT, 0, 13},
    {"another router is not asked", 2, CALM, 14, 99, 0, TRUE, SILENT, 0, 26},
    {"its Alive is not late", 2, CALM, 39, 99, 0, TRUE, SILENT, 0, 1},
    {"its Alive is late", 2, CALM, 40, 99, 0, FALSE, SILENT, 0, 0},
    {"it is there again", 2, LOST, 1, 2, 0, TRUE, SILENT, 0, 39},
    {"another router that cannot be asked", 2, GO, 41, 99, 0, TRUE, SILENT, 0, 0},
};
/* clang-format on */

static void
test_answers(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    const Flags flags = answers[i].flags;
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlPeer *router = routers[answers[i].router - 1];
    WlPeerFailover *failover = &router->failover;
    const gint64 heard = engine->now - MS(answers[i].heard * 1000), fine = SEC(4000);

    engine->routers.current = routers[0];
    router->liveness.healthy = !(flags & DEAD);
    router->boot.native = !(flags & GO);
    router->boot.known = !(flags & UNKNOWN);
    router->path.echo.responds = (flags & ECHO) != 0;
    router->path.echo.session_since = SEC(4500);
    router->path.echo.sent = flags & NEW_ECHO ? WL_LONG_AGO : SEC(4500);
    router->liveness.last_heard = router->device.handshake = router->traffic.rx_seen = WL_LONG_AGO;
    *(gint64 *[]){&router->liveness.last_heard, &router->device.handshake,
                  &router->traffic.rx_seen}[i % 3] = heard;
    router->device.snapshot = engine->now - (flags & OLD_READ ? 1 : 0);
    router->traffic.flow_until = flags & TRAFFIC ? engine->now + SEC(5) : WL_LONG_AGO;
    failover->lost = (flags & LOST) != 0;
    failover->fine_since = flags & (LOST | BACK) ? WL_NEVER : fine;
    failover->asked = engine->now - MS(answers[i].asked * 1000);
    failover->unanswered = answers[i].unanswered;
    failover->watched_since = WL_LONG_AGO;
    router->roaming.suspect = FALSE;
    router->advertise.request_alive = FALSE;
    engine->routers.answered = 3;
    harness_clear(harness);
    engine->outputs.snapshot_wanted = FALSE;
    run(engine, router);
    g_assert_cmpint(failover->fine_since, ==,
                    !answers[i].usable      ? WL_NEVER
                    : flags & (LOST | BACK) ? engine->now
                                            : fine);
    g_assert_cmpuint(failover->unanswered, ==, answers[i].open);
    g_assert_cmpint(router->advertise.request_alive, ==, answers[i].does == ASKS);
    g_assert_cmpint(engine->outputs.snapshot_wanted, ==, answers[i].does == READS);
    if (answers[i].wake != 0)
        g_assert_cmpint(router->turn.wake_at[WL_STEP_PATHS], ==,
                        engine->now + MS(answers[i].wake * 1000));
    /* Another endpoint of the one that is used may work. */
    g_assert_cmpint(router->roaming.suspect, ==,
                    answers[i].router == 1 && !answers[i].usable && !(flags & (DEAD | LOST)));
    harness_drain(harness);
    g_assert_cmpint(harness_count(harness, WL_OUTPUT_SEND_ECHO) > 0, ==, answers[i].does == ECHOES);
}

/* ---- telling the routers */

/* What a router is sent about the choice, which is 5, of router 1. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean session, go, knows, due;
    gboolean sent;
    int next;           /* s until it is repeated; 0: at once, when the router can be told */
    gboolean knows_now; /* it is taken to know the choice */
} announcements[] = {
    {"it is told", TRUE, FALSE, FALSE, TRUE, TRUE, 1, FALSE},
    {"not before it is due", TRUE, FALSE, FALSE, FALSE, FALSE, 9, FALSE},
    {"nor if it knows the choice", TRUE, FALSE, TRUE, TRUE, FALSE, 0, TRUE},
    {"without a session it forgets the choice", FALSE, FALSE, TRUE, FALSE, FALSE, 0, FALSE},
    {"a Go daemon does not understand it", TRUE, TRUE, FALSE, TRUE, FALSE, 0, FALSE},
};
/* clang-format on */

static void
test_announcement(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlPeerFailover *failover = &routers[1]->failover;
    g_autoptr(GArray) facts = NULL;
    guint n = 0;
    WlOutput *output;

    engine->routers.current = routers[0];
    engine->routers.epoch = 5;
    engine->routers.answered = 1 | (announcements[i].knows ? 2 : 0);
    routers[1]->liveness.healthy = announcements[i].session;
    if (announcements[i].go)
        routers[1]->boot.id = (WlBootId){{0}};
    failover->announcements = 7;
    failover->announce_due = engine->now + (announcements[i].due ? 0 : SEC(9));
    harness_clear(harness);
    run(engine, routers[1]);
    g_assert_cmpint(failover->announce_due, ==, engine->now + SEC(announcements[i].next));
    g_assert_cmpuint(engine->routers.answered, ==, 1 | (announcements[i].knows_now ? 2 : 0));
    if (announcements[i].next != 0)
        g_assert_cmpint(routers[1]->turn.wake_at[WL_STEP_PATHS], ==, failover->announce_due);
    if (!announcements[i].session || announcements[i].go)
        g_assert_cmpuint(failover->announcements, ==, 0);
    wl_outputs_flush_sends(&engine->outputs);
    while ((output = wl_engine_next_output(engine)))
        g_ptr_array_add(harness->outputs, output);
    facts = harness_sent(harness, harness_member(harness, 2));
    for (guint j = 0; j < facts->len; j++) {
        const WlFact *fact = &g_array_index(facts, WlFact, j);

        if (fact->attribute != WL_ATTRIBUTE_ROUTER)
            continue;
        n++;
        g_assert_true(wl_key_equal(&fact->subject, &engine->own.key));
        g_assert_cmpuint(fact->value.router.flags, ==, 0);
        g_assert_cmpuint(fact->value.router.epoch, ==, 5);
        g_assert_true(wl_key_equal(&fact->value.router.router, &routers[0]->key));
    }
    g_assert_cmpuint(n, ==, announcements[i].sent);
}

/* What a router says about this leaf. The choice is 5, of router 1. */
/* clang-format off */
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
    {"another router calls that does not answer here",
     2, 6, 2, WL_ROUTER_COME, FALSE, 1, 7, FALSE, TRUE},
    {"another router is named without a call", 1, 6, 2, 0, TRUE, 2, 6, FALSE, TRUE},
    {"it names a newer choice of the same router", 2, 6, 1, 0, TRUE, 1, 6, FALSE, TRUE},
    {"the current one calls", 1, 6, 1, WL_ROUTER_COME, TRUE, 1, 6, FALSE, TRUE},
    {"it names no router of this leaf", 2, 6, 3, 0, TRUE, 1, 7, FALSE, TRUE},
    {"it names no member", 2, 6, 4, 0, TRUE, 1, 7, FALSE, TRUE},
    {"after the last epoch there is none", 2, G_MAXUINT32, 2, 0, FALSE, 1, 5, FALSE, FALSE},
};
/* clang-format on */

static void
test_message(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlRouterSet *set = &engine->routers;
    WlPeer *from = routers[messages[i].from - 1];
    WlRouterMessage message = {WL_ROUTER_VERSION, messages[i].flags, messages[i].epoch,
                               harness_member(harness, messages[i].router)->key};
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
    if (!messages[i].named_fine)
        routers[messages[i].router - 1]->failover.fine_since = WL_NEVER;
    wl_fact_init_router(&fact, &engine->own.key, &message);
    wl_failover_receive(engine, from, &fact);
    g_assert_true(set->current == routers[messages[i].current - 1]);
    g_assert_cmpuint(set->epoch, ==, messages[i].after);
    g_assert_cmpint((set->answered >> (messages[i].from - 1)) & 1, ==, messages[i].answered);
    g_assert_cmpint(from->failover.announce_due == engine->now, ==, messages[i].told);
    g_assert_true(from->turn.scheduled);
    /* Every router is told another number. */
    for (guint j = 0; j < 2 && messages[i].after != 5; j++) {
        g_assert_cmpint(routers[j]->failover.announce_due, ==, engine->now);
        g_assert_true(routers[j]->turn.scheduled);
    }
    /* A router calls because the present one is silent. */
    g_assert_cmpint(routers[0]->failover.lost, ==,
                    messages[i].current == 2 && messages[i].flags != 0);
}

/* Two routers took the leaf with the same number: that of the smaller key counts. */
static void
test_tie(void)
{
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    const guint smaller = wl_key_is_before(&routers[0]->key, &routers[1]->key) ? 0 : 1;

    for (guint current = 0; current < 2; current++) {
        WlPeer *other = routers[1 - current];
        const WlRouterMessage message = {WL_ROUTER_VERSION, 0, 5, other->key};
        WlFact fact;

        engine->routers.current = routers[current];
        engine->routers.epoch = 5;
        other->failover.fine_since = engine->now;
        other->failover.announce_due = WL_NEVER;
        wl_fact_init_router(&fact, &engine->own.key, &message);
        wl_failover_receive(engine, other, &fact);
        g_assert_true(engine->routers.current == routers[smaller]);
        g_assert_cmpuint(engine->routers.epoch, ==, 5);
        g_assert_cmpint(other->failover.announce_due, ==, engine->now);
    }
}

/* Messages of other versions, about others and of members that are no routers change nothing. */
static void
test_foreign_message(void)
{
    for (guint i = 0; i < 3; i++) {
        WlPeer *routers[2];
        g_autoptr(Harness) harness = leaf_new(routers);
        WlRouterMessage message = {i == 0 ? WL_ROUTER_VERSION + 1 : WL_ROUTER_VERSION,
                                   WL_ROUTER_COME, 99, routers[1]->key};
        WlFact fact;

        harness->engine->routers.current = routers[0];
        harness->engine->routers.epoch = 5;
        WlPeer *leaf =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 3)->key);

        wl_fact_init_router(&fact, i == 1 ? &routers[1]->key : &harness->engine->own.key, &message);
        wl_failover_receive(harness->engine, i == 2 ? leaf : routers[1], &fact);
        g_assert_true(harness->engine->routers.current == routers[0]);
        g_assert_cmpuint(harness->engine->routers.epoch, ==, 5);
    }
}

/* Of several routers the set decides which is direct and watched; of other members it does not. */
static void
test_governs(void)
{
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngine *engine = harness->engine;
    WlPeer *leaf = wl_peer_table_find(&engine->peers, &harness_member(harness, 3)->key);

    engine->routers.current = routers[1];
    for (guint i = 0; i < 2; i++) {
        g_assert_true(wl_failover_governs(engine, routers[i]));
        g_assert_cmpint(wl_failover_is_direct(engine, routers[i]), ==, i == 1);
        g_assert_cmpint(wl_failover_is_watched(engine, routers[i]), ==, i == 1);
    }
    g_assert_false(wl_failover_governs(engine, leaf));
    g_assert_false(wl_failover_is_watched(engine, leaf));
    /* What was agreed or inferred about their paths ends. */
    for (guint i = 0; i < 2; i++) {
        routers[i]->path.inference = g_malloc0(1);
        engine->inference.open = 1;
        routers[i]->path.agreement.direct = TRUE;
        routers[i]->path.direct = i == 0;
        wl_path_run(engine, routers[i]);
        g_assert_null(routers[i]->path.inference);
        g_assert_cmpuint(engine->inference.open, ==, 0);
        g_assert_false(routers[i]->path.agreement.direct);
        g_assert_cmpint(routers[i]->path.direct, ==, i == 1);
        g_assert_cmpint(routers[i]->traffic.watched, ==, i == 1);
    }
}

/* The other one is used, and it is told so. */
static void
test_removed(void)
{
    WlPeer *routers[2];
    g_autoptr(Harness) harness = leaf_new(routers);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    g_assert_true(harness->engine->routers.current == routers[0]);
    harness_add(config, harness_member(harness, 2), "192.0.2.2:1", "10.77.0.0/24");
    harness_change(harness, config);
    g_assert_true(harness->engine->routers.current == routers[1]);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), "10.77.0.0/24"));
    g_assert_false(wl_failover_governs(harness->engine, routers[1]));
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
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *name = g_strdup_printf("/failover/answers/%s", answers[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_answers);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(announcements); i++) {
        g_autofree char *name = g_strdup_printf("/failover/announcement/%s", announcements[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_announcement);
    }
    g_test_add_func("/failover/start", test_start);
    g_test_add_func("/failover/lost at the start", test_lost_at_start);
    g_test_add_func("/failover/tie", test_tie);
    g_test_add_func("/failover/governs", test_governs);
    g_test_add_func("/failover/a router is removed", test_removed);
    g_test_add_func("/failover/foreign-message", test_foreign_message);
    return g_test_run();
}
