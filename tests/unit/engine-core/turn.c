/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The turn: what one event changes is done in one turn, once, and when the engine is called next.
 */
#include "harness.h"
#include "paths/wl-reconcile.h"
#include "state/wl-engine-state.h"
#include "timeline.h"
#include "wl-fact-codec.h"

/* A leaf at rest, with a session with the hub. */
static Harness *
leaf_new(void)
{
    Harness *harness = harness_leaf_new();

    timeline_steady(harness);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(20));
    harness_clear(harness);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

static void
advance(Harness *harness, gint64 duration)
{
    harness->now += duration;
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
}

/* A time for which an input asked wakes the engine, and is over then. */
static void
test_wakes_once(void)
{
    g_autoptr(Harness) harness = leaf_new();
    gint64 before, when = harness->now + MS(7);

    advance(harness, 0);
    before = wl_engine_get_deadline(harness->engine);
    g_assert_cmpint(before, >, when);
    wl_scheduler_wake_peer_at(&harness->engine->scheduler, peer_of(harness, 1), when);
    advance(harness, 0);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, when);
    advance(harness, MS(7));
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, before);
}

static void
add_member_facts(Harness *harness, GArray *facts, guint number)
{
    const WlKey *key = &harness_member(harness, number)->key;
    g_autofree char *text = g_strdup_printf("10.78.0.%u/32", number);
    g_autoptr(WlMetadata) metadata = wl_metadata_new(text, 0);
    WlPrefix prefix = harness_prefix(text);
    WlFact fact;

    wl_fact_init_metadata(&fact, key, metadata, harness->now + SEC(255));
    g_array_append_val(facts, fact);
    wl_fact_init_allowed(&fact, key, &prefix, harness->now + SEC(255));
    g_array_append_val(facts, fact);
}

/* A leaf with a session with the hub, in a network of more than its own subnet. */
static Harness *
wide_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPrefix network = harness_prefix("10.76.0.0/14");

    g_array_append_val(config->networks, network);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(20));
    harness_clear(harness);
    return harness;
}

/* New members are added to the device once; their names are known then and their prefixes routed.
 */
static void
test_members_at_once(void)
{
    g_autoptr(Harness) harness = wide_new();
    g_autoptr(GArray) facts = wl_fact_array_new();

    add_member_facts(harness, facts, 3);
    add_member_facts(harness, facts, 4);
    harness_datagram(harness, harness_member(harness, 1), facts);
    for (guint i = 3; i <= 4; i++) {
        const HarnessMember *member = harness_member(harness, i);
        g_autofree char *text = g_strdup_printf("10.78.0.%u/32", i);

        g_assert_cmpuint(harness_changes(harness, member, WL_PEER_ADD), ==, 1);
        g_assert_cmpuint(harness_changes(harness, member, WL_PEER_UPDATE), ==, 0);
        g_assert_true(harness_has_route(harness, text));
        g_assert_cmpstr(harness_view(harness, member)->name, ==, text);
    }
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 1);
}

/* A snapshot that does not arrive is requested again, and nothing else meanwhile. */
static void
test_lost_snapshot(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness->no_device = TRUE;
    wl_engine_request_snapshot(harness->engine);
    advance(harness, 0);
    wl_engine_request_snapshot(harness->engine);
    advance(harness, SEC(1) - 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 1);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, harness->now + 1);
    advance(harness, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 2);
    harness->no_device = FALSE;
    harness_snapshot(harness);
    harness_drain(harness);
    harness_clear(harness);
    advance(harness, SEC(2));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 0);
}

/* The dumps of more than a hundred peers are 100 us apart for each of the others. */
static void
test_spaced_snapshots(void)
{
    for (guint n = 100; n <= 101; n++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
        gint64 spacing = n == 100 ? 0 : 100;

        for (guint i = 1; i <= n; i++)
            harness_add(config, harness_member(harness, i), NULL, NULL);
        harness_start(harness, config);
        harness_run(harness, SEC(1));
        harness_clear(harness);
        harness_snapshot(harness);
        harness_drain(harness);
        wl_engine_request_snapshot(harness->engine);
        advance(harness, 0);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, spacing == 0);
        if (spacing == 0)
            continue;
        g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, harness->now + spacing);
        advance(harness, spacing);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), ==, 1);
    }
}

/* Changes of the device come before the datagrams that depend on them, and the snapshot that shows
 * both at the end. */
static void
test_order(void)
{
    g_autoptr(Harness) harness = leaf_new();
    guint changes = 0, sends = 0, snapshots = 0;
    WlOutput *output;

    harness_make_native(harness_member(harness, 1));
    harness_alive(harness, harness_member(harness, 1));
    harness_run(harness, SEC(5));
    wl_reconcile_request_settings(peer_of(harness, 2));
    wl_scheduler_schedule(&harness->engine->scheduler, peer_of(harness, 2));
    wl_engine_resumed(harness->engine, harness->now);
    while ((output = wl_engine_next_output(harness->engine))) {
        if (output->kind == WL_OUTPUT_CHANGE_PEER) {
            g_assert_cmpuint(sends + snapshots, ==, 0);
            changes++;
        } else if (output->kind == WL_OUTPUT_SEND) {
            g_assert_cmpuint(snapshots, ==, 0);
            sends++;
        } else if (output->kind == WL_OUTPUT_READ_DEVICE) {
            snapshots++;
        }
        wl_output_free(output);
    }
    g_assert_cmpuint(changes, ==, 1);
    g_assert_cmpuint(sends, ==, 1);
    g_assert_cmpuint(snapshots, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn/a requested time wakes the engine once", test_wakes_once);
    g_test_add_func("/turn/new members and their prefixes are one change", test_members_at_once);
    g_test_add_func("/turn/a lost snapshot is requested again", test_lost_snapshot);
    g_test_add_func("/turn/snapshots of many peers are apart", test_spaced_snapshots);
    g_test_add_func("/turn/the order of the outputs", test_order);
    return g_test_run();
}
