/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that peers are shown with. */
#include "harness.h"

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

        /* none, then one */
        harness_advertise_member(harness, second, other, NULL, 254);
        harness_advertise_member(harness, second, other, "site", 254);
        g_assert_cmpstr(harness_view(harness, other)->name, ==, "site");
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/names", test_names);
    g_test_add_func("/facts/names-of-two-routers", test_names_of_two);
    g_test_add_func("/facts/name-of-second-source", test_name_of_second_source);
    g_test_add_func("/facts/name-refused-first", test_name_refused_first);
    g_test_add_func("/facts/basic-without-name", test_basic_without_name);
    return g_test_run();
}
