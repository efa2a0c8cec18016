/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state cache: learned members and endpoints that worked survive a restart. */
#include <string.h>

#include "facts/wl-state-cache.h"
#include "harness.h"
#include "state/wl-engine-state.h"

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
    harness_run(harness, MS(299));
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
    assert_refused(harness, huge, strlen(huge) - 1, "version");
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
        g_assert_cmpint(g_str_equal(state, whole), ==, max >= strlen(whole));
        for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
            g_autofree char *group = wl_key_to_string(&harness_member(harness, order[i])->key);
            if (i == lost && !g_key_file_has_group(file, group))
                lost++;
            g_assert_cmpint(g_key_file_has_group(file, group), ==, i >= lost);
        }
    }
    g_assert_cmpuint(lost, ==, 3);
}

static const char *
find_line(const char *state, const char *name)
{
    const char *line = strstr(state, name);

    g_assert_nonnull(line);
    return line + strlen(name);
}

static guint
count_values(const char *state, const char *name)
{
    const char *line = find_line(state, name);
    guint n = 0;

    for (; *line != '\n'; line++)
        n += *line == ';';
    return n;
}

/* Lists of more than 256 are cut when they are saved, and when they are loaded. */
static void
test_long_lists(void)
{
    g_autoptr(Harness) harness = informed_new();
    WlEngine *engine = harness->engine;
    const WlKey *about = &harness_member(harness, STRANGER)->key;
    const GPtrArray *facts = wl_fact_set_about(engine->facts, about);
    g_autofree char *saved = NULL, *again = NULL, *hub = NULL;
    g_autofree char *own = wl_key_to_string(&engine->own.key), *group = wl_key_to_string(about);
    g_autoptr(GString) longer = g_string_new(NULL), sources = g_string_new(NULL);
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact metadata;

    for (guint i = 0; i < facts->len; i++) {
        const WlFactEntry *known = facts->pdata[i];
        if (known->fact.attribute == WL_ATTRIBUTE_METADATA)
            wl_fact_copy(&known->fact, &metadata);
    }
    for (guint i = 0; i < 300; i++) {
        WlPrefix prefix = harness_prefix("10.78.0.0/32");
        WlKey source = {{(guint8) i, (guint8) (i >> 8), 7}};
        WlFact fact;

        prefix.ip.bytes[2] = (guint8) (i >> 8);
        prefix.ip.bytes[3] = (guint8) i;
        wl_fact_init_allowed(&fact, about, &prefix, 0);
        wl_fact_set_add_source(engine->facts, &fact, &source, harness->now, harness->now + SEC(9),
                               &entry, &origin);
        wl_fact_set_set_verdict(engine->facts, origin, WL_VERDICT_ACCEPTED);
        wl_fact_set_add_source(engine->facts, &metadata, &source, harness->now,
                               harness->now + SEC(9), &entry, &origin);
        wl_fact_set_set_verdict(engine->facts, origin, WL_VERDICT_ACCEPTED);
    }
    wl_fact_clear(&metadata);
    saved = wl_engine_dup_state(engine);
    g_assert_cmpuint(count_values(saved, "\nSources="), ==, 256);
    g_assert_cmpuint(count_values(saved, "\nAllowedIPs="), ==, 256);
    g_assert_cmpuint(count_values(saved, "\nAllowedIPsSources="), ==, 256);

    hub = wl_key_to_string(&harness_member(harness, HUB)->key);
    g_string_printf(longer,
                    "[State]\nVersion=1\nKey=%s\n[%s]\nMetadata=BW4DYWJj\nSources=%s;\n"
                    "AllowedIPs=",
                    own, group, hub);
    for (guint i = 0; i < 300; i++) {
        g_string_append_printf(longer, "10.77.%u.%u/32;", i / 100, 100 + i % 100);
        g_string_append_printf(sources, "%s;", hub);
    }
    g_string_append_printf(longer, "\nAllowedIPsSources=%s\n", sources->str);
    restart(harness, longer->str);
    again = wl_engine_dup_state(harness->engine);
    g_assert_cmpuint(wl_fact_set_about(harness->engine->facts, about)->len, ==, 257);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, STRANGER))->name, ==, "abc");
}

/* Of several accepted sources the one with the most trust is saved, the first of those with as
 * much. */
static void
test_saved_source(void)
{
    static const struct {
        WlTrust trust[3]; /* of the sources, in order; the last is no peer */
        gboolean refused; /* the first of them */
        guint expect;
    } rows[] = {
        {{WL_TRUST_MEMBERSHIP, WL_TRUST_ENDPOINT}, FALSE, 0},
        {{WL_TRUST_ENDPOINT, WL_TRUST_MEMBERSHIP}, FALSE, 1},
        {{WL_TRUST_ENDPOINT, WL_TRUST_ENDPOINT}, FALSE, 0},
        {{WL_TRUST_MEMBERSHIP, WL_TRUST_ENDPOINT}, TRUE, 1},
        {{WL_TRUST_UNSET, WL_TRUST_UNSET}, FALSE, 0},
        {{WL_TRUST_UNSET, WL_TRUST_ENDPOINT}, FALSE, 1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (guint stranger = 0; stranger < 2; stranger++) { /* at the end, or at the beginning */
            g_autoptr(Harness) harness = informed_new();
            WlEngine *engine = harness->engine;
            WlPrefix prefix = harness_prefix("10.77.0.99/32");
            g_autofree char *saved = NULL, *key = NULL;
            const WlKey *sources[3] = {&harness_member(harness, HUB)->key,
                                       &harness_member(harness, DESKTOP)->key,
                                       &harness_member(harness, 9)->key};
            WlFactSource *origin;
            WlFactEntry *entry;
            WlFact fact;

            g_test_message("row %u", i);
            wl_fact_init_allowed(&fact, sources[0], &prefix, 0);
            for (guint j = 0; j < 3; j++) {
                guint n = (j + (stranger ? 2 : 0)) % 3;

                wl_fact_set_add_source(engine->facts, &fact, sources[n], harness->now,
                                       harness->now + SEC(9), &entry, &origin);
                wl_fact_set_set_verdict(engine->facts, origin,
                                        n == 0 && rows[i].refused ? WL_VERDICT_TAKEN
                                                                  : WL_VERDICT_ACCEPTED);
                if (n < 2)
                    wl_peer_table_find(&engine->peers, sources[n])->membership.trust =
                        rows[i].trust[n];
            }
            saved = wl_engine_dup_state(engine);
            /* any peer is better than a stranger, if it has some trust */
            key = wl_key_to_string(stranger && rows[i].trust[rows[i].expect] == WL_TRUST_UNSET
                                       ? sources[2]
                                       : sources[rows[i].expect]);
            g_assert_true(g_str_has_prefix(
                find_line(find_line(saved, "=10.77.0.99/32;\n"), "AllowedIPsSources="), key));
        }
    }
}

/* The time of a save counts, and a save that is due is made once. */
static void
test_saved(void)
{
    g_autoptr(Harness) harness = informed_new();
    WlEngine *engine = harness->engine;
    guint64 n;

    for (guint i = 0; i < 2; i++) {
        harness_run(harness, SEC(100));
        harness_clear(harness);
        engine->outputs.state_save_due = engine->now + i;
        engine->outputs.state_saved = WL_LONG_AGO;
        n = engine->outputs.queue.length;
        wl_state_cache_update(engine);
        g_assert_cmpuint(engine->outputs.queue.length - n, ==, 1 - i);
        g_assert_cmpint(engine->outputs.state_saved, ==, i == 0 ? engine->now : WL_LONG_AGO);
        g_assert_cmpint(engine->outputs.state_save_due, ==, i == 0 ? WL_NEVER : engine->now + 1);
        wl_state_cache_update(engine);
        g_assert_cmpuint(engine->outputs.queue.length - n, ==, 1 - i);
        harness_drain(harness);
    }
    g_assert_cmpint(engine->scheduler.deadline, <=, engine->now + 1 + SEC(50));
}

/* Where a peer was, with the age of each place: the latest first, and none older than 30 days. */
static void
test_saved_history(void)
{
    static const char *const places[] = {"198.51.100.1:1", "198.51.100.2:1", "198.51.100.3:1",
                                         "198.51.100.4:1"};
    const gint64 day = SEC(24 * 3600);
    const gint64 ages[] = {30 * day, 30 * day - SEC(1), 2 * day, SEC(7) + MS(999)};
    g_autoptr(Harness) harness = informed_new();
    WlPeer *peer =
        wl_peer_table_find(&harness->engine->peers, &harness_member(harness, DESKTOP)->key);
    g_autofree char *saved = NULL;
    const char *line;

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        WlEndpoint endpoint = harness_endpoint(places[i]);
        wl_peer_set_worked(peer, &endpoint, harness->engine->now - ages[i], 0);
    }
    saved = wl_engine_dup_state(harness->engine);
    line = strstr(saved, "Endpoints=198.51.100.4:1;198.51.100.3:1;198.51.100.2:1;\n"
                         "EndpointAges=7;172800;2591999;\n");
    g_assert_nonnull(line);
}

/* What of the lists of a state file is remembered: the latest eight, each with its age. */
static void
test_loaded_history(void)
{
    static const struct {
        const char *endpoints, *ages;
        const char *history; /* with the age in seconds */
    } rows[] = {
        {"198.51.100.4:1;198.51.100.3:1;", "7;9;", "198.51.100.4:1@7 198.51.100.3:1@9 "},
        {"198.51.100.4:1;198.51.100.3:1;", "7;", "198.51.100.4:1@7 "},
        {"198.51.100.4:1;", "7;9;", "198.51.100.4:1@7 "},
        {"198.51.100.4:1;", "2592000;", "198.51.100.4:1@2592000 "},
        {"198.51.100.4:1;198.51.100.3:1;", "2592001;9;", "198.51.100.3:1@9 "},
        {"198.51.100.4:1;198.51.100.3:1;", "-1;9;", "198.51.100.3:1@9 "},
        {"127.0.0.1:1;198.51.100.3:1;", "7;9;", "198.51.100.3:1@9 "},
        {"nowhere;198.51.100.3:1;", "7;9;", "198.51.100.3:1@9 "},
        {"198.51.100.1:1;198.51.100.2:1;198.51.100.3:1;198.51.100.4:1;198.51.100.5:1;"
         "198.51.100.6:1;198.51.100.7:1;198.51.100.8:1;198.51.100.9:1;",
         "1;2;3;4;5;6;7;8;9;",
         "198.51.100.1:1@1 198.51.100.2:1@2 198.51.100.3:1@3 198.51.100.4:1@4 198.51.100.5:1@5 "
         "198.51.100.6:1@6 198.51.100.7:1@7 198.51.100.8:1@8 "},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = informed_new();
        g_autofree char *own = wl_key_to_string(&harness->engine->own.key);
        g_autofree char *group = wl_key_to_string(&harness_member(harness, DESKTOP)->key);
        g_autofree char *state =
            g_strdup_printf("[State]\nVersion=1\nKey=%s\n[%s]\nEndpoints=%s\nEndpointAges=%s\n",
                            own, group, rows[i].endpoints, rows[i].ages);
        g_autoptr(GString) history = g_string_new(NULL);
        gint64 loaded = harness->now;
        const WlPeer *peer;

        g_test_message("row %u", i);
        restart(harness, state);
        peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, DESKTOP)->key);
        for (guint j = 0; j < peer->endpoints.history->len; j++) {
            const WlPastEndpoint *past = &g_array_index(peer->endpoints.history, WlPastEndpoint, j);
            g_autofree char *text = wl_endpoint_to_string(&past->endpoint);

            g_string_append_printf(history, "%s@%" G_GINT64_FORMAT " ", text,
                                   (loaded - past->seen) / SEC(1));
            /* the latest one worked last */
            g_assert_cmpint(wl_endpoint_equal(&peer->endpoints.worked, &past->endpoint), ==,
                            j == 0);
        }
        g_assert_cmpint(peer->endpoints.worked_until, ==, loaded + WL_WORKED_TTL);
        g_assert_cmpstr(history->str, ==, rows[i].history);
    }
}

/* What a state file says about this member, or about what is no member, is not used, nor metadata
 * that more follows; a member without any metadata is one. */
static void
test_groups(void)
{
    g_autoptr(Harness) harness = informed_new();
    g_autofree char *own = wl_key_to_string(&harness->engine->own.key);
    g_autofree char *hub = wl_key_to_string(&harness_member(harness, HUB)->key);
    g_autofree char *stranger = wl_key_to_string(&harness_member(harness, STRANGER)->key);
    g_autofree char *longer = wl_key_to_string(&harness_member(harness, 9)->key);
    g_autofree char *state = g_strdup_printf("[State]\nVersion=1\nKey=%s\n"
                                             "[nobody]\nMetadata=BW4DYWJj\nSources=%s;\n"
                                             "[%s]\nMetadata=BW4DYWJj\nSources=%s;\n"
                                             "[%s]\nMetadata=BW4DYWJjAA==\nSources=%s;\n"
                                             "[%s]\nMetadata=AA==\nSources=%s;\n",
                                             own, hub, own, hub, longer, hub, stranger, hub);
    const GPtrArray *about;

    restart(harness, state);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, STRANGER))->name, ==, "");
    about = wl_fact_set_about(harness->engine->facts, &harness->engine->own.key);
    for (guint i = 0; about && i < about->len; i++)
        g_assert_false(wl_fact_entry_has_stale(about->pdata[i]));
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
    g_test_add_func("/state-cache/long lists", test_long_lists);
    g_test_add_func("/state-cache/source with the most trust", test_saved_source);
    g_test_add_func("/state-cache/saved once", test_saved);
    g_test_add_func("/state-cache/groups", test_groups);
    g_test_add_func("/state-cache/saved history", test_saved_history);
    g_test_add_func("/state-cache/loaded history", test_loaded_history);
    return g_test_run();
}
