/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reload of a changed profile by a running engine: which peers the profile has: added, removed,
 * in conflict with each other. */

#include <string.h>

#include "facts/wl-fact-evaluate.h"
#include "reload.h"
#include "state/wl-engine-state.h"

static void
test_added(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);
    WlEngineConfig *config;
    gint64 handshake;

    reload_start(harness);
    handshake = harness_view(harness, hub)->last_handshake;
    config = reload_profile(harness);
    harness_add(config, stranger, "198.51.100.4:51820", "10.77.0.4/32,192.168.60.7/32")->keepalive =
        25;
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(reload_last_change(harness, stranger)->keepalive, ==, 25);
    g_assert_true(harness_has_allowed(harness, stranger, "192.168.60.7/32"));
    g_assert_false(harness_has_allowed(harness, stranger, "10.77.0.4/32"));
    g_assert_true(harness_has_route(harness, "192.168.60.7/32"));
    g_assert_cmpint(harness_view(harness, stranger)->state, ==, WL_PEER_CONNECTING);
    g_assert_true(harness_view(harness, stranger)->configured);

    /* the other peers are not affected */
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);
    g_assert_cmpuint(reload_all_changes(harness, harness_member(harness, 2)), ==, 0);
    g_assert_cmpint(harness_view(harness, hub)->last_handshake, ==, handshake);
    g_assert_true(harness_view(harness, hub)->healthy);
}

static void
test_removed(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPeerView view;

    reload_start(harness);
    g_assert_true(harness_has_route(harness, "192.168.50.7/32"));
    config = reload_profile(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_REMOVED), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 1);
    g_assert_false(harness_has_route(harness, "192.168.50.7/32"));
    g_assert_false(wl_engine_get_peer(harness->engine, &desktop->key, &view));
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);
    /* and no facts about it are advertised any more */
    harness_clear(harness);
    harness_live(harness, SEC(300), 1, 1);
    g_assert_false(harness_sent_allowed(harness, hub, &desktop->key, "10.77.0.3/32"));

    /* it returns: a new boot id requests all of its facts again */
    harness_change(harness, reload_profile(harness));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);
    g_assert_true(reload_last_change(harness, desktop)->has_preshared_key);
    g_assert_true(harness_has_route(harness, "192.168.50.7/32"));
}

/* A peer that an accepted fact still names stays as a learned member, without the settings of the
 * profile. */
static void
test_removed_but_named(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    harness_advertise_member(harness, hub, desktop, "desk", 255);
    harness_advertise_allowed(harness, hub, desktop, "10.77.0.3/32", 255);
    config = reload_profile(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_REMOVE), ==, 0);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_false(harness_view(harness, desktop)->configured);
    g_assert_true(harness_view(harness, desktop)->healthy);
    g_assert_false(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_false(harness_has_route(harness, "192.168.50.7/32"));
    g_assert_true(reload_last_change(harness, desktop)->replace_settings);
    g_assert_false(reload_last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    /* and back */
    harness_change(harness, reload_profile(harness));
    g_assert_true(harness_view(harness, desktop)->configured);
    g_assert_true(reload_last_change(harness, desktop)->has_preshared_key);
    g_assert_true(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    /* it stays when the hub no longer names it, because the profile does */
    harness_live(harness, SEC(600), 1, 1);
    g_assert_true(harness_view(harness, desktop)->configured);
}

/* A prefix that a fact gave to a member is evaluated again when the profile gives a part of it to
 * another one, and when it no longer does. */
static void
test_part_of_claimed(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);

    reload_start(harness);
    harness_advertise_member(harness, hub, stranger, NULL, 255);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.64/26", 255);
    for (guint i = 0; i < 2; i++) {
        WlEngineConfig *config = reload_profile(harness);

        g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.64/26"), ==,
                        WL_VERDICT_ACCEPTED);
        harness_add(config, harness_member(harness, 4), NULL, "10.77.0.70/32");
        harness_change(harness, config);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.64/26"), ==,
                        WL_VERDICT_CONFIGURED);
        /* the part becomes one of the stranger itself */
        config = reload_profile(harness);
        harness_add(config, stranger, NULL, "10.77.0.70/32");
        harness_change(harness, config);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.64/26"), ==,
                        WL_VERDICT_ACCEPTED);
        harness_change(harness, reload_profile(harness));
    }
}

/* Members whose facts gave way to others, for instance in a full table, are orphaned. They are kept
 * while no source is authoritative, and one that gets into the profile stays for good. */
static void
test_orphan_configured(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);
    WlEngineConfig *config;

    reload_start(harness);
    harness_live(harness, SEC(300), 1, 2);
    for (guint i = 3; i <= 5; i++)
        harness_advertise_member(harness, hub, harness_member(harness, i), NULL, 255);
    harness_run(harness, SEC(260)); /* the hub is silent, so its facts are kept */
    g_assert_cmpuint(harness_n_peers(harness), ==, 5);
    g_assert_cmpuint(harness->engine->membership.orphaned->len, ==, 0);
    wl_fact_evaluate_drop_source(harness->engine, &hub->key);
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness_n_peers(harness), ==, 5);
    g_assert_cmpuint(harness->engine->membership.orphaned->len, ==, 3);
    config = reload_profile(harness);
    config->chatty = TRUE;
    harness_change(harness, config);
    g_assert_cmpuint(harness_n_peers(harness), ==, 5);
    config = reload_profile(harness);
    harness_add(config, stranger, NULL, "10.77.0.4/32");
    harness_change(harness, config);
    g_assert_true(harness_view(harness, stranger)->configured);
    g_assert_cmpuint(harness->engine->membership.orphaned->len, ==, 2);
    harness_live(harness, SEC(600), 1, 2);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
    g_assert_true(harness_view(harness, stranger)->configured);
}

/* Two keys with the same link-local address, found by search. */
static const char *const twins[] = {"PbGMFenLGWh0d28ga2V5cywgb25lIGZlODA6Oi82NCA=",
                                    "Ze6ghEkDlfx0d28ga2V5cywgb25lIGZlODA6Oi82NCA="};

/* A configured member replaces a learned one with its link-local address; two configured ones are
 * refused. */
static void
test_same_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(GError) error = NULL;
    HarnessMember *hub = harness_member(harness, 1), *one = harness_member(harness, 3),
                  *two = harness_member(harness, 4);
    WlEngineConfig *config;

    g_assert_true(wl_key_parse(twins[0], &one->key));
    g_assert_true(wl_key_parse(twins[1], &two->key));
    reload_start(harness);
    harness_advertise_member(harness, hub, one, "one", 255);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_ADD), ==, 1);
    config = reload_profile(harness);
    harness_add(config, two, NULL, "10.77.0.4/32");
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_changes(harness, two, WL_PEER_ADD), ==, 1);
    harness_advertise_member(harness, hub, one, "one", 255);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_ADD), ==, 0);

    config = reload_profile(harness);
    harness_add(config, one, NULL, NULL);
    harness_add(config, two, NULL, NULL);
    g_assert_false(wl_engine_reload_profile(harness->engine, harness->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_nonnull(strstr(error->message, twins[1]));
    g_assert_nonnull(strstr(error->message, "needs a new key"));
    wl_engine_config_free(config);
}

static void
test_contradiction(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(WlEngineConfig) config = reload_profile(harness);
    g_autoptr(GError) error = NULL;

    reload_start(harness);
    harness_add(config, harness_member(harness, 1), NULL, NULL);
    reload_peer_of(config, 0)->trust = WL_TRUST_UNTRUSTED;
    harness_clear(harness);
    g_assert_false(wl_engine_reload_profile(harness->engine, harness->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->trust, ==,
                    WL_TRUST_MEMBERSHIP);
}

/* A router that leaves the profile gives way to a new entry with the same link-local address. */
static void
test_same_address_as_router(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *one = harness_member(harness, 3), *two = harness_member(harness, 4);
    WlEngineConfig *config;

    g_assert_true(wl_key_parse(twins[0], &one->key));
    g_assert_true(wl_key_parse(twins[1], &two->key));
    config = reload_profile(harness);
    harness_add(config, one, NULL, "10.88.0.0/24");
    harness_start(harness, config);
    g_assert_true(harness_view(harness, one)->router);
    config = reload_profile(harness);
    harness_add(config, two, NULL, "10.77.0.4/32");
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_changes(harness, two, WL_PEER_ADD), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reload-peers/added", test_added);
    g_test_add_func("/reload-peers/removed", test_removed);
    g_test_add_func("/reload-peers/removed-but-named", test_removed_but_named);
    g_test_add_func("/reload-peers/a part of a claimed prefix", test_part_of_claimed);
    g_test_add_func("/reload-peers/an orphan gets into the profile", test_orphan_configured);
    g_test_add_func("/reload-peers/contradiction", test_contradiction);
    g_test_add_func("/reload-peers/same-address", test_same_address);
    g_test_add_func("/reload-peers/same-address-as-router", test_same_address_as_router);
    return g_test_run();
}
