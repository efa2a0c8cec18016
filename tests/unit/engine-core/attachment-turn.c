/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a router with fellows does about a leaf of itself in a turn, one row each. */
#include "fellows.h"

/* clang-format off */
static const struct {
    const char *name;
    Known before;
    gboolean session;    /* with the leaf */
    gboolean sent_facts; /* the leaf did */
    gboolean low_fine;   /* the fellow that comes before this router answers */
    int claims_after;    /* s; -1: not at all */
    gboolean released;
    gboolean here; /* after it, this router is the one for the leaf as far as it is known */
} turns[] = {
    {"nothing happened", {NONE, NONE, 0}, TRUE, FALSE, TRUE, -1, FALSE, FALSE},
    {"nothing happened, and this router is the first",
     {NONE, NONE, 0}, TRUE, FALSE, FALSE, -1, FALSE, TRUE},
    {"the leaf sent facts, and this router is the first",
     {NONE, NONE, 0}, TRUE, TRUE, FALSE, 2, FALSE, TRUE},
    {"the leaf sent facts, and a fellow comes before",
     {NONE, NONE, 0}, TRUE, TRUE, TRUE, 12, FALSE, FALSE},
    {"a fellow that comes before has it", {LOW, LOW, 5}, TRUE, TRUE, TRUE, -1, FALSE, FALSE},
    {"a fellow that comes later has it", {HIGH, HIGH, 5}, TRUE, TRUE, FALSE, 2, FALSE, FALSE},
    {"this router has it", {SELF, NONE, 5}, TRUE, TRUE, TRUE, -1, FALSE, TRUE},
    {"the session ended", {SELF, NONE, 5}, FALSE, TRUE, TRUE, -1, TRUE, FALSE},
    {"the session ended, and a fellow has it",
     {HIGH, HIGH, 5}, FALSE, TRUE, TRUE, -1, FALSE, FALSE},
};
/* clang-format on */

static void
test_turn(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlPeerFailover *failover = &world.leaf->failover;
    WlRouterMessage sent;
    gboolean was_here = failover->here;

    fellows_set_known(&world, &turns[i].before);
    failover->claim_due = failover->call_due = WL_NEVER;
    failover->claimed_next = harness->engine->now;
    failover->sent_facts = turns[i].sent_facts;
    failover->said = !turns[i].session;
    world.leaf->liveness.healthy = turns[i].session;
    fellows_peer(&world, LOW)->failover.lost = !turns[i].low_fine;
    fellows_run(&world);
    g_assert_cmpint(failover->claim_due, ==,
                    turns[i].claims_after < 0 ? WL_NEVER
                                              : harness->engine->now + SEC(turns[i].claims_after));
    g_assert_false(failover->sent_facts);
    g_assert_false(failover->said);
    g_assert_cmpint(failover->attached, ==, turns[i].before.at != NONE && !turns[i].released);
    g_assert_cmpint(failover->here, ==, turns[i].here);
    /* A Go daemon receives the prefixes of its router alone. */
    g_assert_cmpuint(world.leaf->advertise.position, ==, turns[i].here == was_here ? 99 : 0);
    g_assert_cmpint(harness->engine->subscribers.pending, ==, turns[i].here != was_here);
    fellows_drain(harness);
    for (Who who = LOW; who <= HIGH && !turns[i].session; who++) {
        const WlRouterMessage *let_go = fellows_find_sent(&world, who, &sent);

        g_assert_cmpint(let_go != NULL, ==, turns[i].released);
        if (!let_go)
            continue;
        g_assert_cmpuint(let_go->flags, ==, 0);
        g_assert_cmpuint(let_go->epoch, ==, turns[i].before.epoch);
        g_assert_true(wl_key_equal(&let_go->router, &world.members[SELF]->key));
    }
}

/* The reasons not to claim a leaf that sent facts, which otherwise is claimed after 2 s. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean said;      /* it names its router */
    int pending;        /* s, until an earlier claim; 0: none */
    int claimed_next;   /* s */
    gboolean go, basic; /* the leaf */
    gboolean sent_facts;
    int claims_after; /* s; -1: not at all */
} claims[] = {
    {"a leaf that a fellow holds which comes later", FALSE, 0, 0, FALSE, FALSE, TRUE, 2},
    {"a leaf that names its router", TRUE, 0, 0, FALSE, FALSE, TRUE, -1},
    {"a claim does not wait longer for more facts", FALSE, 1, 0, FALSE, FALSE, TRUE, 1},
    {"the fellow holds it for less than a minute", FALSE, 0, 1, FALSE, FALSE, TRUE, -1},
    {"a basic member sends no facts", FALSE, 0, 0, FALSE, TRUE, FALSE, 2},
    {"another member without facts", FALSE, 0, 0, FALSE, FALSE, FALSE, -1},
    {"a Go daemon says nothing, and is taken at once", FALSE, 0, 0, TRUE, FALSE, TRUE, 0},
};
/* clang-format on */

static void
test_claim(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    const Known before = {HIGH, HIGH, 5}, taken = {SELF, NONE, 6};
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlPeerFailover *failover = &world.leaf->failover;
    const gint64 now = harness->engine->now;

    fellows_set_known(&world, &before);
    fellows_peer(&world, LOW)->failover.lost = TRUE;
    failover->call_due = WL_NEVER;
    failover->said = claims[i].said;
    failover->claim_due = claims[i].pending ? now + SEC(claims[i].pending) : WL_NEVER;
    failover->claimed_next = now + SEC(claims[i].claimed_next);
    failover->sent_facts = claims[i].sent_facts;
    world.leaf->basic = claims[i].basic;
    if (claims[i].go)
        world.leaf->boot.id = (WlBootId){{0}};
    fellows_run(&world);
    fellows_assert_known(&world, claims[i].claims_after == 0 ? &taken : &before);
    if (claims[i].claims_after != 0)
        g_assert_cmpint(failover->claim_due, ==,
                        claims[i].claims_after < 0 ? WL_NEVER : now + SEC(claims[i].claims_after));
    if (claims[i].claims_after > 0)
        g_assert_cmpint(world.leaf->turn.wake_at[WL_STEP_PATHS], <=,
                        now + SEC(claims[i].claims_after));
}

/* What is due in a turn, and what each of the others is sent then. */
/* clang-format off */
static const struct {
    const char *name;
    Known before;
    enum { CLAIM = 1, CALLS = 2, ANNOUNCE = 4 } due;
    gboolean said;
    Who answered; /* the fellow that knows the choice; SELF: both */
    Who mute;     /* does not understand */
    Who lost;
    Known after;
    int leaf, low, high; /* flags */
    int wake;            /* s; -1: not for these */
} dues[] = {
    {"nothing",
     {SELF, NONE, 5}, 0, FALSE, NONE, NONE, NONE, {SELF, NONE, 5}, NOTHING, NOTHING, NOTHING, 9},
    {"a claim takes the leaf, calls it and tells the fellows",
     {NONE, NONE, 0}, CLAIM, FALSE, NONE, NONE, NONE, {SELF, NONE, 0}, CALL, WL_ROUTER_HOLDS,
     WL_ROUTER_HOLDS, 1},
    {"what a fellow held has the next epoch",
     {HIGH, HIGH, 5}, CLAIM, FALSE, NONE, NONE, NONE, {SELF, NONE, 6}, CALL, WL_ROUTER_HOLDS,
     WL_ROUTER_HOLDS, 1},
    {"no claim on a leaf of a fellow that comes before",
     {LOW, LOW, 5}, CLAIM, FALSE, NONE, NONE, NONE, {LOW, LOW, 5}, NOTHING, NOTHING, NOTHING, -1},
    {"no claim on a leaf that named its router since",
     {HIGH, HIGH, 5}, CLAIM, TRUE, NONE, NONE, NONE, {HIGH, HIGH, 5}, NOTHING, NOTHING, NOTHING,
     -1},
    {"no claim on a leaf that came since",
     {SELF, NONE, 5}, CLAIM, FALSE, NONE, NONE, NONE, {SELF, NONE, 5}, NOTHING, NOTHING, NOTHING,
     9},
    {"a call is repeated",
     {SELF, NONE, 5}, CALLS, FALSE, NONE, NONE, NONE, {SELF, NONE, 5}, CALL, NOTHING, NOTHING, 1},
    {"no call of a leaf that went to a fellow",
     {HIGH, HIGH, 5}, CALLS, FALSE, NONE, NONE, NONE, {HIGH, HIGH, 5}, NOTHING, NOTHING, NOTHING,
     -1},
    {"no call of a Go daemon",
     {SELF, NONE, 5}, CALLS, FALSE, NONE, LEAF, NONE, {SELF, NONE, 5}, NOTHING, NOTHING, NOTHING,
     9},
    {"the fellows are told",
     {SELF, NONE, 5}, ANNOUNCE, FALSE, NONE, NONE, NONE, {SELF, NONE, 5}, NOTHING,
     WL_ROUTER_HOLDS, WL_ROUTER_HOLDS, 1},
    {"but not of a leaf that is elsewhere",
     {HIGH, NONE, 5}, ANNOUNCE, FALSE, NONE, NONE, NONE, {HIGH, NONE, 5}, NOTHING, NOTHING,
     NOTHING, -1},
    {"a fellow that knows is not told",
     {SELF, NONE, 5}, ANNOUNCE, FALSE, HIGH, NONE, NONE, {SELF, NONE, 5}, NOTHING,
     WL_ROUTER_HOLDS, NOTHING, 1},
    {"nor is one that is a Go daemon",
     {SELF, NONE, 5}, ANNOUNCE, FALSE, NONE, LOW, NONE, {SELF, NONE, 5}, NOTHING, NOTHING,
     WL_ROUTER_HOLDS, 1},
    {"nor is one that does not answer",
     {SELF, NONE, 5}, ANNOUNCE, FALSE, NONE, NONE, LOW, {SELF, NONE, 5}, NOTHING, NOTHING,
     WL_ROUTER_HOLDS, 1},
    {"it is not repeated when all know",
     {SELF, NONE, 5}, ANNOUNCE, FALSE, SELF, NONE, NONE, {SELF, NONE, 5}, NOTHING, NOTHING,
     NOTHING, -1},
    {"a Go daemon as a fellow holds the leaf that names it",
     {HIGH, NONE, 5}, 0, FALSE, NONE, HIGH, NONE, {HIGH, HIGH, 5}, NOTHING, NOTHING, NOTHING, -1},
    {"but not while it does not answer",
     {HIGH, NONE, 5}, 0, FALSE, NONE, HIGH, HIGH, {HIGH, NONE, 5}, NOTHING, NOTHING, NOTHING, -1},
    {"nor the leaf that names another router",
     {HIGH, NONE, 5}, 0, FALSE, NONE, LOW, NONE, {HIGH, NONE, 5}, NOTHING, NOTHING, NOTHING, -1},
    {"nor a leaf that is here",
     {SELF, NONE, 5}, 0, FALSE, NONE, LOW, NONE, {SELF, NONE, 5}, NOTHING, NOTHING, NOTHING, 9},
    {"a leaf that names none is held by a Go daemon that comes before",
     {NONE, NONE, 0}, 0, FALSE, NONE, LOW, NONE, {NONE, LOW, 0}, NOTHING, NOTHING, NOTHING, -1},
    {"but not by one that comes later",
     {NONE, NONE, 0}, 0, FALSE, NONE, HIGH, NONE, {NONE, NONE, 0}, NOTHING, NOTHING, NOTHING, -1},
    {"the holder stays while it says nothing else",
     {HIGH, HIGH, 5}, 0, FALSE, NONE, LOW, NONE, {HIGH, HIGH, 5}, NOTHING, NOTHING, NOTHING, -1},
};
/* clang-format on */

static void
test_due(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlPeerFailover *failover = &world.leaf->failover;
    const gint64 now = harness->engine->now;

    fellows_set_known(&world, &dues[i].before);
    failover->claim_due = dues[i].due & CLAIM ? now : WL_NEVER;
    failover->call_due = dues[i].due & CALLS ? now : WL_NEVER;
    failover->announce_due = dues[i].due & ANNOUNCE ? now : now + SEC(9);
    failover->calls = 7;
    failover->said = dues[i].said;
    for (Who who = LOW; who <= HIGH; who++) {
        if (dues[i].answered == who || dues[i].answered == SELF)
            failover->answered |= fellows_bit(&world, who);
    }
    if (dues[i].mute != NONE)
        fellows_peer(&world, dues[i].mute)->boot.id = (WlBootId){{0}};
    if (dues[i].lost != NONE)
        fellows_peer(&world, dues[i].lost)->failover.lost = TRUE;
    fellows_run(&world);
    fellows_assert_known(&world, &dues[i].after);
    fellows_drain(harness);
    fellows_assert_sent(&world, LEAF, dues[i].leaf);
    fellows_assert_sent(&world, LOW, dues[i].low);
    fellows_assert_sent(&world, HIGH, dues[i].high);
    g_assert_cmpint(world.leaf->turn.wake_at[WL_STEP_PATHS], ==,
                    dues[i].wake < 0 ? WL_NEVER : now + SEC(dues[i].wake));
    if (dues[i].due & CLAIM && dues[i].leaf == CALL)
        g_assert_cmpuint(failover->calls, ==, 1);
    if (dues[i].low == WL_ROUTER_HOLDS && dues[i].due & ANNOUNCE)
        g_assert_cmpuint(failover->announcements, ==, 8);
}

/* Which router comes first for a leaf that names none: the tunnel addresses decide, then the keys.
 * This router has 10.77.0.2. */
/* clang-format off */
static const struct {
    const char *name;
    Who fellow; /* by its key */
    const char *allowed_ips;
    gboolean first; /* this router is */
} orders[] = {
    {"a fellow with a smaller address", HIGH, "10.77.0.0/24 10.77.0.1/32", FALSE},
    {"a fellow with a greater address", LOW, "10.77.0.0/24 10.77.0.9/32", TRUE},
    {"with the same address the keys decide", LOW, "10.77.0.0/24 10.77.0.2/32", FALSE},
    {"with the same address the smaller key", HIGH, "10.77.0.0/24 10.77.0.2/32", TRUE},
    {"without an address the keys decide", LOW, "10.77.0.0/24", FALSE},
    {"without an address the smaller key", HIGH, "10.77.0.0/24", TRUE},
    {"a prefix is no address", HIGH, "10.77.0.0/24 10.77.0.0/31", TRUE},
    {"an address of another family does not count", HIGH, "10.77.0.0/24 a::/128", TRUE},
};
/* clang-format on */

static void
test_order(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known nothing = {NONE, NONE, 0};
    g_auto(GStrv) parts = g_strsplit(orders[i].allowed_ips, " ", 0);
    GArray *allowed_ips = fellows_peer(&world, orders[i].fellow)->config->allowed_ips;

    g_array_set_size(allowed_ips, 0);
    for (guint j = 0; parts[j]; j++) {
        WlPrefix prefix = harness_prefix(parts[j]);
        g_array_append_val(allowed_ips, prefix);
    }
    fellows_peer(&world, orders[i].fellow == LOW ? HIGH : LOW)->failover.lost = TRUE;
    fellows_set_known(&world, &nothing);
    fellows_run(&world);
    g_assert_cmpint(world.leaf->failover.here, ==, orders[i].first);
}

/* A fellow that was not heard since the start may still be there for 20 s. */
static void
test_first_at_start(void)
{
    static const struct {
        int ms;
        gboolean first;
    } times[] = {{19999, FALSE}, {20000, TRUE}};

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        Fellows world;

        fellows_init(&world);
        g_autoptr(Harness) harness = world.harness;
        const Known nothing = {NONE, NONE, 0};

        harness->engine->started = harness->engine->now - MS(times[i].ms);
        fellows_peer(&world, LOW)->liveness.healthy = FALSE;
        fellows_set_known(&world, &nothing);
        fellows_run(&world);
        g_assert_cmpint(world.leaf->failover.here, ==, times[i].first);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autofree char *name = g_strdup_printf("/attachment-turn/turn/%s", turns[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_turn);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(claims); i++) {
        g_autofree char *name = g_strdup_printf("/attachment-turn/claim/%s", claims[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_claim);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(dues); i++) {
        g_autofree char *name = g_strdup_printf("/attachment-turn/due/%s", dues[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_due);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *name = g_strdup_printf("/attachment-turn/order/%s", orders[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_order);
    }
    g_test_add_func("/attachment-turn/the first router at the start", test_first_at_start);
    return g_test_run();
}
