/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state cache: learned members and endpoints that worked survive a restart. */
#include <string.h>

#include "facts/wl-state-cache.h"
#include "harness.h"

#define HUB      1
#define DESKTOP  2
#define STRANGER 3

static WlEngineConfig *
leaf_config(Harness *harness)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, HUB), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, DESKTOP), NULL, "10.77.0.3/32");
    return config;
}

/* A leaf to which the hub has advertised a third member, with a direct session to that member. */
static Harness *
informed_new(void)
{
    Harness *harness = harness_new();
    HarnessMember *hub = harness_member(harness, HUB),
                  *stranger = harness_member(harness, STRANGER);

    harness_member(harness, 9);
    harness_start(harness, leaf_config(harness));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, HUB, NULL);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.4/32", 255);
    harness_advertise_endpoint(harness, hub, stranger, "198.51.100.4:51820", 255);
    harness_meet(harness, STRANGER, "198.51.100.4:51820");
    return harness;
}

/* Restarts the process, which loads @memory (NULL: the state that the former one saved). */
static void
restart(Harness *harness, const char *memory)
{
    g_autofree char *own = wl_engine_dup_state(harness->engine);
    g_autoptr(GError) error = NULL;

    wl_engine_free(g_steal_pointer(&harness->engine));
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    harness_clear(harness);
    harness_start(harness, leaf_config(harness));
    memory = memory ? memory : own;
    g_assert_true(
        wl_engine_load_state(harness->engine, harness->now, memory, strlen(memory), &error));
    g_assert_no_error(error);
    harness_drain(harness);
    harness_uplink(harness, "192.168.1.10/24");
}

static void
test_without_hub(void)
{
    g_autoptr(Harness) harness = informed_new();
    HarnessMember *hub = harness_member(harness, HUB),
                  *stranger = harness_member(harness, STRANGER);
    g_autoptr(GPtrArray) facts = NULL;
    guint stale = 0;

    restart(harness, NULL);
    /* the hub is unreachable: the member is known with its name, and its last endpoint is tried */
    g_assert_cmpstr(harness_view(harness, stranger)->name, ==, "stranger");
    harness_run(harness, MS(300));
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_RECREATE), ==, 1);
    harness_meet(harness, STRANGER, "198.51.100.4:51820");
    g_assert_cmpint(harness_view(harness, stranger)->state, ==, WL_PEER_DIRECT);
    g_assert_true(harness_has_allowed(harness, stranger, "10.77.0.4/32"));
    facts = wl_engine_dup_facts(harness->engine);
    for (guint i = 0; i < facts->len; i++)
        stale += ((WlFactView *) facts->pdata[i])->stale;
    g_assert_cmpuint(stale, ==, 2);
    /* and never passed on */
    harness_clear(harness);
    harness_meet(harness, HUB, NULL);
    harness_run(harness, SEC(2));
    g_assert_false(harness_sent_allowed(harness, hub, &stranger->key, "10.77.0.4/32"));
}

static void
test_hub_says_it_again(void)
{
    g_autoptr(Harness) harness = informed_new();
    HarnessMember *hub = harness_member(harness, HUB),
                  *stranger = harness_member(harness, STRANGER);
    g_autoptr(GPtrArray) facts = NULL;

    restart(harness, NULL);
    harness_meet(harness, HUB, NULL);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.4/32", 255);
    facts = wl_engine_dup_facts(harness->engine);
    for (guint i = 0; i < facts->len; i++)
        g_assert_false(((WlFactView *) facts->pdata[i])->stale);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
}

static void
test_hub_does_not(void)
{
    g_autoptr(Harness) harness = informed_new();

    restart(harness, NULL);
    harness_live(harness, SEC(250), HUB, HUB);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
    harness_live(harness, SEC(50), HUB, HUB);
    g_assert_cmpuint(harness_n_peers(harness), ==, 2);
}

/* Cached facts of a source that has lost the trust for them are refused. */
static void
test_trust_counts(void)
{
    g_autoptr(Harness) harness = informed_new();
    g_autofree char *memory = wl_engine_dup_state(harness->engine);
    g_autofree char *hub = wl_key_to_string(&harness_member(harness, HUB)->key);
    g_autofree char *desktop = wl_key_to_string(&harness_member(harness, DESKTOP)->key);
    g_autofree char *unnamed = wl_key_to_string(&harness_member(harness, 9)->key);
    const char *others[] = {desktop, unnamed};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(GStrv) parts = g_strsplit(memory, hub, 0);
        g_autofree char *changed = g_strjoinv(others[i], parts);
        restart(harness, changed);
        g_assert_cmpuint(harness_n_peers(harness), ==, 2);
        g_assert_false(harness_has_route(harness, "10.77.0.4/32"));
    }
}

static void
assert_refused(Harness *harness, const char *memory, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(wl_engine_load_state(harness->engine, harness->now, memory, length, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE);
    g_assert_nonnull(strstr(error->message, message));
    g_assert_null(wl_engine_next_output(harness->engine));
}

static void
test_damaged(void)
{
    g_autoptr(Harness) harness = informed_new();
    g_autofree char *memory = wl_engine_dup_state(harness->engine);
    g_autofree char *own = wl_key_to_string(&harness_member(harness, 0)->key);
    g_autofree char *other = wl_key_to_string(&harness_member(harness, 5)->key);
    g_autofree char *stranger = wl_key_to_string(&harness_member(harness, STRANGER)->key);
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, '#');
    g_auto(GStrv) parts = g_strsplit(memory, own, 0);
    g_autofree char *foreign = g_strjoinv(other, parts);
    const char *broken[] = {"Metadata=",          "Sources=",   "AllowedIPs=",
                            "AllowedIPsSources=", "Endpoints=", "EndpointAges="};

    harness_run(harness, SEC(15));
    assert_refused(harness, "", 0, "version");
    assert_refused(harness, "nonsense", 8, "cannot be read");
    assert_refused(harness, "[State]\nVersion=7\n", 19, "version");
    assert_refused(harness, foreign, strlen(foreign), "another key");
    assert_refused(harness, huge, strlen(huge), "bytes");
    /* a damaged value loses its own information only */
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_auto(GStrv) pieces = g_strsplit(memory, broken[i], 0);
        g_autofree char *with = g_strconcat(broken[i], "~!;;\\,", NULL);
        g_autofree char *text = g_strjoinv(with, pieces);
        restart(harness, text);
        g_assert_cmpuint(harness_n_peers(harness), <=, 3);
    }
    /* cut anywhere */
    for (gsize length = 0; length < strlen(memory); length += 7) {
        g_autofree char *cut = g_strndup(memory, length);
        g_autoptr(GError) error = NULL;
        gboolean good = wl_engine_load_state(harness->engine, harness->now, cut, length, &error);
        g_assert_true(good == (error == NULL));
        harness_drain(harness);
    }
    g_assert_nonnull(strstr(memory, stranger));
    g_assert_null(strstr(memory, "rivate"));
}

static void
test_when(void)
{
    g_autoptr(Harness) harness = informed_new();
    HarnessMember *hub = harness_member(harness, HUB),
                  *stranger = harness_member(harness, STRANGER);

    /* together, and at most once in 10 s */
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), ==, 0);
    harness_live(harness, SEC(70), HUB, STRANGER);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), ==, 1);
    /* a renewal does not change the state */
    harness_clear(harness);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.4/32", 255);
    harness_live(harness, SEC(60), HUB, STRANGER);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), ==, 0);
    for (guint i = 0; i < 30; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", 100 + i);
        harness_advertise_allowed(harness, hub, stranger, prefix, 255);
        harness_run(harness, SEC(1));
    }
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), <=, 3);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SAVE_STATE), >=, 2);
}

/* What was loaded is saved again, byte for byte. */
static void
test_round_trip(void)
{
    g_autoptr(Harness) harness = informed_new();
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    harness_advertise_member(harness, harness_member(harness, HUB),
                             harness_member(harness, DESKTOP), "desktop", 255);
    harness_advertise_allowed(harness, harness_member(harness, HUB),
                              harness_member(harness, STRANGER), "10.77.0.5/32", 255);
    before = wl_engine_dup_state(harness->engine);
    restart(harness, before);
    after = wl_engine_dup_state(harness->engine);
    g_assert_cmpstr(before, ==, after);
}

/* A state that is too large loses whom the user did not name and who is not there. */
static void
test_bounded(void)
{
    g_autoptr(Harness) harness = informed_new();
    HarnessMember *hub = harness_member(harness, HUB), *away = harness_member(harness, 9);
    g_autofree char *whole = NULL;
    guint lost = 0;

    harness_advertise_member(harness, hub, harness_member(harness, DESKTOP), "desktop", 255);
    harness_advertise_member(harness, hub, away, "away", 255);
    whole = wl_engine_dup_state(harness->engine);
    for (gsize max = strlen(whole) + 1; max > 0; max--) {
        const guint order[] = {9, STRANGER, DESKTOP};
        g_autofree char *state = wl_state_cache_dup(harness->engine, max);
        g_autoptr(GKeyFile) file = g_key_file_new();

        g_assert_true(g_key_file_load_from_data(file, state, strlen(state), 0, NULL));
        g_assert_cmpuint(strlen(state), <=, MAX(max, 100));
        for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
            g_autofree char *group = wl_key_to_string(&harness_member(harness, order[i])->key);
            if (i == lost && !g_key_file_has_group(file, group))
                lost++;
            g_assert_cmpint(g_key_file_has_group(file, group), ==, i >= lost);
        }
    }
    g_assert_cmpuint(lost, ==, 3);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/state-cache/without-hub", test_without_hub);
    g_test_add_func("/state-cache/said-again", test_hub_says_it_again);
    g_test_add_func("/state-cache/not-said-again", test_hub_does_not);
    g_test_add_func("/state-cache/trust", test_trust_counts);
    g_test_add_func("/state-cache/damaged", test_damaged);
    g_test_add_func("/state-cache/when", test_when);
    g_test_add_func("/state-cache/round-trip", test_round_trip);
    g_test_add_func("/state-cache/bounded", test_bounded);
    return g_test_run();
}
