/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Measures the cost of the engine on this machine: datagrams per second, CPU time of an event with
 * 10 to 5,000 peers, memory of each peer. Prints lines `name: value unit`; no figure makes it fail.
 */
#include <malloc.h>
#include <sodium.h>
#include <string.h>

#include "harness.h"
#include "wl-datagram.h"
#include "wl-group.h"

#define DATAGRAMS 2000
#define PASSES    15
#define EVENTS    200

static gint64
cpu_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

/* ---- datagrams of known facts */

#define SUBJECTS 27 /* endpoint facts about this many members fill a datagram */

/* A leaf whose profile has a hub, the source of the facts, and their subjects. */
static Harness *
leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    for (guint i = 2; i < 2 + SUBJECTS; i++)
        harness_add(config, harness_member(harness, i), NULL, NULL);
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    return harness;
}

static WlGroup *
full_group(Harness *harness)
{
    WlGroup *group = wl_group_new();

    for (guint i = 2; i < 2 + SUBJECTS; i++) {
        g_autofree char *text = g_strdup_printf("198.51.100.%u:51820", i);
        WlEndpoint endpoint;
        WlFact fact;

        g_assert_true(wl_endpoint_parse(text, &endpoint));
        wl_fact_init_endpoint(&fact, &harness_member(harness, i)->key, &endpoint,
                              harness->now + SEC(255));
        wl_group_add(group, &fact, harness->now);
    }
    g_assert_cmpuint(wl_group_count(group), ==, 1);
    return group;
}

/* Nanoseconds per datagram for the whole turn. */
static gint64
time_engine(Harness *harness, GPtrArray *datagrams)
{
    const WlIp *source = &harness_member(harness, 1)->link_local;
    gint64 begin = cpu_ns();

    for (guint i = 0; i < datagrams->len; i++) {
        gsize length;
        const guint8 *data = g_bytes_get_data(datagrams->pdata[i], &length);

        harness->now += MS(10); /* the rate limit of one source */
        wl_engine_datagram_received(harness->engine, harness->now, source, data, length);
    }
    return (cpu_ns() - begin) / datagrams->len;
}

/* Nanoseconds per datagram for verifying its tag with libsodium, and nothing else. */
static gint64
time_tags(const WlKey *shared, GPtrArray *datagrams)
{
    static const guint8 nothing[1];
    gint64 begin = cpu_ns();

    for (guint i = 0; i < datagrams->len; i++) {
        gsize length;
        const guint8 *data = g_bytes_get_data(datagrams->pdata[i], &length);
        const guint8 *nonce = data + 2 + WL_KEY_SIZE, *tag = nonce + WL_GROUP_NONCE_SIZE;
        const guint8 *inner = tag + WL_GROUP_TAG_SIZE;

        g_assert_cmpint(crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                            NULL, NULL, nothing, 0, tag, inner, length - (gsize) (inner - data),
                            nonce, shared->bytes),
                        ==, 0);
    }
    return (cpu_ns() - begin) / datagrams->len;
}

static void
measure_datagrams(void)
{
    gint64 engine = G_MAXINT64, tags = G_MAXINT64;

    for (guint pass = 0; pass < PASSES; pass++) {
        g_autoptr(Harness) harness = leaf_new();
        g_autoptr(WlGroup) group = full_group(harness);
        g_autoptr(GPtrArray) datagrams =
            g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
        const GByteArray *inner = wl_group_get(group, 0);
        const HarnessMember *hub = harness_member(harness, 1);
        gint64 for_tags, for_engine;
        WlKey shared;

        for (guint i = 0; i < DATAGRAMS; i++)
            g_ptr_array_add(datagrams, wl_signer_sign(hub->signer, &harness_member(harness, 0)->key,
                                                      inner->data, inner->len));
        harness_run(harness, SEC(10));
        wl_engine_datagram_received(harness->engine, harness->now, &hub->link_local,
                                    g_bytes_get_data(datagrams->pdata[0], NULL),
                                    g_bytes_get_size(datagrams->pdata[0]));
        harness_drain(harness);
        g_assert_cmpint(crypto_scalarmult_curve25519(shared.bytes, hub->private_key.bytes,
                                                     harness_member(harness, 0)->key.bytes),
                        ==, 0);
        for_tags = time_tags(&shared, datagrams);
        for_engine = time_engine(harness, datagrams);
        tags = MIN(tags, for_tags);
        engine = MIN(engine, for_engine);
        g_assert_cmpuint(wl_engine_get_receive_counters(harness->engine)[WL_RECEIVE_ACCEPTED], >=,
                         DATAGRAMS);
    }
    g_print("tag-checks: %" G_GINT64_FORMAT " datagrams/s\n", G_GINT64_CONSTANT(1000000000) / tags);
    g_print("verified-and-merged: %" G_GINT64_FORMAT " datagrams/s\n",
            G_GINT64_CONSTANT(1000000000) / engine);
    g_print("verified-and-merged-of-tag-checks: %.2f (goal 0.25)\n",
            (double) tags / (double) engine);
}

/* ---- events with many peers */

static Harness *
many_new(WlRole role, guint n)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, role);

    for (guint i = 1; i <= n; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + i / 250, 1 + i % 250);
        harness_add(config, harness_member(harness, i), NULL, allowed);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        harness_handshake(harness, harness_member(harness, i), endpoint);
    }
    harness_snapshot(harness);
    harness_drain(harness);
    harness->no_device = TRUE;
    for (guint i = 1; i <= n; i++)
        harness_alive(harness, harness_member(harness, i));
    harness_run(harness, SEC(3));
    harness->no_device = FALSE;
    harness_snapshot(harness);
    harness_drain(harness);
    harness_clear(harness);
    return harness;
}

static GBytes *
signed_fact(Harness *harness, const HarnessMember *member, const WlFact *fact)
{
    g_autoptr(WlGroup) group = wl_group_new();
    const GByteArray *inner;

    wl_group_add(group, fact, harness->now);
    inner = wl_group_get(group, 0);
    return wl_signer_sign(member->signer, &harness_member(harness, 0)->key, inner->data,
                          inner->len);
}

/* The peers in turn send an Alive, or with @endpoint a new endpoint of theirs. */
static void
measure_event(Harness *harness, guint n, const char *name, gboolean endpoint)
{
    g_autoptr(GPtrArray) datagrams = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    guint64 steps = wl_engine_get_work(harness->engine);
    gint64 begin;

    for (guint i = 0; i < EVENTS; i++) {
        const HarnessMember *member = harness_member(harness, 1 + i % n);
        g_autofree char *text = g_strdup_printf("203.0.113.%u:%u", 1 + i % 200, 4000 + i);
        WlEndpoint address;
        WlFact fact;

        g_assert_true(wl_endpoint_parse(text, &address));
        if (endpoint)
            wl_fact_init_endpoint(&fact, &member->key, &address, harness->now + SEC(255));
        else
            wl_fact_init_alive(&fact, &member->key, &member->boot_id, harness->now + SEC(255));
        g_ptr_array_add(datagrams, signed_fact(harness, member, &fact));
    }
    begin = cpu_ns();
    for (guint i = 0; i < EVENTS; i++) {
        gsize length;
        const guint8 *data = g_bytes_get_data(datagrams->pdata[i], &length);

        harness->now += MS(20);
        wl_engine_datagram_received(harness->engine, harness->now,
                                    &harness_member(harness, 1 + i % n)->link_local, data, length);
    }
    g_print("%s-of-%u: %.1f us\n", name, n, (double) (cpu_ns() - begin) / EVENTS / 1000);
    g_print("%s-of-%u-steps: %.1f steps\n", name, n,
            (double) (wl_engine_get_work(harness->engine) - steps) / EVENTS);
    harness_drain(harness);
    harness_clear(harness);
}

static void
measure_snapshot(Harness *harness, guint n)
{
    gint64 begin = cpu_ns();

    for (guint i = 0; i < 20; i++)
        wl_engine_device_snapshot(harness->engine, harness->now, harness->device);
    g_print("snapshot-of-%u: %.3f ms\n", n, (double) (cpu_ns() - begin) / 20 / 1e6);
}

static void
measure_events(guint n)
{
    g_autoptr(Harness) leaf = many_new(WL_ROLE_LEAF, n);

    measure_snapshot(leaf, n);
    measure_event(leaf, n, "alive", FALSE);
    measure_event(leaf, n, "new-address", TRUE);
}

/* ---- memory */

static gsize
used(void)
{
    return mallinfo2().uordblks;
}

/* A router that holds four facts about each of @n peers and has advertised all of them to all. */
static void
measure_memory(guint n)
{
    Harness *harness = many_new(WL_ROLE_ROUTER, n);
    gsize with, without;

    for (guint i = 1; i <= n; i++) {
        g_autofree char *text = g_strdup_printf("192.168.%u.%u:51820", 2 + i / 250, 1 + i % 250);
        harness->now += MS(10);
        harness_advertise_endpoint(harness, harness_member(harness, i), harness_member(harness, i),
                                   text, 255);
        harness_clear(harness);
    }
    harness_run(harness, SEC(1));
    harness_clear(harness);
    with = used();
    wl_engine_free(g_steal_pointer(&harness->engine));
    without = used();
    g_print("memory-of-%u: %.2f kB/peer\n", n, (double) (with - without) / n / 1024);
    harness_free(harness);
}

int
main(int argc, char *argv[])
{
    static const guint sizes[] = {10, 100, 1000, 5000};

    if (sodium_init() < 0)
        return 1;
    measure_datagrams();
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        measure_events(sizes[i]);
    for (guint i = 0; i < 3; i++)
        measure_memory(sizes[i]);
    return 0;
}
