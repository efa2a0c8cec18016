/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Which router a leaf uses as clients see it, and the one that a user names. */

#include "harness.h"
#include "paths/wl-failover.h"

static const char *const endpoints[] = {"192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1"};

/* A leaf with the routers 1 to 3, in this order. */
static Harness *
leaf_new(guint n)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= n; i++) {
        harness_make_native(harness_member(harness, i));
        harness_add(config, harness_member(harness, i), endpoints[i - 1], "10.77.0.0/24")->name =
            g_strdup_printf("hub%u", i);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness->engine->now += SEC(20000); /* long after the start */
    return harness;
}

/* Each router: '+': it answers for an hour, '1': for a second, '-': it does not. */
static void
set_answers(Harness *harness, const char *answers)
{
    WlEngine *engine = harness->engine;

    for (guint i = 0; answers[i]; i++) {
        WlPeer *router = wl_peer_table_find(&engine->peers, &harness_member(harness, i + 1)->key);
        gboolean lost = answers[i] == '-';

        router->failover.lost = lost;
        router->failover.asked = router->failover.watched_since = engine->now;
        router->failover.fine_since =
            lost ? WL_NEVER : engine->now - (answers[i] == '1' ? SEC(1) : SEC(3600));
        router->failover.unanswered = 0;
        router->liveness.healthy = TRUE;
        router->liveness.last_heard = lost ? engine->now - SEC(99) : engine->now;
        router->device.snapshot = engine->now;
        router->device.handshake = router->traffic.rx_seen = WL_LONG_AGO;
        router->traffic.flow_until = engine->now;
    }
    for (guint i = 0; answers[i]; i++)
        wl_failover_run(engine,
                        wl_peer_table_find(&engine->peers, &harness_member(harness, i + 1)->key));
}

/* "2 others-silent": the one that is used, and why. */
static void
assert_used(Harness *harness, const char *expected)
{
    g_autoptr(GArray) members = NULL;
    g_autofree char *found = NULL;
    WlRouterSetView view;
    guint used = 0;

    wl_engine_get_routers(harness->engine, &view);
    members = view.members;
    for (guint i = 0; i < members->len; i++) {
        g_assert_true(
            wl_key_equal(&g_array_index(members, WlKey, i), &harness_member(harness, i + 1)->key));
        if (view.chosen && wl_key_equal(&view.current, &harness_member(harness, i + 1)->key))
            used = i + 1;
    }
    g_assert_cmpint(
        view.since, ==,
        harness->engine->routers.chosen == WL_LONG_AGO ? -1 : harness->engine->routers.chosen);
    found = g_strdup_printf("%u %s", used, wl_router_reason_to_string(view.reason));
    g_assert_cmpstr(found, ==, expected);
}

/* @number: 0: the order of the profile. */
static void
prefer(Harness *harness, guint number, const char *failure)
{
    const WlKey *key = number > 0 ? &harness_member(harness, number)->key : NULL;
    g_autoptr(GError) error = NULL;
    gboolean done = wl_failover_prefer(harness->engine, key, &error);

    g_assert_cmpint(done, ==, failure == NULL);
    g_assert_cmpstr(error ? error->message : NULL, ==, failure);
}

static void
test_order(void)
{
    g_autoptr(Harness) harness = leaf_new(3), one = leaf_new(1);

    assert_used(harness, "1 first");
    set_answers(harness, "+++");
    assert_used(harness, "1 first");
    set_answers(harness, "-++");
    assert_used(harness, "2 others-silent");
    set_answers(harness, "1++");
    assert_used(harness, "2 returns");
    set_answers(harness, "--+");
    assert_used(harness, "3 others-silent");
    set_answers(harness, "---");
    assert_used(harness, "3 others-silent");
    harness->engine->now += SEC(10000);
    set_answers(harness, "+++");
    assert_used(harness, "1 first");
    set_answers(one, "+");
    assert_used(one, "1 ");
}

static void
test_preferred(void)
{
    g_autoptr(Harness) harness = leaf_new(3);
    guint32 epoch;

    set_answers(harness, "+++");
    epoch = harness->engine->routers.epoch;
    prefer(harness, 3, NULL);
    assert_used(harness, "3 preferred");
    g_assert_cmpuint(harness->engine->routers.epoch, ==, epoch + 1);
    prefer(harness, 3, NULL); /* it is */
    g_assert_cmpuint(harness->engine->routers.epoch, ==, epoch + 1);
    set_answers(harness, "+++");
    assert_used(harness, "3 preferred");
    prefer(harness, 2, NULL);
    set_answers(harness, "+++");
    assert_used(harness, "2 preferred");
    prefer(harness, 0, NULL);
    assert_used(harness, "2 returns");
    set_answers(harness, "+++");
    assert_used(harness, "1 first");
}

/* The one that was named ceases to answer, and comes back. */
static void
test_preferred_fails(void)
{
    g_autoptr(Harness) harness = leaf_new(3);

    set_answers(harness, "+++");
    prefer(harness, 3, NULL);
    set_answers(harness, "++-");
    assert_used(harness, "1 others-silent");
    set_answers(harness, "++1");
    assert_used(harness, "1 returns");
    harness->engine->now += SEC(10000);
    set_answers(harness, "+++");
    assert_used(harness, "3 preferred");
}

static void
test_refused(void)
{
    g_autoptr(Harness) harness = leaf_new(2), one = leaf_new(1);
    g_autoptr(GError) error = NULL;

    set_answers(harness, "+-");
    prefer(harness, 2, "hub2 does not answer");
    prefer(harness, 3, "this peer is not one of the routers of the profile");
    assert_used(harness, "1 first");
    set_answers(one, "+");
    prefer(one, 1, "the profile does not have several routers to choose from");
    prefer(one, 0, "the profile does not have several routers to choose from");
    g_assert_false(wl_engine_use_router(one->engine, one->engine->now, NULL, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_true(wl_engine_use_router(harness->engine, harness->engine->now, NULL, &error));
    g_assert_no_error(error);
}

/* The profile no longer has the one that was named, or it leaves. */
static void
test_gone(void)
{
    g_autoptr(Harness) harness = leaf_new(3);
    WlEngine *engine = harness->engine;
    WlPeer *third = wl_peer_table_find(&engine->peers, &harness_member(harness, 3)->key);

    set_answers(harness, "+++");
    prefer(harness, 3, NULL);
    wl_failover_drop(engine, third);
    g_assert_null(engine->routers.preferred);
    g_ptr_array_add(engine->routers.members, third);
    prefer(harness, 3, NULL);
    g_ptr_array_remove_index(engine->config->peers, 2);
    g_assert_true(wl_router_set_update(&engine->routers, engine->config, &engine->peers, FALSE));
    g_assert_null(engine->routers.preferred);
    g_assert_cmpuint(engine->routers.members->len, ==, 2);
}

static void
test_attached(void)
{
    g_autoptr(Harness) harness = leaf_new(2);
    WlEngine *engine = harness->engine;
    const WlKey *first = &harness_member(harness, 1)->key;
    WlKey router;

    g_assert_false(wl_engine_get_attached(engine, first, &router));
    g_assert_false(wl_engine_get_attached(engine, &harness_member(harness, 5)->key, &router));
    wl_peer_table_find(&engine->peers, first)->failover.holder =
        wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);
    g_assert_true(wl_engine_get_attached(engine, first, &router));
    g_assert_true(wl_key_equal(&router, &harness_member(harness, 2)->key));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/router-view/order", test_order);
    g_test_add_func("/router-view/preferred", test_preferred);
    g_test_add_func("/router-view/preferred one fails", test_preferred_fails);
    g_test_add_func("/router-view/refused", test_refused);
    g_test_add_func("/router-view/gone", test_gone);
    g_test_add_func("/router-view/attached", test_attached);
    return g_test_run();
}
