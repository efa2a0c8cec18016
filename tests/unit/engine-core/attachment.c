/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a router with fellows learns about a leaf from each message, one row each. */
#include "fellows.h"
#include "paths/wl-announcement.h"

/* A leaf with another router or epoch is announced anew; one that is elsewhere is not claimed for a
 * minute. */
static void
assert_attached(const Fellows *world, const Known *before, const Known *after)
{
    const WlPeerFailover *failover = &world->leaf->failover;
    const gint64 now = world->harness->engine->now;

    if (before->at == after->at && before->epoch == after->epoch)
        return;
    g_assert_cmpuint(failover->announcements, ==, 0);
    g_assert_cmpint(failover->announce_due, ==, now);
    g_assert_cmpint(failover->claim_due, ==, WL_NEVER);
    g_assert_cmpint(failover->call_due, ==, WL_NEVER);
    g_assert_true(world->leaf->turn.scheduled);
    if (after->at != SELF)
        g_assert_cmpint(failover->claimed_next, ==, now + SEC(60));
}

/* The link refuses changes of all, which wait for their next try. */
#define REFUSED 77

static void
refuse_changes(const Fellows *world)
{
    world->leaf->reconcile.retry = REFUSED;
    for (Who who = LOW; who <= HIGH; who++)
        fellows_peer(world, who)->reconcile.retry = REFUSED;
}

/* What follows for the device and for a Go daemon as the leaf, if another fellow has it. */
static void
assert_holder_applied(const Fellows *world, Who before, Who after)
{
    const gboolean changed = before != after;

    for (Who who = LOW; who <= HIGH; who++) {
        if (changed && (who == before || who == after))
            g_assert_true(fellows_peer(world, who)->turn.scheduled);
        /* It loses the prefixes, even if the link refused a change of it. */
        g_assert_cmpint(fellows_peer(world, who)->reconcile.retry == REFUSED, ==,
                        !changed || who != before);
    }
    if (changed)
        g_assert_true(world->leaf->turn.scheduled);
    g_assert_cmpint(world->leaf->reconcile.retry == REFUSED, ==, !changed);
    g_assert_cmpuint(world->leaf->advertise.position, ==, changed ? 0 : 99);
    g_assert_cmpint(world->harness->engine->subscribers.pending, ==, changed);
}

/* ---- from a fellow */

/* clang-format off */
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
     {NONE, NONE, 0}, LOW, WL_ROUTER_HOLDS, 5, LOW, {LOW, LOW, 5}, TRUE, TRUE, FALSE},
    {"it holds it newly",
     {SELF, NONE, 5}, HIGH, WL_ROUTER_HOLDS, 6, HIGH, {HIGH, HIGH, 6}, TRUE, TRUE, FALSE},
    {"it held it before",
     {SELF, NONE, 5}, LOW, WL_ROUTER_HOLDS, 4, LOW, {SELF, NONE, 5}, FALSE, TRUE, FALSE},
    {"the smaller key has it if both took it",
     {SELF, NONE, 5}, LOW, WL_ROUTER_HOLDS, 5, LOW, {LOW, LOW, 5}, TRUE, TRUE, FALSE},
    {"the greater key does not",
     {SELF, NONE, 5}, HIGH, WL_ROUTER_HOLDS, 5, HIGH, {SELF, NONE, 5}, FALSE, TRUE, FALSE},
    {"it holds a leaf that left this one",
     {NONE, NONE, 5}, LOW, WL_ROUTER_HOLDS, 4, LOW, {LOW, LOW, 4}, TRUE, TRUE, FALSE},
    {"it has it from another fellow",
     {LOW, LOW, 5}, HIGH, WL_ROUTER_HOLDS, 6, HIGH, {HIGH, HIGH, 6}, TRUE, TRUE, FALSE},
    {"it says so again",
     {LOW, LOW, 5}, LOW, WL_ROUTER_HOLDS, 5, LOW, {LOW, LOW, 5}, TRUE, TRUE, FALSE},
    {"it speaks for another one",
     {SELF, NONE, 5}, LOW, WL_ROUTER_HOLDS, 6, HIGH, {SELF, NONE, 5}, FALSE, FALSE, FALSE},
    {"it lets go", {LOW, LOW, 5}, LOW, 0, 5, LOW, {LOW, NONE, 5}, FALSE, FALSE, FALSE},
    {"it lets go of what it took since",
     {LOW, LOW, 5}, LOW, 0, 6, LOW, {LOW, NONE, 5}, FALSE, FALSE, FALSE},
    {"it let go before it took it",
     {LOW, LOW, 5}, LOW, 0, 4, LOW, {LOW, LOW, 5}, FALSE, FALSE, FALSE},
    {"it lets go of what another one holds",
     {LOW, LOW, 5}, HIGH, 0, 9, HIGH, {LOW, LOW, 5}, FALSE, FALSE, FALSE},
    {"it knows that this one holds it",
     {SELF, NONE, 5}, LOW, 0, 5, SELF, {SELF, NONE, 5}, FALSE, FALSE, TRUE},
    {"it knows that this one held it",
     {SELF, NONE, 5}, LOW, 0, 4, SELF, {SELF, NONE, 5}, FALSE, FALSE, FALSE},
    {"it thinks that this one holds it",
     {HIGH, HIGH, 5}, LOW, 0, 5, SELF, {HIGH, HIGH, 5}, FALSE, FALSE, FALSE},
};
/* clang-format on */

static void
test_fellow(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const WlRouterMessage message = {WL_ROUTER_VERSION, from_fellow[i].flags, from_fellow[i].epoch,
                                     world.members[from_fellow[i].router]->key};
    WlRouterMessage sent;
    const WlRouterMessage *reply;

    fellows_set_known(&world, &from_fellow[i].before);
    refuse_changes(&world);
    wl_attachment_receive(harness->engine, fellows_peer(&world, from_fellow[i].from),
                          &world.leaf->key, &message, TRUE);
    fellows_assert_known(&world, &from_fellow[i].after);
    assert_attached(&world, &from_fellow[i].before, &from_fellow[i].after);
    assert_holder_applied(&world, from_fellow[i].before.holder, from_fellow[i].after.holder);
    g_assert_cmpint(world.leaf->failover.announce_due == harness->engine->now, ==,
                    from_fellow[i].tells);
    if (from_fellow[i].tells)
        g_assert_true(world.leaf->turn.scheduled);
    g_assert_cmpuint(world.leaf->failover.answered, ==,
                     from_fellow[i].answered ? fellows_bit(&world, from_fellow[i].from) : 0);
    fellows_drain(harness);
    reply = fellows_find_sent(&world, from_fellow[i].from, &sent);
    g_assert_cmpint(reply != NULL, ==, from_fellow[i].replies);
    if (reply) {
        g_assert_cmpuint(reply->flags, ==, 0);
        g_assert_cmpuint(reply->epoch, ==, from_fellow[i].epoch);
        g_assert_true(wl_key_equal(&reply->router, &message.router));
    }
}

/* ---- from the leaf */

/* clang-format off */
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
    {"it left this one, and begins anew", {NONE, NONE, 5}, 1, LOW, {LOW, NONE, 1}, FALSE},
    {"it goes from a fellow to another one", {LOW, LOW, 5}, 6, HIGH, {HIGH, LOW, 6}, FALSE},
    {"the greater key does not", {SELF, NONE, 5}, 5, HIGH, {SELF, NONE, 5}, FALSE},
};
/* clang-format on */

static void
test_leaf(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const WlRouterMessage message = {WL_ROUTER_VERSION, 0, from_leaf[i].epoch,
                                     world.members[from_leaf[i].router]->key};
    WlRouterMessage sent;
    const WlRouterMessage *reply;

    fellows_set_known(&world, &from_leaf[i].before);
    refuse_changes(&world);
    wl_attachment_receive(harness->engine, world.leaf, &world.leaf->key, &message, FALSE);
    fellows_assert_known(&world, &from_leaf[i].after);
    assert_attached(&world, &from_leaf[i].before, &from_leaf[i].after);
    assert_holder_applied(&world, from_leaf[i].before.holder, from_leaf[i].after.holder);
    g_assert_true(world.leaf->failover.said);
    g_assert_cmpint(world.leaf->failover.claim_due, ==, WL_NEVER);
    g_assert_cmpint(world.leaf->failover.call_due != WL_NEVER, ==, from_leaf[i].still_called);
    fellows_drain(harness);
    reply = fellows_find_sent(&world, LEAF, &sent);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->flags, ==, from_leaf[i].after.at == SELF ? WL_ROUTER_HOLDS : 0);
    g_assert_cmpuint(reply->epoch, ==, from_leaf[i].after.epoch);
    g_assert_true(wl_key_equal(&reply->router, &world.members[from_leaf[i].after.at]->key));
}

/* A fellow that knew the choice and lost it is told again; the other one is not. */
static void
test_fellow_forgot(void)
{
    for (Who who = LOW; who <= HIGH; who++) {
        Fellows world;

        fellows_init(&world);
        g_autoptr(Harness) harness = world.harness;
        const Known before = {SELF, NONE, 5};
        const WlRouterMessage message = {WL_ROUTER_VERSION, WL_ROUTER_HOLDS, 4,
                                         world.members[who]->key};

        fellows_set_known(&world, &before);
        world.leaf->failover.answered = fellows_bit(&world, LOW) | fellows_bit(&world, HIGH);
        wl_attachment_receive(harness->engine, fellows_peer(&world, who), &world.leaf->key,
                              &message, TRUE);
        g_assert_cmpuint(world.leaf->failover.answered, ==,
                         fellows_bit(&world, who == LOW ? HIGH : LOW));
    }
}

/* A newer choice is unknown to all fellows. */
static void
test_answered_before(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known before = {SELF, NONE, 5};
    const WlRouterMessage message = {WL_ROUTER_VERSION, 0, 6, world.members[SELF]->key};

    fellows_set_known(&world, &before);
    world.leaf->failover.answered = fellows_bit(&world, LOW) | fellows_bit(&world, HIGH);
    wl_attachment_receive(harness->engine, world.leaf, &world.leaf->key, &message, FALSE);
    g_assert_cmpuint(world.leaf->failover.answered, ==, 0);
}

/* A member says nothing about another leaf, and nobody about a router. */
static void
test_foreign(void)
{
    Fellows world;

    fellows_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const Known before = {SELF, NONE, 5};
    const WlRouterMessage message = {WL_ROUTER_VERSION, WL_ROUTER_HOLDS, 6,
                                     world.members[LOW]->key};

    fellows_set_known(&world, &before);
    wl_attachment_receive(harness->engine, fellows_peer(&world, LOW), &world.leaf->key, &message,
                          FALSE);
    wl_attachment_receive(harness->engine, fellows_peer(&world, LOW), &world.members[HIGH]->key,
                          &message, TRUE);
    wl_attachment_receive(harness->engine, fellows_peer(&world, LOW),
                          &harness_member(harness, 99)->key, &message, TRUE);
    fellows_assert_known(&world, &before);
    g_assert_false(fellows_peer(&world, HIGH)->failover.attached);
    fellows_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
}

/* ---- times */

/* Every second at first; from the tenth on twice the time, up to a minute. */
static void
test_next(void)
{
    static const struct {
        guint announcements, seconds;
    } times[] = {{0, 1}, {9, 1}, {10, 1}, {11, 2}, {12, 4}, {15, 32}, {16, 60}, {99, 60}};

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        g_assert_cmpint(wl_announcement_next(SEC(5), times[i].announcements), ==,
                        SEC(5 + times[i].seconds));
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
    g_test_add_func("/attachment/foreign", test_foreign);
    g_test_add_func("/attachment/a fellow that forgot", test_fellow_forgot);
    g_test_add_func("/attachment/a newer choice", test_answered_before);
    g_test_add_func("/attachment/next", test_next);
    return g_test_run();
}
