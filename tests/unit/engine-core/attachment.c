/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a router with fellows learns about a leaf from each message, one row each. */
#include "paths/wl-attachment.h"

#include "harness.h"

/* This router has the address 10.77.0.2. */
typedef enum {
    NONE,
    SELF,
    LOW,  /* a fellow with a smaller key, 10.77.0.1 */
    HIGH, /* a fellow with a greater key, 10.77.0.9 */
    LEAF,
    N_WHO,
} Who;

typedef struct {
    Harness *harness;
    HarnessMember *members[N_WHO];
    WlPeer *leaf;
} World;

static HarnessMember *
find_member(Harness *harness, gboolean low)
{
    const HarnessMember *self = harness_member(harness, 0);
    guint i = low ? 10 : 30;

    while ((wl_key_compare(&harness_member(harness, i)->key, &self->key) < 0) != low)
        i++;
    return harness_member(harness, i);
}

static void
world_init(World *world)
{
    static const char *const prefixes[N_WHO] = {
        [LOW] = "10.77.0.0/24,10.77.0.1/32",
        [HIGH] = "10.77.0.0/24,10.77.0.9/32",
        [LEAF] = "10.77.0.3/32",
    };
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

    *world = (World){.harness = harness,
                     .members = {NULL, harness_member(harness, 0), find_member(harness, TRUE),
                                 find_member(harness, FALSE), harness_member(harness, 1)}};
    for (Who who = LOW; who < N_WHO; who++) {
        harness_make_native(world->members[who]);
        harness_add(config, world->members[who], NULL, prefixes[who]);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (Who who = LOW; who < N_WHO; who++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", who);
        harness_handshake(harness, world->members[who], endpoint);
        harness_alive(harness, world->members[who]);
    }
    harness_run(harness, SEC(3));
    world->leaf = wl_peer_table_find(&harness->engine->peers, &world->members[LEAF]->key);
    g_assert_cmpuint(harness->engine->routers.members->len, ==, 2);
}

static WlPeer *
peer_of(const World *world, Who who)
{
    return who == NONE || who == SELF
               ? NULL
               : wl_peer_table_find(&world->harness->engine->peers, &world->members[who]->key);
}

static guint32
bit_of(const World *world, Who who)
{
    return 1u << wl_router_set_index(&world->harness->engine->routers, peer_of(world, who));
}

/* What is known before a message. */
typedef struct {
    Who at, holder; /* at: NONE if it is not known */
    guint32 epoch;
} Known;

static void
set_known(World *world, const Known *known)
{
    WlPeerFailover *failover = &world->leaf->failover;

    failover->attached = known->at != NONE;
    failover->epoch = known->epoch;
    failover->at = known->at == NONE ? (WlKey){0} : world->members[known->at]->key;
    failover->holder = peer_of(world, known->holder);
    failover->answered = 0;
    failover->announce_due = WL_NEVER;
    failover->call_due = failover->claim_due = world->harness->now + SEC(9);
    failover->said = FALSE;
    harness_clear(world->harness);
}

static void
assert_known(const World *world, const Known *known)
{
    const WlPeerFailover *failover = &world->leaf->failover;

    g_assert_cmpint(failover->attached, ==, known->at != NONE);
    g_assert_cmpuint(failover->epoch, ==, known->epoch);
    if (known->at != NONE)
        g_assert_true(wl_key_equal(&failover->at, &world->members[known->at]->key));
    g_assert_true(failover->holder == peer_of(world, known->holder));
}

/* The only router message that @who was sent, or NULL. */
static const WlRouterMessage *
find_sent(const World *world, Who who, WlRouterMessage *message)
{
    g_autoptr(GArray) facts = harness_sent(world->harness, world->members[who]);
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_ROUTER)
            continue;
        g_assert_true(wl_key_equal(&fact->subject, &world->members[LEAF]->key));
        *message = fact->value.router;
        n++;
    }
    g_assert_cmpuint(n, <=, 1);
    return n > 0 ? message : NULL;
}

/* What was sent outside of a turn. */
static void
drain(Harness *harness)
{
    WlOutput *output;

    wl_outputs_flush_sends(&harness->engine->outputs);
    while ((output = wl_engine_next_output(harness->engine)))
        g_ptr_array_add(harness->outputs, output);
}

/* ---- from a fellow -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    Known before;
    Who from;
    guint8 flags;
    guint32 epoch;
    Who router;
    Known after;
    gboolean replies;  /* that it knows */
    gboolean tells;    /* its own claim to all fellows at once */
    gboolean answered; /* the fellow knows the claim of this router */
} from_fellow[] = {
    {"it holds a leaf without a router",
     {NONE, NONE, 0},
     LOW,
     WL_ROUTER_HOLDS,
     5,
     LOW,
     {LOW, LOW, 5},
     TRUE,
     TRUE,
     FALSE},
    {"it holds it newly",
     {SELF, NONE, 5},
     HIGH,
     WL_ROUTER_HOLDS,
     6,
     HIGH,
     {HIGH, HIGH, 6},
     TRUE,
     TRUE,
     FALSE},
    {"it held it before",
     {SELF, NONE, 5},
     LOW,
     WL_ROUTER_HOLDS,
     4,
     LOW,
     {SELF, NONE, 5},
     FALSE,
     TRUE,
     FALSE},
    {"the smaller key has it if both took it",
     {SELF, NONE, 5},
     LOW,
     WL_ROUTER_HOLDS,
     5,
     LOW,
     {LOW, LOW, 5},
     TRUE,
     TRUE,
     FALSE},
    {"the greater key does not",
     {SELF, NONE, 5},
     HIGH,
     WL_ROUTER_HOLDS,
     5,
     HIGH,
     {SELF, NONE, 5},
     FALSE,
     TRUE,
     FALSE},
    {"it says so again",
     {LOW, LOW, 5},
     LOW,
     WL_ROUTER_HOLDS,
     5,
     LOW,
     {LOW, LOW, 5},
     TRUE,
     TRUE,
     FALSE},
    {"it speaks for another one",
     {SELF, NONE, 5},
     LOW,
     WL_ROUTER_HOLDS,
     6,
     HIGH,
     {SELF, NONE, 5},
     FALSE,
     FALSE,
     FALSE},
    {"it lets go", {LOW, LOW, 5}, LOW, 0, 5, LOW, {LOW, NONE, 5}, FALSE, FALSE, FALSE},
    {"it let go before it took it",
     {LOW, LOW, 5},
     LOW,
     0,
     4,
     LOW,
     {LOW, LOW, 5},
     FALSE,
     FALSE,
     FALSE},
    {"it lets go of what another one holds",
     {LOW, LOW, 5},
     HIGH,
     0,
     9,
     HIGH,
     {LOW, LOW, 5},
     FALSE,
     FALSE,
     FALSE},
    {"it knows that this one holds it",
     {SELF, NONE, 5},
     LOW,
     0,
     5,
     SELF,
     {SELF, NONE, 5},
     FALSE,
     FALSE,
     TRUE},
    {"it knows that this one held it",
     {SELF, NONE, 5},
     LOW,
     0,
     4,
     SELF,
     {SELF, NONE, 5},
     FALSE,
     FALSE,
     FALSE},
    {"it thinks that this one holds it",
     {HIGH, HIGH, 5},
     LOW,
     0,
     5,
     SELF,
     {HIGH, HIGH, 5},
     FALSE,
     FALSE,
     FALSE},
};

static void
test_fellow(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const WlRouterMessage message = {WL_ROUTER_VERSION, from_fellow[i].flags, from_fellow[i].epoch,
                                     world.members[from_fellow[i].router]->key};
    WlRouterMessage sent;
    const WlRouterMessage *reply;

    set_known(&world, &from_fellow[i].before);
    wl_attachment_receive(harness->engine, peer_of(&world, from_fellow[i].from), &world.leaf->key,
                          &message, TRUE);
    assert_known(&world, &from_fellow[i].after);
    g_assert_cmpint(world.leaf->failover.announce_due == harness->engine->now, ==,
                    from_fellow[i].tells);
    g_assert_cmpuint(world.leaf->failover.answered, ==,
                     from_fellow[i].answered ? bit_of(&world, from_fellow[i].from) : 0);
    drain(harness);
    reply = find_sent(&world, from_fellow[i].from, &sent);
    g_assert_cmpint(reply != NULL, ==, from_fellow[i].replies);
    if (reply) {
        g_assert_cmpuint(reply->flags, ==, 0);
        g_assert_cmpuint(reply->epoch, ==, from_fellow[i].epoch);
        g_assert_true(wl_key_equal(&reply->router, &message.router));
    }
}

/* ---- from the leaf -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    Known before;
    guint32 epoch;
    Who router;
    Known after;
    gboolean still_called; /* it has not answered a call to come */
} from_leaf[] = {
    {"it names its first router", {NONE, NONE, 0}, 1, SELF, {SELF, NONE, 1}, FALSE},
    {"it names a fellow", {NONE, NONE, 0}, 1, LOW, {LOW, NONE, 1}, FALSE},
    {"it says so again", {SELF, NONE, 5}, 5, SELF, {SELF, NONE, 5}, FALSE},
    {"it goes to a fellow", {SELF, NONE, 5}, 6, LOW, {LOW, NONE, 6}, FALSE},
    {"it comes from a fellow", {LOW, LOW, 5}, 6, SELF, {SELF, NONE, 6}, FALSE},
    {"it does not know the call", {SELF, NONE, 5}, 4, LOW, {SELF, NONE, 5}, TRUE},
    {"the smaller key has it", {SELF, NONE, 5}, 5, LOW, {LOW, NONE, 5}, FALSE},
    {"the greater key does not", {SELF, NONE, 5}, 5, HIGH, {SELF, NONE, 5}, FALSE},
};

static void
test_leaf(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const WlRouterMessage message = {WL_ROUTER_VERSION, 0, from_leaf[i].epoch,
                                     world.members[from_leaf[i].router]->key};
    WlRouterMessage sent;
    const WlRouterMessage *reply;

    set_known(&world, &from_leaf[i].before);
    wl_attachment_receive(harness->engine, world.leaf, &world.leaf->key, &message, FALSE);
    assert_known(&world, &from_leaf[i].after);
    g_assert_true(world.leaf->failover.said);
    g_assert_cmpint(world.leaf->failover.claim_due, ==, WL_NEVER);
    g_assert_cmpint(world.leaf->failover.call_due != WL_NEVER, ==, from_leaf[i].still_called);
    drain(harness);
    reply = find_sent(&world, LEAF, &sent);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->flags, ==, from_leaf[i].after.at == SELF ? WL_ROUTER_HOLDS : 0);
    g_assert_cmpuint(reply->epoch, ==, from_leaf[i].after.epoch);
    g_assert_true(wl_key_equal(&reply->router, &world.members[from_leaf[i].after.at]->key));
}

/* A member says nothing about another leaf, and nobody about a router. */
static void
test_foreign(void)
{
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known before = {SELF, NONE, 5};
    const WlRouterMessage message = {WL_ROUTER_VERSION, WL_ROUTER_HOLDS, 6,
                                     world.members[LOW]->key};

    set_known(&world, &before);
    wl_attachment_receive(harness->engine, peer_of(&world, LOW), &world.leaf->key, &message, FALSE);
    wl_attachment_receive(harness->engine, peer_of(&world, LOW), &world.members[HIGH]->key,
                          &message, TRUE);
    assert_known(&world, &before);
    g_assert_false(peer_of(&world, HIGH)->failover.attached);
}

/* ---- times ---------------------------------------------------------------------------------- */

/* Every second at first; from the tenth on twice the time, up to a minute. */
static void
test_next(void)
{
    static const struct {
        guint announcements, seconds;
    } times[] = {{0, 1}, {9, 1}, {10, 1}, {11, 2}, {12, 4}, {15, 32}, {16, 60}, {99, 60}};

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        g_assert_cmpint(wl_attachment_next(SEC(5), times[i].announcements), ==,
                        SEC(5 + times[i].seconds));
}

/* What the router does of itself in a turn. */
static const struct {
    const char *name;
    Known before;
    gboolean session;    /* with the leaf */
    gboolean sent_facts; /* the leaf did */
    gboolean low_fine;   /* the fellow that comes before this router answers */
    int claims_after;    /* s; -1: not at all */
    gboolean released;
} turns[] = {
    {"nothing happened", {NONE, NONE, 0}, TRUE, FALSE, TRUE, -1, FALSE},
    {"the leaf sent facts, and this router is the first",
     {NONE, NONE, 0},
     TRUE,
     TRUE,
     FALSE,
     2,
     FALSE},
    {"the leaf sent facts, and a fellow comes before",
     {NONE, NONE, 0},
     TRUE,
     TRUE,
     TRUE,
     12,
     FALSE},
    {"a fellow that comes before has it", {LOW, LOW, 5}, TRUE, TRUE, TRUE, -1, FALSE},
    {"a fellow that comes later has it", {HIGH, HIGH, 5}, TRUE, TRUE, FALSE, 2, FALSE},
    {"this router has it", {SELF, NONE, 5}, TRUE, TRUE, TRUE, -1, FALSE},
    {"the session ended", {SELF, NONE, 5}, FALSE, TRUE, TRUE, -1, TRUE},
};

static void
test_turn(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlPeerFailover *failover = &world.leaf->failover;
    WlRouterMessage sent;
    const WlRouterMessage *let_go;

    set_known(&world, &turns[i].before);
    failover->claim_due = failover->call_due = WL_NEVER;
    failover->claimed_next = harness->engine->now;
    failover->sent_facts = turns[i].sent_facts;
    world.leaf->liveness.healthy = turns[i].session;
    peer_of(&world, LOW)->failover.lost = !turns[i].low_fine;
    wl_attachment_run(harness->engine, world.leaf);
    g_assert_cmpint(failover->claim_due, ==,
                    turns[i].claims_after < 0 ? WL_NEVER
                                              : harness->engine->now + SEC(turns[i].claims_after));
    g_assert_false(failover->sent_facts);
    g_assert_cmpint(failover->attached, ==, turns[i].before.at != NONE && !turns[i].released);
    drain(harness);
    let_go = find_sent(&world, HIGH, &sent);
    if (turns[i].released) {
        g_assert_nonnull(let_go);
        g_assert_cmpuint(let_go->flags, ==, 0);
        g_assert_cmpuint(let_go->epoch, ==, turns[i].before.epoch);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(from_fellow); i++) {
        g_autofree char *name = g_strdup_printf("/attachment/fellow/%s", from_fellow[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_fellow);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(from_leaf); i++) {
        g_autofree char *name = g_strdup_printf("/attachment/leaf/%s", from_leaf[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_leaf);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autofree char *name = g_strdup_printf("/attachment/turn/%s", turns[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_turn);
    }
    g_test_add_func("/attachment/foreign", test_foreign);
    g_test_add_func("/attachment/next", test_next);
    return g_test_run();
}
