/* SPDX-License-Identifier: GPL-2.0-or-later */

/* When the engine advertises, connects and requests snapshots, and when it stays idle. */

#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

/* ---- advertising */

static void
test_local_facts(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *laptop = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    const WlKey *self = &harness_member(harness, 0)->key;
    WlLocalAddress addresses[3] = {{.ifname = "eth0", .announce = TRUE},
                                   {.ifname = "docker0"},
                                   {.ifname = "eth0", .announce = TRUE}};

    harness_add(config, laptop, NULL, "10.77.0.5/32");
    harness_add(config, desktop, "192.0.2.9:51820", "10.77.0.3/32");
    harness_start(harness, config);
    addresses[0].address = harness_prefix("203.0.113.1/24");
    addresses[1].address = harness_prefix("172.17.0.1/16");
    addresses[2].address = harness_prefix("fe80::1/64");
    wl_engine_set_local_addresses(harness->engine, harness->now, addresses, 3);
    harness_drain(harness);
    /* local facts have no end of their own */
    for (guint i = 0; i < wl_fact_set_size(harness->engine->facts); i++)
        g_assert_cmpint(wl_fact_set_get(harness->engine->facts, i)->fact.expires, ==, 0);
    harness_clear(harness);
    harness_meet(harness, 1, "198.51.100.1:51820");

    g_assert_true(harness_sent_endpoint(harness, laptop, self, "203.0.113.1:51820"));
    g_assert_false(harness_sent_endpoint(harness, laptop, self, "172.17.0.1:51820"));
    g_assert_true(harness_sent_allowed(harness, laptop, self, "10.77.0.0/24"));
    /* no facts about the receiver except its name, and none about offline members */
    g_assert_false(harness_sent_endpoint(harness, laptop, &laptop->key, "198.51.100.1:51820"));
    g_assert_false(harness_sent_allowed(harness, laptop, &laptop->key, "10.77.0.5/32"));
    g_assert_false(harness_sent_endpoint(harness, laptop, &desktop->key, "192.0.2.9:51820"));

    harness_clear(harness);
    harness_run(harness, MS(300));
    harness_meet(harness, 2, "192.0.2.10:40000");
    g_assert_true(harness_sent_endpoint(harness, laptop, &desktop->key, "192.0.2.10:40000"));
    g_assert_true(harness_sent_allowed(harness, laptop, &desktop->key, "10.77.0.3/32"));
    g_assert_true(harness_sent_endpoint(harness, desktop, &laptop->key, "198.51.100.1:51820"));
    g_assert_true(harness_sent_allowed(harness, desktop, &laptop->key, "10.77.0.5/32"));
    /* configured addresses only while the peer is offline: the observed one is better */
    g_assert_false(harness_sent_endpoint(harness, laptop, &desktop->key, "192.0.2.9:51820"));
}

static void
test_leaf_is_quiet(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    const WlKey *self = &harness_member(harness, 0)->key;
    g_autoptr(GArray) sent = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_true(harness_sent_endpoint(harness, hub, self, "192.168.1.10:51820"));
    g_assert_false(harness_sent_allowed(harness, hub, self, "10.77.0.0/24"));
    harness_clear(harness);
    harness_meet(harness, 2, "198.51.100.7:51820");
    sent = harness_sent(harness, desktop);
    g_assert_cmpuint(sent->len, >, 0);
    for (guint i = 0; i < sent->len; i++)
        g_assert_cmpint(g_array_index(sent, WlFact, i).attribute, ==, WL_ATTRIBUTE_ALIVE);
}

static void
test_relay_ttl(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *laptop = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GArray) sent = NULL;
    gboolean found = FALSE;

    harness_add(config, laptop, NULL, "10.77.0.5/32");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    harness_meet(harness, 1, "198.51.100.1:51820");
    harness_advertise_endpoint(harness, laptop, laptop, "192.168.1.10:51820", 200);
    harness_run(harness, MS(2500));
    harness_meet(harness, 2, "198.51.100.2:51820");
    sent = harness_sent(harness, desktop);
    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        if (fact->attribute != WL_ATTRIBUTE_ENDPOINT_V4 || fact->value.endpoint.ip.bytes[0] != 192)
            continue;
        found = TRUE;
        g_assert_cmpuint(fact->ttl, ==, 197);
    }
    g_assert_true(found);
    /* and the fact is not sent back to its source */
    g_assert_false(harness_sent_endpoint(harness, laptop, &laptop->key, "192.168.1.10:51820"));
}

/* The first change after a quiet time is sent at once, later ones in one datagram after 200 ms. */
static void
test_relays_together(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *laptop = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_add(config, laptop, NULL, "10.77.0.5/32");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    harness_meet(harness, 1, "198.51.100.1:51820");
    harness_meet(harness, 2, "198.51.100.2:51820");
    harness_run(harness, SEC(1));
    harness_clear(harness);
    harness_advertise_endpoint(harness, laptop, laptop, "192.168.1.10:51820", 200);
    g_assert_true(harness_sent_endpoint(harness, desktop, &laptop->key, "192.168.1.10:51820"));
    harness_clear(harness);
    harness_run(harness, MS(50));
    harness_advertise_endpoint(harness, laptop, laptop, "192.168.1.11:51820", 200);
    harness_advertise_endpoint(harness, laptop, laptop, "192.168.1.12:51820", 200);
    harness_run(harness, MS(149));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    harness_run(harness, MS(1));
    g_assert_true(harness_sent_endpoint(harness, desktop, &laptop->key, "192.168.1.11:51820"));
    g_assert_true(harness_sent_endpoint(harness, desktop, &laptop->key, "192.168.1.12:51820"));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 1);
}

/* A member that has roamed sends an Alive early: the router reads the device and advertises at
 * once. */
static void
test_roamed_member(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *laptop = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;

    harness_add(config, laptop, NULL, "10.77.0.5/32");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    harness_meet(harness, 1, "198.51.100.1:51820");
    harness_meet(harness, 2, "198.51.100.2:51820");
    harness_run(harness, SEC(10));
    harness_clear(harness);
    peer = wl_device_find(harness->device, &laptop->key);
    peer->endpoint = harness_endpoint("198.51.100.3:4242");
    harness_alive(harness, laptop);
    g_assert_true(harness_sent_endpoint(harness, desktop, &laptop->key, "198.51.100.3:4242"));
    g_assert_cmpint(harness_view(harness, laptop)->endpoint.port, ==, 4242);
}

static void
test_boot_id(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    const WlKey *self = &harness_member(harness, 0)->key;
    guint resends = 0;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(10));
    harness_clear(harness);
    harness_alive(harness, hub);
    g_assert_false(harness_sent_endpoint(harness, hub, self, "192.168.1.10:51820"));
    hub->boot_id.bytes[3] ^= 1;
    harness_alive(harness, hub);
    g_assert_true(harness_sent_endpoint(harness, hub, self, "192.168.1.10:51820"));
    /* a member that keeps restarting gets a full resend once every 5 s */
    harness_run(harness, SEC(10));
    for (guint i = 0; i < 100; i++) {
        harness_clear(harness);
        hub->boot_id.bytes[4]++;
        harness_alive(harness, hub);
        harness_run(harness, MS(100));
        resends += harness_sent_endpoint(harness, hub, self, "192.168.1.10:51820");
    }
    g_assert_cmpuint(resends, >=, 2);
    g_assert_cmpuint(resends, <=, 3);
}

static void
test_alive_schedule(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    guint datagrams;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_live(harness, SEC(100), 1, 1);
    harness_clear(harness);
    harness_live(harness, SEC(3600), 1, 1);
    datagrams = harness_count(harness, WL_OUTPUT_SEND);
    g_assert_cmpuint(datagrams, >=, 3600 / 31);
    g_assert_cmpuint(datagrams, <=, 3600 / 30 + 2);
    g_assert_cmpuint(harness->wakeups, <=, 3600 / 30 + 10);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_CHANGED), ==, 0);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 0);
    g_assert_cmpint(harness_view(harness, hub)->state, ==, WL_PEER_DIRECT);
}

static void
test_idle_hub(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

    for (guint i = 1; i < 30; i++) {
        g_autofree char *address = g_strdup_printf("10.77.0.%u/32", i + 2);
        harness_add(config, harness_member(harness, i), NULL, address);
    }
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    harness_clear(harness);
    harness_run(harness, SEC(86400));
    g_assert_cmpuint(harness->wakeups, ==, 0);
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, G_MAXINT64);
}

/* ---- trying */

static void
test_attempts(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    static const char *const told[] = {"198.51.100.7:51820", "10.9.9.9:51820",
                                       "192.168.1.77:51820"};
    static const char *const order[] = {"192.168.1.77:51820", "198.51.100.7:51820",
                                        "10.9.9.9:51820"};
    guint n = 0;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    {
        g_autoptr(GArray) facts = wl_fact_array_new();
        for (guint i = 0; i < 3; i++) {
            WlEndpoint endpoint;
            WlFact fact;
            endpoint = harness_endpoint(told[i]);
            wl_fact_init_endpoint(&fact, &desktop->key, &endpoint, harness->now + SEC(3600));
            g_array_append_val(facts, fact);
        }
        harness_clear(harness);
        harness_datagram(harness, hub, facts);
    }
    harness_run(harness, MS(1300)); /* the first round: half a second each, the last one 0.3 s */
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        g_autofree char *text = NULL;
        if (output->kind != WL_OUTPUT_CHANGE_PEER)
            continue;
        g_assert_cmpint(output->change->kind, ==, WL_PEER_RECREATE);
        text = wl_endpoint_to_string(&output->change->endpoint);
        g_assert_cmpuint(n, <, 3);
        g_assert_cmpstr(text, ==, order[n]);
        n++;
    }
    g_assert_cmpuint(n, ==, 3);
    /* three more rounds with the best two, up to a second each; then 5 s each for all three;
     * then the endpoint is dropped */
    harness_live(harness, MS(5000), 1, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 9);
    harness_live(harness, SEC(18), 1, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 14);
    g_assert_false(wl_endpoint_is_set(&harness_view(harness, desktop)->endpoint));
    /* with back-off to five minutes: rounds of 15 s */
    harness_clear(harness);
    harness_live(harness, SEC(3000), 1, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), <=, 4 * 15);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 4 * 10);
    /* a new candidate restarts the rounds */
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.8:51820", 254);
    harness_run(harness, SEC(2));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 3);
}

static void
test_initiation_budget(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    guint recreated = 0;

    for (guint i = 1; i <= 100; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.100.%u:51820", i);
        harness_add(config, harness_member(harness, i), endpoint, NULL);
    }
    harness_start(harness, config);
    harness_clear(harness);
    harness_uplink(harness, "203.0.113.1/24");
    harness_run(harness, SEC(3));
    recreated = harness_count(harness, WL_OUTPUT_SEND);
    g_assert_cmpuint(recreated, >=, 30);
    g_assert_cmpuint(recreated, <=, 41); /* ten at once, then ten a second */
}

static void
test_live_session_is_kept(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_make_native(desktop);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(12));
    /* an endpoint advertised by a third party does not change a live session */
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.9:51820", 254);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
    harness_run(harness, MS(100));
    harness_alive(harness, desktop); /* the peer answers: the endpoint stays */
    harness_run(harness, SEC(5));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
    /* silent for a second: another endpoint is tried inside the session, then the original one
     * again */
    desktop->mute = TRUE;
    harness_set_far(harness, desktop);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.10:51820", 254);
    harness_run(harness, MS(1100));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 1);
    harness_run(harness, MS(600));
    g_assert_cmpstr(harness_view(harness, desktop)->reason_text, ==,
                    "direct on 198.51.100.7:51820");
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* still silent: routed through the hub, and the session is kept */
    harness_run(harness, MS(2600));
    g_assert_true(g_str_has_suffix(harness_view(harness, desktop)->reason_text,
                                   ": no more packets from 198.51.100.7:51820"));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
}

/* Both sides send an Alive every 30 s: when those of the peer stop, other endpoints are tried. */
/* A member that connects to us advertises its endpoints first, such as a Go leaf behind a NAT its
 * private address. The session must not be dropped for that address.
 */
static void
test_first_words_keep_the_session(void)
{
    /* Both orders of the keys, on which the tie-breaker depends. */
    for (guint number = 1; number <= 8; number++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
        HarnessMember *leaf = harness_member(harness, number);

        harness_add(config, leaf, NULL, "10.77.0.3/32");
        harness_start(harness, config);
        harness_uplink(harness, "203.0.113.5/24");
        harness_run(harness, SEC(10));
        harness_clear(harness);

        harness_handshake(harness, leaf, "198.51.100.12:51820");
        harness_advertise_endpoint(harness, leaf, leaf, "192.168.2.2:51820", 255);
        harness_run(harness, SEC(5));
        g_assert_cmpuint(harness_changes(harness, leaf, WL_PEER_RECREATE), ==, 0);
        g_assert_cmpint(harness_view(harness, leaf)->last_handshake, >=, 0);
    }
}

static void
test_silent_session(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_make_native(desktop);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, harness_member(harness, 1), desktop, "198.51.100.9:51820",
                               3600);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_live(harness, SEC(100), 1, 2);
    harness_clear(harness);
    harness_live(harness, SEC(100), 1, 2);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
    desktop->mute = TRUE;
    harness_live(harness, SEC(75), 1, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), >=, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
}

/* The device reports handshakes in wall-clock time. */
static void
test_clock_jumps(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    const HarnessMember *hub = harness_member(harness, 1);
    gint64 *handshake;

    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_run(harness, SEC(20));
    handshake = g_hash_table_lookup(harness->handshakes, &hub->key);
    harness_clear(harness);

    /* Forward: packets still arrive. */
    *handshake -= SEC(3600);
    harness_alive(harness, hub);
    harness_run(harness, SEC(31));
    g_assert_true(harness_view(harness, hub)->healthy);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    /* Back: each snapshot reports a new handshake, but no packets arrive. */
    for (guint i = 0; i < 20 && harness_view(harness, hub)->healthy; i++) {
        *handshake = harness->now;
        harness_snapshot(harness);
        harness_drain(harness);
        harness_run(harness, SEC(10));
    }
    g_assert_false(harness_view(harness, hub)->healthy);
}

/* The last packets may have gone to the former endpoint. */
static void
test_roaming_peer(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    const HarnessMember *hub = harness_member(harness, 1);

    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_run(harness, SEC(10));
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    g_assert_true(wl_endpoint_parse("203.0.113.1:40000",
                                    &wl_device_find(harness->device, &hub->key)->endpoint));
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 1);
}

static void
test_names_are_resolved(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1);
    WlEndpoint address;

    harness_add(config, hub, "hub.example.net:51820", "10.77.0.0/24");
    harness_start(harness, config);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 0);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    for (guint i = 0; i < 4; i++) { /* 1, 2, 4 s */
        wl_engine_name_resolved(harness->engine, harness->now, "hub.example.net:51820", NULL, 0);
        harness_drain(harness);
        harness_clear(harness);
        harness_run(harness, MS(800) << i);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 0);
        harness_run(harness, MS(400) << i);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    }
    harness_clear(harness);
    address = harness_endpoint("203.0.113.4:51820");
    wl_engine_name_resolved(harness->engine, harness->now, "hub.example.net:51820", &address, 1);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 1);
    g_assert_true(wl_endpoint_equal(&harness_view(harness, hub)->endpoint, &address));
    harness_meet(harness, 1, NULL);
    harness_clear(harness);
    harness_live(harness, SEC(1000), 1, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 0);
}

/* Machines that lost the same hub do not all resolve its name at the same time. */
static void
test_names_jitter(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    guint exact = 0;

    harness_add(config, harness_member(harness, 1), "hub.example.net:51820", "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 0; i < 4; i++) {
        gint64 asked = harness->now;

        wl_engine_name_resolved(harness->engine, harness->now, "hub.example.net:51820", NULL, 0);
        harness_drain(harness);
        harness_clear(harness);
        while (harness_count(harness, WL_OUTPUT_RESOLVE) == 0)
            harness_run(harness, MS(1));
        exact += ABS(harness->now - asked - (SEC(1) << i)) <= MS(1);
    }
    g_assert_cmpuint(exact, <, 4);
}

static void
answer_name(Harness *harness, const char *endpoint)
{
    WlEndpoint address = {0};

    g_assert_true(!endpoint || wl_endpoint_parse(endpoint, &address));
    wl_engine_name_resolved(harness->engine, harness->now, "hub.example.net:51820", &address,
                            !!endpoint);
    harness_drain(harness);
}

/* No endpoint is inside the tunnel: neither an address of the profile nor one that a DNS server in
 * the tunnel returns. One log line; a local network in that range is unaffected.
 */
static void
test_inside(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    HarnessMember *hub = harness_member(harness, 1), *desk = harness_member(harness, 2);
    WlEndpoint addresses[2];
    guint said = 0;

    harness_add(config, hub, "hub.example.net:51820", "10.77.0.0/24");
    harness_add(config, desk, "10.77.0.9:51820", "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_true(wl_endpoint_parse("10.77.0.1:51820", &addresses[0]));
    g_assert_true(wl_endpoint_parse("203.0.113.1:51820", &addresses[1]));
    wl_engine_name_resolved(harness->engine, harness->now, "hub.example.net:51820", addresses, 2);
    harness_drain(harness);
    g_assert_true(wl_endpoint_equal(&harness_view(harness, hub)->endpoint, &addresses[1]));
    harness_run(harness, SEC(60));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind == WL_OUTPUT_LOG)
            said += strstr(output->name, "inside the tunnel") != NULL;
        g_assert_false(output->kind == WL_OUTPUT_CHANGE_PEER &&
                       wl_endpoint_is_set(&output->change->endpoint) &&
                       !wl_endpoint_equal(&output->change->endpoint, &addresses[1]));
    }
    g_assert_cmpuint(said, ==, 2);
    g_assert_false(wl_endpoint_is_set(&harness_view(harness, desk)->endpoint));

    harness_uplink(harness, "10.77.0.200/24");
    harness_run(harness, SEC(2));
    g_assert_true(wl_endpoint_is_set(&harness_view(harness, desk)->endpoint));
}

/* A name that failed to resolve, at increasing intervals, is resolved at once when a later session
 * becomes stale. */
static void
test_stale_name(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), "hub.example.net:51820", "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 0; i < 10; i++) {
        answer_name(harness, NULL);
        harness_clear(harness);
        harness_run(harness, SEC(331));
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), >=, 1);
    }
    answer_name(harness, HARNESS_HUB_ENDPOINT);
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_clear(harness);
    harness_run(harness, SEC(160));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 0);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    /* and from then on as at the start */
    answer_name(harness, NULL);
    harness_clear(harness);
    harness_run(harness, MS(1200));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);

    /* with a session it is resolved on a new uplink as well */
    answer_name(harness, HARNESS_HUB_ENDPOINT);
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_clear(harness);
    harness_uplink(harness, "192.168.7.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
}

static void
test_no_snapshot(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();

    harness->no_device = TRUE;
    harness_uplink(harness, "192.168.1.10/24");
    harness_clear(harness);
    harness_run(harness, SEC(60));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), >=, 30);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), <=, 61);
    g_assert_cmpuint(harness->wakeups, <=, 130);
}

static void
test_uplink_lost(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(3));
    harness_uplink(harness, NULL);
    g_assert_cmpstr(harness_view(harness, hub)->reason_text, ==, "no uplink");
    harness_clear(harness);
    harness_run(harness, SEC(3600));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    g_assert_cmpuint(harness->wakeups, <=, 3);
    harness_uplink(harness, "192.168.5.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 1);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 1);
}

/* Prefixes that the last request of the watch for traffic was about; NULL if there was none. */
static const GArray *
watched(Harness *harness)
{
    const GArray *prefixes = NULL;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_WATCH_TRAFFIC)
            prefixes = output->prefixes;
    }
    return prefixes;
}

static void
tell_basic(Harness *harness, const HarnessMember *member, guint ttl)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new("phone", TRUE);
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_metadata(&fact, &member->key, metadata, harness->now + SEC(ttl));
    g_array_append_val(facts, fact);
    harness_datagram(harness, harness_member(harness, 1), facts);
    harness_advertise_endpoint(harness, harness_member(harness, 1), member, "198.51.100.9:51820",
                               ttl);
    harness_advertise_allowed(harness, harness_member(harness, 1), member, "10.77.0.9/32", ttl);
}

/* The facts of the snapshot would share the datagram, but it does not arrive. Among more than a
 * hundred peers a snapshot is always pending, and none is waited for. */
static void
snapshot_missing(guint n_peers)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    const WlKey *own = &harness_member(harness, 0)->key;
    gboolean waits = n_peers <= 100;

    for (guint i = 1; i <= 2; i++)
        harness_add(config, harness_member(harness, i), "192.0.2.9:51820", NULL)->fact_exchanger =
            TRUE;
    for (guint i = 3; i <= n_peers; i++)
        harness_add(config, harness_member(harness, i), NULL, NULL);
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 1; i <= 2; i++)
        harness_meet(harness, i, NULL);
    harness_run(harness, SEC(2));
    harness->no_device = TRUE;
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    harness_clear(harness);
    harness_uplink(harness, "192.168.1.11/24");
    harness_run(harness, MS(49));
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpint(
            harness_sent_endpoint(harness, harness_member(harness, i), own, "192.168.1.11:51820"),
            ==, !waits);
    harness_run(harness, MS(1));
    for (guint i = 1; i <= 2; i++)
        g_assert_true(
            harness_sent_endpoint(harness, harness_member(harness, i), own, "192.168.1.11:51820"));
}

static void
test_snapshot_missing(void)
{
    snapshot_missing(2);
    snapshot_missing(100);
    snapshot_missing(101);
}

/* Without a session a peer is sent nothing but the Alive that connects. */
static void
test_connects_by_alive(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    g_autoptr(GArray) sent = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(10));
    sent = harness_sent(harness, harness_member(harness, 1));
    g_assert_cmpuint(sent->len, >, 0);
    for (guint i = 0; i < sent->len; i++)
        g_assert_cmpint(g_array_index(sent, WlFact, i).attribute, ==, WL_ATTRIBUTE_ALIVE);
}

/* Learned basic peers, which no fact names any more. */
static void
test_on_demand_removed(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint i = 5; i <= 6; i++)
        tell_basic(harness, harness_member(harness, i), 600);
    harness_live(harness, SEC(500), 1, 1);
    g_assert_cmpuint(harness->engine->traffic.on_demand->len, ==, 2);
    harness_live(harness, SEC(1000), 1, 1);
    g_assert_cmpuint(harness_n_peers(harness), ==, 2);
    g_assert_cmpuint(harness->engine->traffic.on_demand->len, ==, 0);
}

/* A learned basic peer is tried when there is traffic for it, at most once a minute. */
static void
test_on_demand(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *phone = harness_member(harness, 5);
    WlIp there, elsewhere;
    guint recreations;

    there = harness_ip("10.77.0.9");
    elsewhere = harness_ip("10.77.0.8");
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    tell_basic(harness, phone, 3600);
    harness_clear(harness);
    harness_run(harness, SEC(5));
    harness_live(harness, SEC(1000), 1, 1);
    g_assert_nonnull(watched(harness));
    g_assert_cmpuint(watched(harness)->len, ==, 1);
    g_assert_true(wl_ip_equal(&g_array_index(watched(harness), WlPrefix, 0).ip, &there));

    harness_clear(harness);
    wl_engine_traffic_started(harness->engine, harness->now, &elsewhere);
    harness_drain(harness);
    g_assert_nonnull(watched(harness)); /* not for it: watched on */
    recreations = harness_changes(harness, phone, WL_PEER_RECREATE);
    g_assert_cmpuint(recreations, ==, 0);
    wl_engine_traffic_started(harness->engine, harness->now, &there);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, phone, WL_PEER_RECREATE), ==, 1);
    /* no response: the attempt ends, and for a minute traffic starts no other */
    harness_clear(harness);
    harness_live(harness, SEC(50), 1, 1);
    g_assert_null(watched(harness));
    harness_live(harness, SEC(25), 1, 1);
    g_assert_nonnull(watched(harness));
    /* a reachable one needs none */
    harness_clear(harness);
    harness_handshake(harness, phone, "198.51.100.9:51820");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_null(watched(harness));
    wl_engine_traffic_started(harness->engine, harness->now, &there);
    harness_drain(harness);
    g_assert_null(watched(harness));
}

/* Each DNS name of a peer is resolved, and each result counts. */
static void
test_several_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPeerConfig *hub =
        harness_add(config, harness_member(harness, 1), "hub.example.net:51820", "10.77.0.0/24");
    WlEndpoint second = harness_endpoint("203.0.113.2:51820");

    g_ptr_array_add(hub->endpoints, g_strdup("hub.example.org:51820"));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 2);
    wl_engine_name_resolved(harness->engine, harness->now, "hub.example.org:51820", &second, 1);
    harness_drain(harness);
    harness_run(harness, SEC(1));
    g_assert_true(wl_endpoint_equal(
        &wl_device_find(harness->device, &harness_member(harness, 1)->key)->endpoint, &second));
}

/* A router advertises all that it knows of a peer, however many. */
static void
test_several_of_a_peer(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    HarnessMember *laptop = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlLocalAddress addresses[2] = {{.ifname = "eth0", .announce = TRUE},
                                   {.ifname = "eth1", .announce = TRUE}};

    harness_add(config, laptop, NULL, "10.77.0.5/32,10.77.0.6/32,10.77.0.7/32");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    addresses[0].address = harness_prefix("203.0.113.1/24");
    addresses[1].address = harness_prefix("203.0.114.1/24");
    wl_engine_set_local_addresses(harness->engine, harness->now, addresses, 2);
    harness_drain(harness);
    harness_meet(harness, 1, "198.51.100.1:51820");
    harness_meet(harness, 2, "198.51.100.2:51820");
    harness_run(harness, SEC(1));
    for (guint i = 5; i <= 7; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", i);
        g_assert_true(harness_sent_allowed(harness, desktop, &laptop->key, prefix));
    }
    for (guint i = 0; i < 2; i++) {
        const WlKey *self = &harness_member(harness, 0)->key;
        g_assert_true(harness_sent_endpoint(harness, desktop, self,
                                            i ? "203.0.114.1:51820" : "203.0.113.1:51820"));
    }
}

/* An Alive that was not sent is sent again after the pause, also to a peer that gets no facts. */
static void
test_failed_alive(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    g_autoptr(GArray) sent = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_run(harness, SEC(10));
    harness_clear(harness);
    wl_engine_send_failed(harness->engine, harness->now, &desktop->key);
    harness_drain(harness);
    harness_run(harness, MS(4999));
    sent = harness_sent(harness, desktop);
    g_assert_cmpuint(sent->len, ==, 0);
    harness_run(harness, MS(1));
    g_array_unref(sent);
    sent = harness_sent(harness, desktop);
    g_assert_cmpuint(sent->len, ==, 1);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).attribute, ==, WL_ATTRIBUTE_ALIVE);
}

/* A peer with one configured address is left to the retries of WireGuard, except behind a captive
 * portal, where these have to end. */
static void
test_one_configured(void)
{
    for (guint portal = 0; portal < 2; portal++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        HarnessMember *hub = harness_member(harness, 1);

        if (portal) {
            wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_PORTAL);
            harness_drain(harness);
        }
        harness_uplink(harness, "192.168.1.10/24");
        harness_run(harness, SEC(10));
        harness_clear(harness);
        harness_run(harness, SEC(600));
        if (portal)
            g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), >=, 5);
        else
            g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sender/local-facts", test_local_facts);
    g_test_add_func("/sender/leaf-is-quiet", test_leaf_is_quiet);
    g_test_add_func("/sender/relay-ttl", test_relay_ttl);
    g_test_add_func("/sender/relays-together", test_relays_together);
    g_test_add_func("/sender/roamed-member", test_roamed_member);
    g_test_add_func("/sender/boot-id", test_boot_id);
    g_test_add_func("/sender/alive", test_alive_schedule);
    g_test_add_func("/deadline/idle-hub", test_idle_hub);
    g_test_add_func("/connect/rounds", test_attempts);
    g_test_add_func("/connect/budget", test_initiation_budget);
    g_test_add_func("/connect/live-session", test_live_session_is_kept);
    g_test_add_func("/connect/first-words", test_first_words_keep_the_session);
    g_test_add_func("/connect/silent-session", test_silent_session);
    g_test_add_func("/connect/clock-jumps", test_clock_jumps);
    g_test_add_func("/sender/facts wait 50 ms for a snapshot", test_snapshot_missing);
    g_test_add_func("/sender/an Alive connects", test_connects_by_alive);
    g_test_add_func("/sender/roaming-peer", test_roaming_peer);
    g_test_add_func("/connect/names", test_names_are_resolved);
    g_test_add_func("/connect/names/jitter", test_names_jitter);
    g_test_add_func("/connect/inside", test_inside);
    g_test_add_func("/connect/stale-name", test_stale_name);
    g_test_add_func("/deadline/no-snapshot", test_no_snapshot);
    g_test_add_func("/deadline/uplink-lost", test_uplink_lost);
    g_test_add_func("/connect/on-demand", test_on_demand);
    g_test_add_func("/connect/on-demand/a removed peer is not watched", test_on_demand_removed);
    g_test_add_func("/connect/names/several", test_several_names);
    g_test_add_func("/advertise/several-of-a-peer", test_several_of_a_peer);
    g_test_add_func("/advertise/failed-alive", test_failed_alive);
    g_test_add_func("/connect/one-configured", test_one_configured);
    return g_test_run();
}
