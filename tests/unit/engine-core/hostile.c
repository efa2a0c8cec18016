/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile input: malformed, replayed and excessive facts. */
#include <string.h>

#include "harness.h"
#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-group.h"

static Harness *
leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), "203.0.113.1:51820", "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_handshake(harness, harness_member(harness, 1), NULL);
    harness_alive(harness, harness_member(harness, 1));
    harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                               "198.51.100.7:51820", 254);
    harness_run(harness, SEC(5));
    return harness;
}

static GByteArray *
signed_group(Harness *harness, const HarnessMember *from, const guint8 *inner, gsize length)
{
    g_autoptr(GBytes) bytes =
        wl_signer_sign(from->signer, &harness_member(harness, 0)->key, inner, length);

    return g_bytes_unref_to_array(g_steal_pointer(&bytes));
}

static void
receive(Harness *harness, const WlIp *source, const GByteArray *packet)
{
    wl_engine_datagram_received(harness->engine, harness->now, source, packet->data, packet->len);
    harness_drain(harness);
}

static guint64
received(Harness *harness, WlReceiveResult result)
{
    return wl_engine_get_receive_counters(harness->engine)[result];
}

static void
test_bad_datagrams(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    static const guint8 garbage[] = {0xff, 1, 2, 3};
    static const guint8 unknown[36] = {'?', 1};
    g_autoptr(GByteArray) alive = g_byte_array_new();
    g_autoptr(GByteArray) packet = NULL;
    guint facts = wl_engine_get_fact_count(harness->engine);
    guint64 accepted = received(harness, WL_RECEIVE_ACCEPTED);
    WlFact fact;

    wl_engine_datagram_received(harness->engine, harness->now, &hub->link_local, garbage,
                                sizeof(garbage));
    harness_drain(harness);
    wl_engine_datagram_received(harness->engine, harness->now, &hub->link_local, garbage, 0);
    harness_drain(harness);
    g_assert_cmpuint(received(harness, WL_RECEIVE_UNDECODABLE), ==, 2);

    /* unsigned */
    wl_fact_init_alive(&fact, &hub->key, &hub->boot_id, 0);
    fact.ttl = 255;
    wl_fact_encode(&fact, alive);
    receive(harness, &hub->link_local, alive);
    g_assert_cmpuint(received(harness, WL_RECEIVE_UNSIGNED), ==, 1);

    /* from the wrong address, with a bad tag, with something unknown inside */
    packet = signed_group(harness, hub, alive->data, alive->len);
    receive(harness, &desktop->link_local, packet);
    g_assert_cmpuint(received(harness, WL_RECEIVE_WRONG_SOURCE), ==, 1);
    packet->data[packet->len - 1] ^= 1;
    receive(harness, &hub->link_local, packet);
    g_assert_cmpuint(received(harness, WL_RECEIVE_BAD_TAG), ==, 1);
    g_byte_array_unref(packet);
    packet = signed_group(harness, hub, unknown, sizeof(unknown));
    receive(harness, &hub->link_local, packet);
    g_assert_cmpuint(received(harness, WL_RECEIVE_BAD_INNER), ==, 1);

    /* an Alive about another member has no effect */
    wl_fact_init_alive(&fact, &desktop->key, &desktop->boot_id, 0);
    fact.ttl = 255;
    g_byte_array_set_size(alive, 0);
    wl_fact_encode(&fact, alive);
    g_byte_array_unref(packet);
    packet = signed_group(harness, hub, alive->data, alive->len);
    receive(harness, &hub->link_local, packet);
    g_assert_cmpint(harness_view(harness, desktop)->last_alive, ==, -1);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_FOREIGN_ALIVE], ==,
                     1);

    /* a replayed one */
    receive(harness, &hub->link_local, packet);
    g_assert_cmpuint(received(harness, WL_RECEIVE_REPLAYED), ==, 1);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_FOREIGN_ALIVE], ==,
                     1);

    g_assert_cmpuint(received(harness, WL_RECEIVE_ACCEPTED), ==, accepted + 1);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, facts);
    g_assert_cmpint(harness_view(harness, hub)->state, ==, WL_PEER_DIRECT);
}

static void
test_stranger(void)
{
    g_autoptr(Harness) harness = leaf_new();
    guint facts = wl_engine_get_fact_count(harness->engine);

    for (guint i = 0; i < 100; i++)
        harness_advertise_member(harness, harness_member(harness, 9), harness_member(harness, 9),
                                 "mallory", 254);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, facts);
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), >, 50);
}

/* 2,000 facts of every type from a source with full trust. */
static void
test_many_facts(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GArray) facts = wl_fact_array_new();
    guint before = wl_engine_get_fact_count(harness->engine), changes;
    g_autoptr(GArray) peers = NULL;

    for (guint i = 0; i < 500; i++) {
        WlKey subject = {{0}};
        WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {203, 0, 114, 1}}};
        WlPrefix prefix = {.ip = {.family = WL_FAMILY_V4, .bytes = {10, 77, 0, 0}}, .length = 32};
        WlPrefix wide = {.ip = {.family = WL_FAMILY_V4, .bytes = {0, 0, 0, 0}}, .length = 8};
        g_autoptr(WlMetadata) metadata = wl_metadata_new("x", 0);
        gint64 expires = harness->now + SEC(65535);
        WlFact fact[4];

        memcpy(subject.bytes, &i, sizeof(i));
        subject.bytes[20] = 7;
        endpoint.port = (guint16) (i + 1);
        prefix.ip.bytes[3] = (guint8) i;
        wide.ip.bytes[0] = (guint8) i;
        wl_fact_init_metadata(&fact[0], &subject, metadata, expires);
        wl_fact_init_endpoint(&fact[1], &subject, &endpoint, expires);
        wl_fact_init_allowed(&fact[2], &subject, &prefix, expires);
        wl_fact_init_allowed(&fact[3], &subject, &wide, expires);
        g_array_append_vals(facts, fact, 4);
    }
    harness_clear(harness);
    harness_datagram(harness, hub, facts);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, before + 2000);
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, 0);
    peers = wl_engine_dup_peers(harness->engine);
    g_assert_cmpuint(peers->len, ==, 502);
    /* all of them are candidates, but only ten a second are tried */
    harness_clear(harness);
    harness_run(harness, SEC(10));
    changes = harness_count(harness, WL_OUTPUT_CHANGE_PEER);
    g_assert_cmpuint(changes, <=, 130);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_LOG), <=, 80);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_OUTSIDE] +
                         wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TAKEN],
                     >=, 500);
}

/* In a large network a leaf receives facts about thousands of unknown members. */
static void
test_untrusted(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GArray) facts = wl_fact_array_new();
    guint before;

    harness_handshake(harness, desktop, "198.51.100.7:51820");
    harness_alive(harness, desktop);
    before = wl_engine_get_fact_count(harness->engine);
    for (guint i = 0; i < 3000; i++) {
        WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {203, 0, 114, 1}},
                               .port = (guint16) (i + 1)};
        WlFact fact;
        WlKey subject = {{0}};

        memcpy(subject.bytes, &i, sizeof(i));
        subject.bytes[20] = 7;
        wl_fact_init_endpoint(&fact, &subject, &endpoint, harness->now + SEC(255));
        g_array_append_val(facts, fact);
    }
    harness_datagram(harness, desktop, facts);
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, 0);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, before + 1000);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TOO_MANY], ==,
                     2000);
    /* A fact that was not stored can be accepted later, regardless of its first source, and there
     * is room for accepted facts. */
    harness_advertise_member(harness, hub, harness_member(harness, 3), "late", 254);
    harness_advertise_endpoint(harness, desktop, harness_member(harness, 3), "198.51.100.9:51820",
                               254);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, before + 1002);
    /* Their counters are dropped with them. */
    harness_run(harness, SEC(300));
    before = wl_engine_get_fact_count(harness->engine);
    g_assert_cmpuint(before, <, 20);
    for (guint i = 0; i < facts->len; i++)
        g_array_index(facts, WlFact, i).expires = harness->now + SEC(255);
    harness_datagram(harness, desktop, facts);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, before + 1000);
}

/* A TTL is capped at one hour. */
static void
test_ttl_cap(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEndpoint endpoint;
    WlFact fact;

    endpoint = harness_endpoint("198.51.100.8:51820");
    wl_fact_init_endpoint(&fact, &desktop->key, &endpoint, 0);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.8:51820", 65535);
    harness_run(harness, SEC(3599));
    g_assert_cmpint(wl_engine_get_verdict(harness->engine, &fact, &hub->key), ==,
                    WL_VERDICT_ACCEPTED);
    harness_run(harness, SEC(1));
    g_assert_cmpint(wl_engine_get_verdict(harness->engine, &fact, &hub->key), ==, WL_VERDICT_N);
}

static guint
count_logs(Harness *harness, const char *words)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_LOG && strstr(output->name, words);
    }
    return n;
}

/* One source has at most 10,000 facts; exceeding the limit is logged once. */
static void
test_fact_bound(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    guint before = wl_engine_get_fact_count(harness->engine);

    for (guint round = 0; round < 11; round++) {
        g_autoptr(GArray) facts = wl_fact_array_new();

        for (guint i = 0; i < 1000; i++) {
            guint number = round * 1000 + i;
            WlPrefix prefix = {.ip = {.family = WL_FAMILY_V4, .bytes = {10, 99}}, .length = 32};
            WlFact fact;

            prefix.ip.bytes[2] = (guint8) (number >> 8);
            prefix.ip.bytes[3] = (guint8) number;
            wl_fact_init_allowed(&fact, &harness_member(harness, 2)->key, &prefix,
                                 harness->now + SEC(254));
            g_array_append_val(facts, fact);
        }
        harness_datagram(harness, hub, facts);
        harness_run(harness, MS(100));
    }
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), <=, before + 10000);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), >=, 10000);
    g_assert_cmpuint(count_logs(harness, "fact table full"), ==, 1);
}

static void
test_member_bound(void)
{
    g_autoptr(Harness) harness = leaf_new();
    g_autoptr(GArray) peers = NULL;

    for (guint round = 0; round < 12; round++) {
        g_autoptr(GArray) facts = wl_fact_array_new();
        for (guint i = 0; i < 100; i++) {
            g_autoptr(WlMetadata) metadata = wl_metadata_new(NULL, 1);
            guint number = round * 100 + i;
            WlKey subject = {{0}};
            WlFact fact;

            memcpy(subject.bytes, &number, sizeof(number));
            subject.bytes[20] = 7;
            wl_fact_init_metadata(&fact, &subject, metadata, harness->now + SEC(254));
            g_array_append_val(facts, fact);
        }
        harness_datagram(harness, harness_member(harness, 1), facts);
        harness_run(harness, MS(100));
    }
    peers = wl_engine_dup_peers(harness->engine);
    g_assert_cmpuint(peers->len, ==, 1002);
    g_assert_cmpuint(count_logs(harness, "too many members (limit: 1000 "), ==, 1);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TOO_MANY], >, 0);
}

/* 10,000 datagrams at once: those above the rate limit cost no work, and no held fact is lost. */
static void
test_flood(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    guint facts = wl_engine_get_fact_count(harness->engine);
    guint64 accepted, flood;
    gint64 alive;
    guint outputs;

    harness_clear(harness);
    for (guint i = 0; i < 10000; i++) {
        g_autofree char *text = g_strdup_printf("203.0.115.%u:%u", i % 250 + 1, i + 1);
        harness_advertise_endpoint(harness, hub, desktop, text, 254);
    }
    outputs = harness->outputs->len;
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), >=, 8900);
    /* A dropped datagram is not read, regardless of its content. */
    accepted = received(harness, WL_RECEIVE_ACCEPTED);
    alive = harness_view(harness, hub)->last_alive;
    flood = received(harness, WL_RECEIVE_FLOOD);
    harness_alive(harness, hub);
    g_assert_cmpuint(received(harness, WL_RECEIVE_FLOOD), ==, flood + 1);
    g_assert_cmpuint(received(harness, WL_RECEIVE_ACCEPTED), ==, accepted);
    g_assert_cmpint(harness_view(harness, hub)->last_alive, ==, alive);
    g_assert_cmpuint(outputs, <=, 2000);
    /* four addresses of one source, the known one among them */
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), <=, facts + 3);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), >=, facts);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TOO_MANY], >, 200);
    harness_run(harness, SEC(10));
    harness_clear(harness);
    harness_alive(harness, hub);
    g_assert_cmpint(harness_view(harness, hub)->last_alive, ==, harness->now);
}

/* Random bytes with a valid signature, and in snapshots. */
static void
test_random_inner(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    static const char attributes[] = "!eEaAmMS";

    for (guint i = 0; i < 3000; i++) {
        guint8 inner[200];
        gsize length = (gsize) g_rand_int_range(harness->random, 0, sizeof(inner));
        g_autoptr(GByteArray) packet = NULL;

        for (gsize j = 0; j < length; j++)
            inner[j] = (guint8) g_rand_int(harness->random);
        if (length > 3) {
            inner[0] = (guint8) attributes[g_rand_int_range(harness->random, 0, 8)];
            inner[1] = 5;
        }
        packet = signed_group(harness, hub, inner, length);
        receive(harness, &hub->link_local, packet);
        harness_run(harness, MS(20));
    }
    g_assert_cmpuint(received(harness, WL_RECEIVE_BAD_INNER), >, 1000);
    g_assert_cmpint(harness_view(harness, hub)->public_key.bytes[0], ==, hub->key.bytes[0]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hostile/bad-datagrams", test_bad_datagrams);
    g_test_add_func("/hostile/stranger", test_stranger);
    g_test_add_func("/hostile/many-facts", test_many_facts);
    g_test_add_func("/hostile/untrusted", test_untrusted);
    g_test_add_func("/hostile/ttl-cap", test_ttl_cap);
    g_test_add_func("/hostile/fact-bound", test_fact_bound);
    g_test_add_func("/hostile/member-bound", test_member_bound);
    g_test_add_func("/hostile/flood", test_flood);
    g_test_add_func("/hostile/random-inner", test_random_inner);
    return g_test_run();
}
