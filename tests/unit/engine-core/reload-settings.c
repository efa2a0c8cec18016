/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reload of a changed profile by a running engine: settings, names, networks and allowed IPs,
 * and whether the boot id changes with them. */

#include <string.h>

#include "reload.h"
#include "state/wl-timing.h"

static void
test_nothing(void)
{
    g_autoptr(Harness) harness = harness_new();
    guint64 steps;

    reload_start(harness);
    wl_engine_advance_time(harness->engine,
                           harness->now); /* pending work that is not urgent is done with it */
    harness_drain(harness);
    steps = wl_engine_get_work(harness->engine);
    harness_change(harness, reload_profile(harness));
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_cmpuint(wl_engine_get_work(harness->engine), ==, steps);
}

static WlBootId
told_boot_id(Harness *harness, const HarnessMember *member)
{
    g_autoptr(GArray) sent = harness_sent(harness, member);
    WlBootId id = {0};

    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        if (fact->attribute == WL_ATTRIBUTE_ALIVE)
            id = fact->value.boot_id;
    }
    return id;
}

/* A new peer may have been a peer before and assume that we still have its facts, so its addition
 * changes the boot id. A removal does not. */
static void
test_boot_id(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlEngineConfig *config;
    WlBootId before, after;

    reload_start(harness);
    harness_live(harness, SEC(100), 1, 2);
    before = told_boot_id(harness, hub);
    config = reload_profile(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    harness_live(harness, SEC(50), 1, 1);
    after = told_boot_id(harness, hub);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
    harness_change(harness, reload_profile(harness));
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
}

static void
test_settings(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    config = reload_profile(harness);
    reload_peer_of(config, 0)->keepalive = 25;
    harness_change(harness, config);
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 1);
    g_assert_cmpint(reload_last_change(harness, hub)->kind, ==, WL_PEER_UPDATE);
    g_assert_false(reload_last_change(harness, hub)->replace_allowed_ips);
    g_assert_cmpint(wl_device_find(harness->device, &hub->key)->keepalive, ==, 25);
    g_assert_cmpuint(reload_all_changes(harness, desktop), ==, 0);

    /* a change that the link refused is requested again */
    config = reload_profile(harness);
    reload_peer_of(config, 1)->preshared_key.bytes[0] = 8;
    harness_change(harness, config);
    g_assert_true(reload_last_change(harness, desktop)->replace_settings);
    harness_clear(harness);
    wl_engine_peer_change_failed(harness->engine, harness->now, &desktop->key);
    harness_drain(harness);
    harness_run(harness, SEC(2));
    g_assert_true(reload_last_change(harness, desktop)->replace_settings);
    g_assert_true(reload_last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpint(reload_last_change(harness, desktop)->preshared_key.bytes[0], ==, 8);
    harness_clear(harness);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(reload_all_changes(harness, desktop), ==, 0);
}

static void
test_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    harness_advertise_member(harness, harness_member(harness, 1), desktop, "desk", 255);
    config = reload_profile(harness);
    config->name = g_strdup("desk");
    harness_change(harness, config);
    g_assert_true(g_str_has_prefix(harness_view(harness, desktop)->name, "desk ("));
    config = reload_profile(harness);
    config->name = g_strdup("laptop");
    harness_change(harness, config);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    config = reload_profile(harness);
    reload_peer_of(config, 1)->name = g_strdup("attic");
    harness_change(harness, config);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "attic");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_CHANGED), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 0);
}

static void
test_networks(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPrefix network;

    reload_start(harness);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.0/24", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    config = reload_profile(harness);
    network = harness_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    harness_change(harness, config);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    harness_change(harness, reload_profile(harness));
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    g_assert_false(harness_has_route(harness, "172.30.1.0/24"));
}

static void
test_allowed_ips(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPrefix prefix;

    reload_start(harness);
    /* moved between peers: the routes do not change */
    config = reload_profile(harness);
    prefix = harness_prefix("192.168.50.7/32");
    g_array_set_size(reload_peer_of(config, 1)->allowed_ips, 1);
    harness_add(config, harness_member(harness, 3), NULL, NULL);
    g_array_append_val(reload_peer_of(config, 2)->allowed_ips, prefix);
    harness_change(harness, config);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_false(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 3), "192.168.50.7/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);

    /* and back, regardless of the order of the two */
    harness_change(harness, reload_within(reload_profile(harness), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_true(harness_has_allowed(harness, desktop, "192.168.50.7/32"));

    /* no fact may claim a prefix of the profile; one that has left the profile can be claimed again
     */
    harness_advertise_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32", 255);
    harness_advertise_member(harness, hub, harness_member(harness, 3), NULL, 255);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_ACCEPTED);
    config = reload_within(reload_profile(harness), "10.77.0.0/24,192.168.50.7/32");
    prefix = harness_prefix("10.77.0.9/32");
    g_array_append_val(reload_peer_of(config, 1)->allowed_ips, prefix);
    harness_change(harness, config);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_CONFIGURED);
    harness_change(harness, reload_within(reload_profile(harness), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_ACCEPTED);
}

/* Allowed IPs that change in every entry of a profile without a router. */
static void
test_allowed_ips_of_all(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *one = harness_member(harness, 1), *two = harness_member(harness, 2);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, one, NULL, "10.77.0.3/32,192.168.50.7/32");
    harness_add(config, two, NULL, "10.77.0.4/32,192.168.50.8/32");
    harness_start(harness, config);
    config = harness_config(harness, WL_ROLE_AUTOMATIC);
    harness_add(config, one, NULL, "10.77.0.5/32,192.168.50.7/32");
    harness_add(config, two, NULL, "10.77.0.6/32,192.168.50.8/32");
    harness_change(harness, config);
    g_assert_true(harness_has_allowed(harness, one, "10.77.0.5/32"));
    g_assert_false(harness_has_allowed(harness, one, "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, two, "10.77.0.6/32"));
    g_assert_false(harness_has_allowed(harness, two, "10.77.0.4/32"));
}

/* Of two entries with one address the first has it; a reload that only swaps them moves it. */
static void
test_order_of_entries(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *members[] = {harness_member(harness, 1), harness_member(harness, 2)};

    for (guint turn = 0; turn < 3; turn++) {
        HarnessMember *first = members[turn % 2], *second = members[1 - turn % 2];
        WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

        harness_add(config, first, NULL, "10.77.0.4/32");
        harness_add(config, second, NULL, "10.77.0.4/32");
        if (turn == 0)
            harness_start(harness, config);
        else
            harness_change(harness, config);
        g_assert_true(harness_has_allowed(harness, first, "10.77.0.4/32"));
        g_assert_false(harness_has_allowed(harness, second, "10.77.0.4/32"));
    }
}

/* Adds member 3 to the profile, which makes a new boot id due. */
static void
add_stranger(Harness *harness)
{
    WlEngineConfig *config = reload_profile(harness);

    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_change(harness, config);
}

/* The first boot id also lasts for the shortest interval between two changes. */
static void
test_first_boot_id(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    gint64 created = harness->now;
    WlBootId before, after;

    reload_start(harness);
    before = told_boot_id(harness, hub);
    g_assert_cmpint(before.bytes[0], !=, 0);
    add_stranger(harness);
    harness_alive(harness, hub);
    harness_run(harness, created + WL_BOOT_ID_INTERVAL - MS(1) - harness->now);
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
    harness_clear(harness);
    harness_run(harness, MS(1));
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
}

/* A boot id that changed for another reason while a change was due does not change again. */
static void
test_boot_id_changed_meanwhile(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlBootId before, after;

    reload_start(harness);
    add_stranger(harness);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    before = told_boot_id(harness, hub);
    g_assert_cmpint(before.bytes[0], !=, 0);
    harness_clear(harness);
    harness_live(harness, SEC(150), 1, 2);
    after = told_boot_id(harness, hub);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reload-settings/nothing", test_nothing);
    g_test_add_func("/reload-settings/boot-id", test_boot_id);
    g_test_add_func("/reload-settings/settings", test_settings);
    g_test_add_func("/reload-settings/names", test_names);
    g_test_add_func("/reload-settings/networks", test_networks);
    g_test_add_func("/reload-settings/allowed-ips", test_allowed_ips);
    g_test_add_func("/reload-settings/allowed-ips-of-all-entries", test_allowed_ips_of_all);
    g_test_add_func("/reload-settings/order-of-entries", test_order_of_entries);
    g_test_add_func("/reload-settings/first-boot-id", test_first_boot_id);
    g_test_add_func("/reload-settings/boot-id-changed-meanwhile", test_boot_id_changed_meanwhile);
    return g_test_run();
}
