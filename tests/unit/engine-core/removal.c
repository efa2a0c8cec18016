/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is left of removed peers, of a removed link, and of datagrams that were not sent. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

#define OWN_ENDPOINT "192.168.1.10:51820"

static WlEngineConfig *
config_of(Harness *harness, WlRole role, guint first, guint last)
{
    WlEngineConfig *config = harness_config(harness, role);

    for (guint i = first; i <= last; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.100.%u:51820", i);
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", 10 + i);

        harness_add(config, harness_member(harness, i), endpoint, allowed)->fact_exchanger = TRUE;
    }
    return config;
}

/* Sessions with the members @first to @last, whose Alives have not arrived yet. */
static void
connect_to(Harness *harness, guint first, guint last)
{
    for (guint i = first; i <= last; i++)
        harness_handshake(harness, harness_member(harness, i), NULL);
    harness_snapshot(harness);
    harness_drain(harness);
    harness_run(harness, SEC(1));
}

/* Facts other than Alives. */
static guint
n_facts_sent(Harness *harness, guint number)
{
    g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, number));
    guint n = 0;

    for (guint i = 0; i < facts->len; i++)
        n += g_array_index(facts, WlFact, i).attribute != WL_ATTRIBUTE_ALIVE;
    return n;
}

static void
test_slot(void)
{
    g_autoptr(Harness) harness = harness_new();
    const HarnessMember *own = harness_member(harness, 0);

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 2));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 2);
    for (guint i = 1; i <= 2; i++)
        g_assert_true(
            harness_sent_endpoint(harness, harness_member(harness, i), &own->key, OWN_ENDPOINT));
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 1, 0));
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 3, 4));
    connect_to(harness, 3, 4);
    for (guint i = 3; i <= 4; i++)
        g_assert_true(
            harness_sent_endpoint(harness, harness_member(harness, i), &own->key, OWN_ENDPOINT));
}

static void
test_logged(void)
{
    g_autoptr(Harness) harness = harness_new();
    guint n = 0, named[4] = {0};

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 3));
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 3, 3));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        n += output->kind == WL_OUTPUT_LOG && strstr(output->name, "no longer a member");
        for (guint j = 1; output->kind == WL_OUTPUT_PEER_REMOVED && j <= 3; j++)
            named[j] += wl_key_equal(&output->key, &harness_member(harness, j)->key);
    }
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpuint(named[1], ==, 1);
    g_assert_cmpuint(named[2], ==, 1);
    g_assert_cmpuint(named[3], ==, 0);
}

static WlEngineConfig *
config_with_sources(Harness *harness, guint first)
{
    WlEngineConfig *config = config_of(harness, WL_ROLE_LEAF, first, 3);

    for (guint i = 0; i < config->peers->len; i++)
        ((WlPeerConfig *) config->peers->pdata[i])->trust = WL_TRUST_MEMBERSHIP;
    return config;
}

static void
test_returns(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_with_sources(harness, 1));
    harness_uplink(harness, "192.168.1.10/24");
    harness_live(harness, SEC(25), 1, 3);
    for (guint i = 1; i <= 2; i++)
        harness_advertise_member(harness, harness_member(harness, i),
                                 harness_member(harness, 10 + i), "named", 255);
    g_assert_cmpuint(harness_n_peers(harness), ==, 5);
    harness_change(harness, config_with_sources(harness, 3));
    g_assert_cmpuint(harness_n_peers(harness), ==, 1);
    harness_change(harness, config_with_sources(harness, 1));
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
}

static void
test_shared_keys(void)
{
    g_autoptr(Harness) harness = harness_new();
    guint64 before;

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 3));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 3);
    before = wl_signer_get_key_agreements(harness->engine->signer);
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 3, 3));
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 1, 3));
    connect_to(harness, 1, 3);
    g_assert_cmpuint(wl_signer_get_key_agreements(harness->engine->signer) - before, ==, 2);
}

/* A source that may advertise endpoints of members only: a removed peer is none any more. */
static void
test_facts_about(void)
{
    g_autoptr(Harness) harness = harness_new();
    const HarnessMember *source = harness_member(harness, 3);
    WlEndpoint endpoint = harness_endpoint("198.51.100.77:51820");

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 3));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 3);
    for (guint i = 1; i <= 2; i++)
        harness_advertise_endpoint(harness, source, harness_member(harness, i),
                                   "198.51.100.77:51820", 255);
    for (guint removed = 0; removed < 2; removed++) {
        for (guint i = 1; i <= 2; i++) {
            WlFact fact;

            wl_fact_init_endpoint(&fact, &harness_member(harness, i)->key, &endpoint, 0);
            g_assert_cmpint(wl_engine_get_verdict(harness->engine, &fact, &source->key), ==,
                            removed ? WL_VERDICT_UNKNOWN_SUBJECT : WL_VERDICT_ACCEPTED);
        }
        harness_change(harness, config_of(harness, WL_ROLE_LEAF, 3, 3));
    }
}

/* Members on the attached network, whose addresses have neighbors. */
static WlEngineConfig *
config_on_link(Harness *harness, guint first)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = first; i <= 3; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.168.1.%u:51820", 100 + i);
        harness_add(config, harness_member(harness, i), endpoint, NULL);
    }
    return config;
}

static void
test_neighbors(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_on_link(harness, 1));
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(1));
    g_assert_cmpuint(g_hash_table_size(harness->engine->neighbors.candidates), ==, 3);
    harness_change(harness, config_on_link(harness, 3));
    g_assert_cmpuint(g_hash_table_size(harness->engine->neighbors.candidates), ==, 1);
}

static void
test_in_flight(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 3));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 3);
    g_assert_cmpuint(harness->engine->subscribers.in_flight_go, ==, 3);
    harness_change(harness, config_of(harness, WL_ROLE_LEAF, 3, 3));
    g_assert_cmpuint(harness->engine->subscribers.in_flight_go, ==, 1);
}

static void
test_send_failed(void)
{
    g_autoptr(Harness) harness = harness_new();
    guint sent[3];

    harness_start(harness, config_of(harness, WL_ROLE_ROUTER, 1, 2));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 2);
    harness_run(harness, SEC(2));
    for (guint i = 1; i <= 2; i++) {
        sent[i] = n_facts_sent(harness, i);
        g_assert_cmpuint(sent[i], >=, 3);
    }
    harness_clear(harness);
    for (guint i = 1; i <= 2; i++)
        wl_engine_send_failed(harness->engine, harness->now, &harness_member(harness, i)->key);
    harness_drain(harness);
    g_assert_cmpuint(harness->engine->subscribers.in_flight_go, ==, 0);
    harness_run(harness, MS(4999));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    harness_run(harness, MS(1));
    for (guint i = 1; i <= 2; i++) {
        g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, i));

        g_assert_cmpuint(n_facts_sent(harness, i), ==, sent[i]);
        g_assert_cmpuint(facts->len, >, sent[i]); /* and an Alive */
    }
}

/* Facts were sent just before, and others would have to wait for 200 ms. */
static void
test_refresh(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_of(harness, WL_ROLE_ROUTER, 1, 2));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 2);
    harness_run(harness, SEC(2));
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.11/24");
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpuint(n_facts_sent(harness, i), >=, 1);
    harness_clear(harness);
    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpuint(n_facts_sent(harness, i), >=, 3);
}

/* Members that are sent no facts, so that only the Alive can be missing. */
static void
test_alive_send_failed(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = config_of(harness, WL_ROLE_LEAF, 1, 2);

    for (guint i = 0; i < 2; i++)
        ((WlPeerConfig *) config->peers->pdata[i])->fact_exchanger = FALSE;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 2);
    harness_run(harness, SEC(2));
    harness_clear(harness);
    for (guint i = 1; i <= 2; i++)
        wl_engine_send_failed(harness->engine, harness->now, &harness_member(harness, i)->key);
    harness_drain(harness);
    harness_run(harness, MS(4999));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    harness_run(harness, MS(1));
    for (guint i = 1; i <= 2; i++) {
        g_autoptr(GArray) facts = harness_sent(harness, harness_member(harness, i));

        g_assert_cmpuint(facts->len, ==, 1);
        g_assert_cmpint(g_array_index(facts, WlFact, 0).attribute, ==, WL_ATTRIBUTE_ALIVE);
    }
}

/* The new link has no peers. */
static void
recreate_link(Harness *harness)
{
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
}

static void
test_refused_before(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 2));
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 1; i <= 2; i++) {
        for (guint j = 0; j < 4; j++)
            wl_engine_peer_change_failed(harness->engine, harness->now,
                                         &harness_member(harness, i)->key);
    }
    harness_drain(harness);
    harness_clear(harness);
    recreate_link(harness);
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpuint(harness_changes(harness, harness_member(harness, i), WL_PEER_ADD), ==, 1);
}

/* Another program removed the peers, and the link refuses to add them again. */
static void
test_removed_by_another(void)
{
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, config_of(harness, WL_ROLE_LEAF, 1, 2));
    harness_uplink(harness, "192.168.1.10/24");
    connect_to(harness, 1, 2);
    for (guint i = 1; i <= 2; i++) {
        const HarnessMember *member = harness_member(harness, i);

        g_assert_cmpint(harness_view(harness, member)->last_handshake, >=, 0);
        wl_engine_peer_change_failed(harness->engine, harness->now, &member->key);
    }
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    harness_clear(harness);
    harness_drain(harness);
    for (guint i = 1; i <= 2; i++) {
        const HarnessMember *member = harness_member(harness, i);

        g_assert_cmpuint(harness_changes(harness, member, WL_PEER_ADD), ==, 0);
        g_assert_cmpint(harness_view(harness, member)->last_handshake, <, 0);
        g_assert_false(harness_view(harness, member)->healthy);
    }
}

/* Facts of a source that is heard and advertises them no more: a leaf withdraws them, a router, to
 * which others would lose them as well, keeps them. */
static void
test_withdrawn(gconstpointer data)
{
    WlRole role = GPOINTER_TO_INT(data);
    gboolean keeps = role == WL_ROLE_ROUTER;
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = config_of(harness, role, 1, 3);
    HarnessMember *source = harness_member(harness, 1);
    HarnessMember *two = harness_member(harness, 2), *three = harness_member(harness, 3);

    ((WlPeerConfig *) config->peers->pdata[0])->trust = WL_TRUST_MEMBERSHIP;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_live(harness, SEC(300), 1, 3);
    harness_advertise_allowed(harness, source, two, "10.77.0.32/32", 30);
    harness_advertise_allowed(harness, source, three, "10.77.0.33/32", 30);
    harness_advertise_member(harness, source, harness_member(harness, 4), "four", 30);
    harness_advertise_member(harness, source, harness_member(harness, 5), "five", 30);
    harness_live(harness, SEC(25), 1, 3);
    g_assert_true(harness_has_allowed(harness, two, "10.77.0.32/32"));
    g_assert_true(harness_has_allowed(harness, three, "10.77.0.33/32"));
    g_assert_cmpuint(harness_n_peers(harness), ==, 5);
    harness_live(harness, SEC(50), 1, 3);
    g_assert_cmpint(harness_has_allowed(harness, two, "10.77.0.32/32"), ==, keeps);
    g_assert_cmpint(harness_has_allowed(harness, three, "10.77.0.33/32"), ==, keeps);
    g_assert_cmpuint(harness_n_peers(harness), ==, keeps ? 5 : 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/removal/a new member is sent what a removed one knew", test_slot);
    g_test_add_func("/removal/each removed member is logged", test_logged);
    g_test_add_func("/removal/a member that returns has advertised nothing yet", test_returns);
    g_test_add_func("/removal/no shared key of a removed member is kept", test_shared_keys);
    g_test_add_func("/removal/the subject of a fact is no longer known", test_facts_about);
    g_test_add_func("/removal/the neighbors of removed members are forgotten", test_neighbors);
    g_test_add_func("/removal/datagrams to a removed member are no longer in flight",
                    test_in_flight);
    g_test_add_func("/removal/all facts are sent again 5 s after the socket refused a datagram",
                    test_send_failed);
    g_test_add_func("/removal/a refresh sends all facts again at once", test_refresh);
    g_test_add_func("/removal/an Alive is sent again 5 s after the socket refused it",
                    test_alive_send_failed);
    g_test_add_func("/removal/a new link gets the changes that the old one refused at once",
                    test_refused_before);
    g_test_add_func("/removal/a peer that another program removed has no handshake",
                    test_removed_by_another);
    g_test_add_data_func("/removal/a leaf withdraws what its source advertises no more",
                         GINT_TO_POINTER(WL_ROLE_LEAF), test_withdrawn);
    g_test_add_data_func("/removal/a router keeps what its source advertises no more",
                         GINT_TO_POINTER(WL_ROLE_ROUTER), test_withdrawn);
    return g_test_run();
}
