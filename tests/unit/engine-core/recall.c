/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What outlives the process: members that others told of, and where they were reached. */
#include <string.h>

#include "bench.h"

#define HUB      1
#define DESKTOP  2
#define STRANGER 3

static WlEngineConfig *
leaf_config(Bench *bench)
{
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, HUB), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, bench_member(bench, DESKTOP), NULL, "10.77.0.3/32");
    return config;
}

/* A leaf that the hub told of a third member, and that was direct with it. */
static Bench *
informed_new(void)
{
    Bench *bench = bench_new();
    BenchMember *hub = bench_member(bench, HUB), *stranger = bench_member(bench, STRANGER);

    bench_member(bench, 9);
    bench_start(bench, leaf_config(bench));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, HUB, NULL);
    bench_tell_member(bench, hub, stranger, "stranger", 255);
    bench_tell_allowed(bench, hub, stranger, "10.77.0.4/32", 255);
    bench_tell_endpoint(bench, hub, stranger, "198.51.100.4:51820", 255);
    bench_meet(bench, STRANGER, "198.51.100.4:51820");
    return bench;
}

/* The process ends and another begins, which gets @memory (NULL: what the first remembered). */
static void
restart(Bench *bench, const char *memory)
{
    g_autofree char *own = wl_engine_dup_state(bench->engine);
    g_autoptr(GError) error = NULL;

    wl_engine_free(g_steal_pointer(&bench->engine));
    g_ptr_array_set_size(bench->device->peers, 0);
    g_hash_table_remove_all(bench->handshakes);
    bench_clear(bench);
    bench_start(bench, leaf_config(bench));
    memory = memory ? memory : own;
    g_assert_true(wl_engine_load_state(bench->engine, bench->now, memory, strlen(memory), &error));
    g_assert_no_error(error);
    bench_drain(bench);
    bench_uplink(bench, "192.168.1.10/24");
}

static void
test_without_hub(void)
{
    g_autoptr(Bench) bench = informed_new();
    BenchMember *hub = bench_member(bench, HUB), *stranger = bench_member(bench, STRANGER);
    g_autoptr(GPtrArray) facts = NULL;
    guint stale = 0;

    restart(bench, NULL);
    /* the hub is away: the member is known, with its name, and tried where it was */
    g_assert_cmpstr(bench_view(bench, stranger)->name, ==, "stranger");
    bench_run(bench, MS(300));
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_RECREATE), ==, 1);
    bench_meet(bench, STRANGER, "198.51.100.4:51820");
    g_assert_cmpint(bench_view(bench, stranger)->state, ==, WL_PEER_DIRECT);
    g_assert_true(bench_has_allowed(bench, stranger, "10.77.0.4/32"));
    facts = wl_engine_dup_facts(bench->engine);
    for (guint i = 0; i < facts->len; i++)
        stale += ((WlFactView *) facts->pdata[i])->stale;
    g_assert_cmpuint(stale, ==, 2);
    /* and never passed on */
    bench_clear(bench);
    bench_meet(bench, HUB, NULL);
    bench_run(bench, SEC(2));
    g_assert_false(bench_sent_allowed(bench, hub, &stranger->key, "10.77.0.4/32"));
}

static void
test_hub_says_it_again(void)
{
    g_autoptr(Bench) bench = informed_new();
    BenchMember *hub = bench_member(bench, HUB), *stranger = bench_member(bench, STRANGER);
    g_autoptr(GPtrArray) facts = NULL;

    restart(bench, NULL);
    bench_meet(bench, HUB, NULL);
    bench_tell_member(bench, hub, stranger, "stranger", 255);
    bench_tell_allowed(bench, hub, stranger, "10.77.0.4/32", 255);
    facts = wl_engine_dup_facts(bench->engine);
    for (guint i = 0; i < facts->len; i++)
        g_assert_false(((WlFactView *) facts->pdata[i])->stale);
    g_assert_cmpuint(bench_n_peers(bench), ==, 3);
}

static void
test_hub_does_not(void)
{
    g_autoptr(Bench) bench = informed_new();

    restart(bench, NULL);
    bench_live(bench, SEC(250), HUB, HUB);
    g_assert_cmpuint(bench_n_peers(bench), ==, 3);
    bench_live(bench, SEC(50), HUB, HUB);
    g_assert_cmpuint(bench_n_peers(bench), ==, 2);
}

/* What was remembered of one who may not say such a thing any more is not believed. */
static void
test_trust_counts(void)
{
    g_autoptr(Bench) bench = informed_new();
    g_autofree char *memory = wl_engine_dup_state(bench->engine);
    g_autofree char *hub = wl_key_to_string(&bench_member(bench, HUB)->key);
    g_autofree char *desktop = wl_key_to_string(&bench_member(bench, DESKTOP)->key);
    g_autofree char *nobody = wl_key_to_string(&bench_member(bench, 9)->key);
    const char *others[] = {desktop, nobody};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(GStrv) parts = g_strsplit(memory, hub, 0);
        g_autofree char *changed = g_strjoinv(others[i], parts);
        restart(bench, changed);
        g_assert_cmpuint(bench_n_peers(bench), ==, 2);
        g_assert_false(bench_has_route(bench, "10.77.0.4/32"));
    }
}

static void
assert_refused(Bench *bench, const char *memory, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(wl_engine_load_state(bench->engine, bench->now, memory, length, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE);
    g_assert_nonnull(strstr(error->message, message));
    g_assert_null(wl_engine_next_output(bench->engine));
}

static void
test_damaged(void)
{
    g_autoptr(Bench) bench = informed_new();
    g_autofree char *memory = wl_engine_dup_state(bench->engine);
    g_autofree char *own = wl_key_to_string(&bench_member(bench, 0)->key);
    g_autofree char *other = wl_key_to_string(&bench_member(bench, 5)->key);
    g_autofree char *stranger = wl_key_to_string(&bench_member(bench, STRANGER)->key);
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, '#');
    g_auto(GStrv) parts = g_strsplit(memory, own, 0);
    g_autofree char *foreign = g_strjoinv(other, parts);
    const char *broken[] = {
        "Metadata=", "Sources=", "AllowedIPs=", "AllowedIPsSources=", "LastEndpoint="};

    bench_run(bench, SEC(15));
    assert_refused(bench, "", 0, "version");
    assert_refused(bench, "nonsense", 8, "cannot be read");
    assert_refused(bench, "[State]\nVersion=7\n", 19, "version");
    assert_refused(bench, foreign, strlen(foreign), "another key");
    assert_refused(bench, huge, strlen(huge), "bytes");
    /* a value that is damaged costs what it says, and no more */
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_auto(GStrv) pieces = g_strsplit(memory, broken[i], 0);
        g_autofree char *with = g_strconcat(broken[i], "~!;;\\,", NULL);
        g_autofree char *text = g_strjoinv(with, pieces);
        restart(bench, text);
        g_assert_cmpuint(bench_n_peers(bench), <=, 3);
    }
    /* cut anywhere */
    for (gsize length = 0; length < strlen(memory); length += 7) {
        g_autofree char *cut = g_strndup(memory, length);
        g_autoptr(GError) error = NULL;
        gboolean good = wl_engine_load_state(bench->engine, bench->now, cut, length, &error);
        g_assert_true(good == (error == NULL));
        bench_drain(bench);
    }
    g_assert_nonnull(strstr(memory, stranger));
    g_assert_null(strstr(memory, "rivate"));
}

static void
test_when(void)
{
    g_autoptr(Bench) bench = informed_new();
    BenchMember *hub = bench_member(bench, HUB), *stranger = bench_member(bench, STRANGER);

    /* together, and at most once in 10 s */
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), ==, 0);
    bench_live(bench, SEC(70), HUB, STRANGER);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), ==, 1);
    /* a renewal is nothing new */
    bench_clear(bench);
    bench_tell_member(bench, hub, stranger, "stranger", 255);
    bench_tell_allowed(bench, hub, stranger, "10.77.0.4/32", 255);
    bench_live(bench, SEC(60), HUB, STRANGER);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), ==, 0);
    for (guint i = 0; i < 30; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", 100 + i);
        bench_tell_allowed(bench, hub, stranger, prefix, 255);
        bench_run(bench, SEC(1));
    }
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), <=, 3);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SAVE_STATE), >=, 2);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/recall/without-hub", test_without_hub);
    g_test_add_func("/recall/said-again", test_hub_says_it_again);
    g_test_add_func("/recall/not-said-again", test_hub_does_not);
    g_test_add_func("/recall/trust", test_trust_counts);
    g_test_add_func("/recall/damaged", test_damaged);
    g_test_add_func("/recall/when", test_when);
    return g_test_run();
}
