/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a received datagram causes, and how often it does. */
#include <string.h>

#include "exchange/wl-receive.h"
#include "paths/wl-path-hold-down.h"
#include "state/wl-engine-state.h"
#include "timeline.h"
#include "wl-fact-codec.h"

#define HUB_AT     "203.0.113.1:51820"
#define DESKTOP_AT "198.51.100.7:51820"

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

/* A leaf with sessions with the hub (1) and a native desktop (2). */
static Harness *
leaf_new(void)
{
    Harness *harness = harness_leaf_new();

    timeline_steady(harness);
    harness_make_native(harness_member(harness, 2));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, DESKTOP_AT);
    harness_run(harness, SEC(20));
    harness_clear(harness);
    return harness;
}

static guint64
received(Harness *harness, WlReceiveResult result)
{
    return wl_engine_get_receive_counters(harness->engine)[result];
}

static guint64
refused(Harness *harness)
{
    return wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TOO_MANY];
}

/* ---- rates */

static const struct {
    const char *name;
    const char *from; /* NULL: the hub */
    guint burst;
    gint64 interval;
} rates[] = {
    {"1024 datagrams of a peer at once, then 100 a second", NULL, 1024, MS(10)},
    {"16 datagrams of strangers at once, then 10 a second", "fe80::1234", 16, MS(100)},
};

static void
test_rate(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    WlIp from = rates[i].from ? harness_ip(rates[i].from) : harness_member(harness, 1)->link_local;

    harness_run(harness, rates[i].interval * rates[i].burst);
    for (guint j = 0; j < rates[i].burst; j++)
        wl_engine_datagram_received(harness->engine, harness->now, &from, (const guint8 *) "?", 1);
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, 0);
    for (guint j = 0; j < 3; j++) {
        wl_engine_datagram_received(harness->engine, harness->now, &from, (const guint8 *) "?", 1);
        g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, j + 1);
        harness->now += rates[i].interval;
        wl_engine_datagram_received(harness->engine, harness->now, &from, (const guint8 *) "?", 1);
        g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, j + 1);
    }
    harness_drain(harness);
}

/* A datagram that a stranger sent does not take from the rate of a peer. */
static void
test_rates_apart(void)
{
    g_autoptr(Harness) harness = leaf_new();
    WlIp stranger = harness_ip("fe80::1234");
    gint64 heard;

    for (guint j = 0; j < 100; j++)
        wl_engine_datagram_received(harness->engine, harness->now, &stranger, (const guint8 *) "?",
                                    1);
    harness_drain(harness);
    heard = harness->now;
    harness_alive(harness, harness_member(harness, 1));
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->last_alive, ==, heard);
}

/* ---- replays */

static GBytes *
make_alive(Harness *harness, const HarnessMember *from)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    WlFact fact;

    wl_fact_init_alive(&fact, &from->key, &from->boot_id, 0);
    fact.ttl = 255;
    wl_fact_encode(&fact, inner);
    return wl_signer_sign(from->signer, &harness_member(harness, 0)->key, inner->data, inner->len);
}

static void
receive(Harness *harness, const HarnessMember *from, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    wl_engine_datagram_received(harness->engine, harness->now, &from->link_local, data, length);
    harness_drain(harness);
}

/* Each of the last 32 datagrams is known, an earlier one is not. */
static void
test_replays(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);

    for (guint i = 0; i < 2 * WL_MAX_NONCES; i++) {
        g_ptr_array_add(sent, make_alive(harness, hub));
        receive(harness, hub, sent->pdata[i]);
    }
    g_assert_cmpuint(received(harness, WL_RECEIVE_REPLAYED), ==, 0);
    for (guint i = WL_MAX_NONCES; i < 2 * WL_MAX_NONCES; i++)
        receive(harness, hub, sent->pdata[i]);
    g_assert_cmpuint(received(harness, WL_RECEIVE_REPLAYED), ==, WL_MAX_NONCES);
    receive(harness, hub, sent->pdata[WL_MAX_NONCES - 1]);
    g_assert_cmpuint(received(harness, WL_RECEIVE_REPLAYED), ==, WL_MAX_NONCES);
}

static void
zeros(gpointer user_data, guint8 *buffer, gsize length)
{
    memset(buffer, 0, length);
}

/* The first datagram of a member is no replay, whatever its nonce. */
static void
test_first_nonce(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(WlSigner) signer = wl_signer_new(&hub->private_key, zeros, NULL);
    HarnessMember twin = *hub;
    g_autoptr(GBytes) bytes = NULL;

    twin.signer = signer;
    bytes = make_alive(harness, &twin);
    g_assert_cmpuint(wl_signer_get_nonce(g_bytes_get_data(bytes, NULL)), ==, 0);
    receive(harness, &twin, bytes);
    g_assert_cmpuint(received(harness, WL_RECEIVE_ACCEPTED), ==, 1);
}

/* A key whose link-local address is that of a peer is a stranger. */
static void
test_same_address(void)
{
    g_autoptr(Harness) harness = leaf_new();
    WlPeerTable *peers = &harness->engine->peers;
    HarnessMember *other = harness_member(harness, 5);
    g_autoptr(GBytes) bytes = make_alive(harness, other);
    guint64 accepted = received(harness, WL_RECEIVE_ACCEPTED);
    gint64 heard = peer_of(harness, 1)->liveness.last_heard;

    for (guint i = 0; i < 2; i++) {
        g_hash_table_insert(peers->by_link_local, &other->link_local, peer_of(harness, 1));
        receive(harness, other, bytes);
        g_hash_table_remove(peers->by_link_local, &other->link_local);
    }
    g_assert_cmpuint(received(harness, WL_RECEIVE_ACCEPTED), ==, accepted + 2);
    g_assert_cmpint(peer_of(harness, 1)->liveness.last_heard, ==, heard);
}

/* ---- Alives */

static void
send_alive(Harness *harness, const HarnessMember *from, guint ttl)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_alive(&fact, &from->key, &from->boot_id, harness->now + SEC(ttl));
    g_array_append_val(facts, fact);
    harness_datagram(harness, from, facts);
}

static const struct {
    const char *name;
    gint64 after; /* the previous one */
    guint member, ttl;
    gboolean restarted;
    const char *expected;
} alives[] = {
    {"an Alive that is due is no reason to read the device", SEC(25), 2, 255, FALSE, ""},
    {"an early Alive may come from another endpoint", SEC(25) - 1, 2, 255, FALSE, "0 dump"},
    {"an Alive that requests one is answered", SEC(25), 2, 254, FALSE, "0 alive, 0 dump"},
    {"a Go member requests none", SEC(25), 1, 254, FALSE, ""},
    {"a restarted member may be anywhere", SEC(25), 2, 255, TRUE, "0 alive, 0 dump"},
};

static void
test_alive(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *member = harness_member(harness, alives[i].member);

    send_alive(harness, member, 255);
    harness_run(harness, alives[i].after);
    harness_clear(harness);
    if (alives[i].restarted)
        harness_make_native(member);
    send_alive(harness, member, alives[i].ttl);
    timeline_assert(harness, member, 0, TIMELINE_DUMPS | TIMELINE_ALIVES, alives[i].expected);
}

/* Four replies and eight reads at once, then two a second. */
static void
test_many_alives(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_run(harness, SEC(5));
    harness_clear(harness);
    for (guint i = 0; i < 12; i++) {
        send_alive(harness, desktop, 254);
        harness_run(harness, MS(1));
    }
    timeline_assert(harness, desktop, 0, TIMELINE_DUMPS | TIMELINE_ALIVES,
                    "0 alive, 0 dump, 0 alive, 0 dump, 0 alive, 0 dump, 0 alive, 0 dump, 0 dump, "
                    "0 dump, 0 dump, 0 dump");
    harness_run(harness, MS(500));
    harness_clear(harness);
    for (guint i = 0; i < 3; i++)
        send_alive(harness, desktop, 254);
    timeline_assert(harness, desktop, 0, TIMELINE_DUMPS | TIMELINE_ALIVES, "0 alive, 0 dump");
}

/* The fifth restart within a few minutes does not end the hold-down of the path. */
static void
test_restarts(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlPeer *peer = peer_of(harness, 2);
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");

    harness_run(harness, SEC(400));
    harness_meet(harness, 2, DESKTOP_AT);
    for (guint i = 0; i < 6; i++) {
        if (i == 5)
            harness->now += SEC(60);
        wl_path_hold_down_note_failure(&peer->path, &endpoint, harness->now);
        harness_make_native(desktop);
        send_alive(harness, desktop, 255);
        g_assert_cmpint(wl_path_hold_down_ends_at(&peer->path, &endpoint) > harness->now, ==,
                        i == 4);
    }
}

/* ---- facts */

/* New endpoints of its own, which end soon: 16 at once, then one in 20 s. */
static void
test_own_endpoints(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    for (guint i = 0; i < 19; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", i + 1);

        harness_advertise_endpoint(harness, desktop, desktop, endpoint, 1);
        g_assert_cmpuint(refused(harness), ==, i < 16 ? 0 : i < 18 ? 1 : 2);
        harness_run(harness, i == 16 ? SEC(4) : SEC(1));
    }
}

/* Endpoints of others are not its own. */
static void
test_other_endpoints(void)
{
    g_autoptr(Harness) harness = leaf_new();

    for (guint i = 0; i < 19; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", i + 1);

        harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                                   endpoint, 1);
        g_assert_cmpuint(refused(harness), ==, 0);
        harness_run(harness, SEC(1));
    }
}

/* Facts that live shorter than a minute: 64 at once, then one in two seconds. Others are not
 * counted, nor are those that are refused. */
static void
test_short_lives(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    for (guint i = 0; i < 70; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", i + 4);
        g_autofree char *foreign = g_strdup_printf("10.99.0.%u/32", i + 4);

        harness_advertise_allowed(harness, desktop, desktop, foreign, 59);
        harness_advertise_allowed(harness, hub, desktop, prefix, i < 3 ? 60 : 59);
        g_assert_cmpuint(refused(harness), ==, i < 67 ? 0 : i < 69 ? 1 : 2);
        if (i == 67)
            harness_run(harness, SEC(2));
    }
    /* A renewal is none. */
    harness_advertise_allowed(harness, hub, desktop, "10.77.0.4/32", 59);
    g_assert_cmpuint(refused(harness), ==, 2);
}

static guint
n_logged(Harness *harness, const char *words)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_LOG && strstr(output->name, words);
    }
    return n;
}

/* @n prefixes of the desktop, in the order of their numbers from @first on. */
static void
advertise_many(Harness *harness, guint first, guint n)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    for (guint i = first; i < first + n; i++) {
        WlPrefix prefix = {.ip = {.family = WL_FAMILY_V4, .bytes = {10, 99}}, .length = 32};
        WlFact fact;

        prefix.ip.bytes[2] = (guint8) (i >> 8);
        prefix.ip.bytes[3] = (guint8) i;
        wl_fact_init_allowed(&fact, &harness_member(harness, 2)->key, &prefix,
                             harness->now + SEC(255));
        g_array_append_val(facts, fact);
    }
    harness_datagram(harness, harness_member(harness, 1), facts);
    harness_run(harness, MS(100));
}

/* A full table is logged once an hour, with the name of the source. */
static void
test_full(void)
{
    g_autoptr(Harness) harness = leaf_new();
    WlPeer *hub = peer_of(harness, 1);
    g_autofree char *label = wl_peer_dup_label(hub);
    g_autofree char *words = g_strdup_printf(
        "%s: fact table full (limits: 10000 per member, 20064 in total); ignoring new facts",
        label);

    for (guint i = 0; i < 11; i++)
        advertise_many(harness, i * 1000, 1000);
    g_assert_cmpuint(n_logged(harness, words), ==, 1);
    for (guint i = 0; i < 2; i++) {
        harness_clear(harness);
        hub->receive.full_logged = harness->now - SEC(3600) + (i == 0 ? 1 : 0);
        advertise_many(harness, 12000 + i, 1);
        g_assert_cmpuint(n_logged(harness, words), ==, i);
    }
}

/* ---- an endpoint that another member may have */

#define ROUTER   1
#define ITSELF   2
#define OTHER    3
#define OBSERVER 4 /* is trusted with members */

/* Member 2 may be at a known endpoint that @from begins to advertise; what that is a reason for. */
static const struct {
    const char *name;
    guint from;
    gboolean healthy, router_there;
    guint restarts; /* 1: at its own word, 2: at that of a router */
    gboolean heard; /* at the word of a third party */
    guint sightings;
    gboolean suspect, reads;
} words[] = {
    {"a router knows where it is", ROUTER, FALSE, TRUE, 2, FALSE, 0, FALSE, FALSE},
    {"an observer does", OBSERVER, FALSE, TRUE, 2, FALSE, 0, FALSE, FALSE},
    {"it says itself where it is", ITSELF, FALSE, TRUE, 1, FALSE, 0, FALSE, TRUE},
    {"a third party is heard", OTHER, FALSE, TRUE, 0, TRUE, 0, FALSE, FALSE},
    {"a router sees it elsewhere", ROUTER, TRUE, TRUE, 0, FALSE, 1, FALSE, FALSE},
    {"an observer sees it elsewhere", OBSERVER, TRUE, TRUE, 0, FALSE, 1, FALSE, FALSE},
    {"its own word came over a path that works", ITSELF, TRUE, TRUE, 0, FALSE, 0, FALSE, TRUE},
    {"a router would know better than a third party", OTHER, TRUE, TRUE, 0, FALSE, 0, FALSE, FALSE},
    {"without a router a third party may", OTHER, TRUE, FALSE, 0, FALSE, 0, TRUE, FALSE},
    {"its own word does not even then", ITSELF, TRUE, FALSE, 0, FALSE, 0, FALSE, TRUE},
};

static void
test_endpoint_word(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    HarnessMember *from = harness_member(harness, words[i].from);
    g_autoptr(GByteArray) inner = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;
    WlEndpoint endpoint = harness_endpoint("192.0.2.9:1");
    WlPeer *subject;
    WlFact fact;
    gsize length;

    harness_add(config, harness_member(harness, ROUTER), HUB_AT, "10.77.0.0/24")->trust =
        WL_TRUST_MEMBERSHIP;
    for (guint j = ITSELF; j <= OBSERVER; j++)
        harness_add(config, harness_member(harness, j), NULL, NULL)->trust =
            j == OBSERVER ? WL_TRUST_MEMBERSHIP : WL_TRUST_ENDPOINT;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    subject = peer_of(harness, ITSELF);
    for (guint j = ROUTER; j <= OBSERVER; j++)
        peer_of(harness, j)->liveness.healthy = j != ITSELF || words[i].healthy;
    peer_of(harness, ROUTER)->liveness.healthy = words[i].router_there;
    subject->connect.restart = subject->connect.heard = subject->roaming.suspect = FALSE;
    subject->turn.scheduled = FALSE;
    harness->engine->outputs.snapshot_wanted = FALSE;

    wl_fact_init_endpoint(&fact, &subject->key, &endpoint, 0);
    fact.ttl = 200;
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(from->signer, &harness_member(harness, 0)->key, inner->data, inner->len);
    wl_receive_datagram(harness->engine, &from->link_local, g_bytes_get_data(bytes, &length),
                        g_bytes_get_size(bytes));
    /* who sends facts uses this member as its router (docs/engine.md "Several routers") */
    g_assert_true(peer_of(harness, words[i].from)->failover.sent_facts);
    g_assert_true(subject->turn.scheduled);
    g_assert_cmpint(subject->connect.restart, ==, words[i].restarts > 0);
    for (guint j = 0; j < 2; j++)
        g_assert_cmpint(subject->connect.restart_rates[j].next > 0, ==, words[i].restarts == j + 1);
    g_assert_cmpint(subject->connect.heard, ==, words[i].heard);
    g_assert_cmpuint(subject->roaming.n_sightings, ==, words[i].sightings);
    g_assert_cmpint(subject->roaming.suspect, ==, words[i].suspect);
    g_assert_cmpint(harness->engine->outputs.snapshot_wanted, ==, words[i].reads);
}

/* A fact is relayed to others, and not sent back to the member that sent it. */
static void
test_not_sent_back(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    const WlKey *about = &harness_member(harness, 3)->key;

    for (guint i = 1; i <= 3; i++)
        harness_add(config, harness_member(harness, i), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    for (guint i = 1; i <= 3; i++)
        harness_meet(harness, i, DESKTOP_AT);
    harness_run(harness, SEC(20));
    for (guint round = 0; round < 2; round++) {
        harness_clear(harness);
        harness_advertise_allowed(harness, harness_member(harness, 1), harness_member(harness, 3),
                                  "10.77.0.7/32", 255);
        harness_run(harness, SEC(1));
        g_assert_false(
            harness_sent_allowed(harness, harness_member(harness, 1), about, "10.77.0.7/32"));
        g_assert_cmpint(
            harness_sent_allowed(harness, harness_member(harness, 2), about, "10.77.0.7/32"), ==,
            round == 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autofree char *name = g_strdup_printf("/receive/%s", rates[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_rate);
    }
    g_test_add_func("/receive/strangers do not take from the rate of peers", test_rates_apart);
    g_test_add_func("/receive/a replay of the last 32 datagrams is known", test_replays);
    g_test_add_func("/receive/the first datagram is no replay", test_first_nonce);
    g_test_add_func("/receive/a stranger with the address of a peer", test_same_address);
    for (gsize i = 0; i < G_N_ELEMENTS(alives); i++) {
        g_autofree char *name = g_strdup_printf("/receive/%s", alives[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_alive);
    }
    g_test_add_func("/receive/replies to Alives and reads are limited", test_many_alives);
    g_test_add_func("/receive/few restarts end the hold-down", test_restarts);
    g_test_add_func("/receive/own endpoints are limited", test_own_endpoints);
    g_test_add_func("/receive/endpoints of others are not counted as own", test_other_endpoints);
    g_test_add_func("/receive/facts with a short life are limited", test_short_lives);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *name = g_strdup_printf("/receive/%s", words[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_endpoint_word);
    }
    g_test_add_func("/receive/a fact is not sent back", test_not_sent_back);
    g_test_add_func("/receive/a full table is logged once an hour", test_full);
    return g_test_run();
}
