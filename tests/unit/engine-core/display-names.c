/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that peers are shown with. */
#include "facts/wl-display-names.h"
#include "harness.h"
#include "state/wl-engine-state.h"

static void
test_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *a = harness_member(harness, 3),
                  *b = harness_member(harness, 4);

    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->name = g_strdup("Hub");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_member(harness, hub, hub, "evil", 254);
    g_assert_cmpstr(harness_view(harness, hub)->name, ==, "Hub");
    harness_advertise_member(harness, hub, a, "\xef\xbc\xa8UB", 254); /* full-width H */
    g_assert_true(g_str_has_suffix(harness_view(harness, a)->name, ")"));
    g_assert_false(harness_view(harness, a)->name_configured);
    harness_advertise_member(harness, hub, b, "printer", 254);
    g_assert_cmpstr(harness_view(harness, b)->name, ==, "printer");
    /* a second, empty fact does not remove the name */
    harness_advertise_member(harness, hub, b, NULL, 254);
    g_assert_cmpstr(harness_view(harness, b)->name, ==, "printer");
}

/* Two routers of the network, 1 and 2, and a leaf, 4, all with sessions. */
static Harness *
two_routers_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), "203.0.113.2:51820", "10.76.0.0/15");
    harness_add(config, harness_member(harness, 4), "198.51.100.4:51820", "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, NULL);
    harness_meet(harness, 4, NULL);
    return harness;
}

/* Of several names of a member one counts: one before none, a live one before a stale one, and of
 * those the first received. */
static void
test_names_of_two(void)
{
    for (guint turn = 0; turn < 2; turn++) {
        g_autoptr(Harness) harness = two_routers_new();
        HarnessMember *first = harness_member(harness, 1 + turn),
                      *second = harness_member(harness, 2 - turn),
                      *site = harness_member(harness, 3), *other = harness_member(harness, 5);

        /* the first, of facts with two sources, too, and as long as it is live */
        harness_advertise_member(harness, first, site, "one", 100);
        harness_advertise_member(harness, second, site, "two", 900);
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "one");
        harness_advertise_member(harness, first, site, "two", 100);
        harness_advertise_member(harness, second, site, "three", 900);
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "one");
        harness_live(harness, SEC(300), 3 - (1 + turn), 3 - (1 + turn));
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "two");

        /* none, then one, of a single letter too */
        harness_advertise_member(harness, second, other, NULL, 254);
        harness_advertise_member(harness, second, other, "s", 254);
        g_assert_cmpstr(harness_view(harness, other)->name, ==, "s");
    }
}

/* A name that a leaf without trust gave first counts when a router gives it. */
static void
test_name_of_second_source(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    HarnessMember *hub = harness_member(harness, 1), *leaf = harness_member(harness, 4),
                  *site = harness_member(harness, 3);

    harness_advertise_member(harness, leaf, site, "site", 254);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_ADD), ==, 0);
    harness_advertise_member(harness, hub, site, "site", 254);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_ADD), ==, 1);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "site");
}

/* What a leaf without trust said does not make the name of a router the first one. */
static void
test_name_refused_first(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    HarnessMember *leaf = harness_member(harness, 4), *site = harness_member(harness, 3);

    harness_advertise_member(harness, leaf, site, "one", 254);
    harness_advertise_member(harness, harness_member(harness, 1), site, "two", 254);
    harness_advertise_member(harness, harness_member(harness, 2), site, "one", 254);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "two");
}

/* A member that a router names without a name is basic if the router says so. */
static void
test_basic_without_name(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    g_autoptr(WlMetadata) metadata = wl_metadata_new(NULL, 1);
    g_autoptr(GArray) facts = wl_fact_array_new();
    HarnessMember *site = harness_member(harness, 3);
    WlFact fact;

    wl_fact_init_metadata(&fact, &site->key, metadata, harness->now + SEC(254));
    g_array_append_val(facts, fact);
    harness_datagram(harness, harness_member(harness, 1), facts);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "");
    g_assert_true(harness_view(harness, site)->basic);
}

/* Peers with one name have a part of their key behind it, as has one with the name of this machine,
 * or with one that cannot be seen. */
static void
test_same_names(void)
{
    static const struct {
        const char *name;
        const char *names[4]; /* of members 3 to 6; NULL: none */
        gboolean key[4];      /* shown with a part of the key */
    } rows[] = {
        {"different ones", {"a", "b", "c", "d"}, {FALSE}},
        {"two of four", {"a", "b", "A", "c"}, {TRUE, FALSE, TRUE, FALSE}},
        {"three of four", {"a", "a", "b", "a"}, {TRUE, TRUE, FALSE, TRUE}},
        {"the name of this machine", {"Laptop", "b", "c", "d"}, {TRUE}},
        {"a name of the profile", {"b", "HUB", "c", "d"}, {FALSE, TRUE}},
        {"an invisible one", {"b", "c", "d", "\xe3\x85\xa4"}, {FALSE, FALSE, FALSE, TRUE}},
        {"none", {NULL, NULL, "a", NULL}, {FALSE}},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
        HarnessMember *hub = harness_member(harness, 1);

        g_test_message("%s", rows[i].name);
        config->name = g_strdup("laptop");
        harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->name = g_strdup("hub");
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        for (guint j = 0; j < 4; j++)
            harness_advertise_member(harness, hub, harness_member(harness, 3 + j), rows[i].names[j],
                                     254);
        for (guint j = 0; j < 4; j++) {
            const HarnessMember *member = harness_member(harness, 3 + j);
            g_autofree char *key = wl_key_to_string(&member->key);
            g_autofree char *shown = rows[i].key[j]
                                         ? g_strdup_printf("%s (%.8s)", rows[i].names[j], key)
                                         : g_strdup(rows[i].names[j] ? rows[i].names[j] : "");

            g_assert_cmpstr(harness_view(harness, member)->name, ==, shown);
        }
        g_assert_cmpstr(harness_view(harness, hub)->name, ==, "hub");
    }
}

static guint
serial_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key)
        ->names.serial;
}

static void
rename_member(Harness *harness, guint member, const char *name)
{
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, member)->key);
    guint64 work = engine->scheduler.work;

    peer->dirty.name = TRUE;
    g_clear_pointer(&peer->names.metadata, wl_metadata_unref);
    peer->names.metadata = wl_metadata_new(name, -1);
    wl_display_names_update(engine, peer);
    g_assert_cmpuint(engine->scheduler.work, ==, work + 1);
    wl_display_names_update(engine, peer);
    g_assert_cmpuint(engine->scheduler.work, ==, work + 1);
}

/* A peer that is alone with its name again is shown without a key. */
static void
test_renamed(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    HarnessMember *hub = harness_member(harness, 1);
    const guint members[] = {1, 2, 4};
    GHashTable *folded = harness->engine->names.by_folded;
    guint n = g_hash_table_size(folded);

    for (guint i = 0; i < 3; i++) {
        guint serial = serial_of(harness, members[i]);

        rename_member(harness, members[i], "x");
        g_assert_cmpuint(serial_of(harness, members[i]), ==, serial + 1);
        g_assert_cmpuint(g_hash_table_size(folded), ==, n + 1);
        harness_run(harness, 1);
        wl_engine_advance_time(harness->engine, harness->now);
        harness_drain(harness);
    }
    g_assert_true(g_str_has_suffix(harness_view(harness, hub)->name, ")"));
    rename_member(harness, 2, "y");
    rename_member(harness, 4, "z");
    g_assert_cmpuint(g_hash_table_size(folded), ==, n + 3);
    harness_run(harness, 1);
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpstr(harness_view(harness, hub)->name, ==, "x");
    rename_member(harness, 4, NULL);
    g_assert_cmpuint(g_hash_table_size(folded), ==, n + 2);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 4))->name, ==, "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/names", test_names);
    g_test_add_func("/facts/names-of-two-routers", test_names_of_two);
    g_test_add_func("/facts/name-of-second-source", test_name_of_second_source);
    g_test_add_func("/facts/name-refused-first", test_name_refused_first);
    g_test_add_func("/facts/basic-without-name", test_basic_without_name);
    g_test_add_func("/facts/names/of several members", test_same_names);
    g_test_add_func("/facts/names/renamed members", test_renamed);
    return g_test_run();
}
