/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Measures the cost of the engine on this machine: datagrams per second, CPU time of an event with
 * 10 to 5,000 peers, memory of each peer. Prints lines `name: value unit`; no figure makes it fail.
 */
#include <malloc.h>
#include <sodium.h>
#include <string.h>

#include "bench.h"
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
static Bench *
leaf_new(void)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    for (guint i = 2; i < 2 + SUBJECTS; i++)
        bench_add(config, bench_member(bench, i), NULL, NULL);
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    return bench;
}

static WlGroup *
full_group(Bench *bench)
{
    WlGroup *group = wl_group_new();

    for (guint i = 2; i < 2 + SUBJECTS; i++) {
        g_autofree char *text = g_strdup_printf("198.51.100.%u:51820", i);
        WlEndpoint endpoint;
        WlFact fact;

        g_assert_true(wl_endpoint_parse(text, &endpoint));
        wl_fact_init_endpoint(&fact, &bench_member(bench, i)->key, &endpoint,
                              bench->now + SEC(255));
        wl_group_add(group, &fact, bench->now);
    }
    g_assert_cmpuint(wl_group_count(group), ==, 1);
    return group;
}

/* Nanoseconds per datagram for the whole turn. */
static gint64
time_engine(Bench *bench, GPtrArray *datagrams)
{
    const WlIp *source = &bench_member(bench, 1)->link_local;
    gint64 begin = cpu_ns();

    for (guint i = 0; i < datagrams->len; i++) {
        gsize length;
        const guint8 *data = g_bytes_get_data(datagrams->pdata[i], &length);

        bench->now += MS(10); /* the rate limit of one source */
        wl_engine_datagram_received(bench->engine, bench->now, source, data, length);
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
        g_autoptr(Bench) bench = leaf_new();
        g_autoptr(WlGroup) group = full_group(bench);
        g_autoptr(GPtrArray) datagrams =
            g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
        const GByteArray *inner = wl_group_get(group, 0);
        const BenchMember *hub = bench_member(bench, 1);
        gint64 for_tags, for_engine;
        WlKey shared;

        for (guint i = 0; i < DATAGRAMS; i++)
            g_ptr_array_add(datagrams, wl_signer_sign(hub->signer, &bench_member(bench, 0)->key,
                                                      inner->data, inner->len));
        bench_run(bench, SEC(10));
        wl_engine_datagram_received(bench->engine, bench->now, &hub->link_local,
                                    g_bytes_get_data(datagrams->pdata[0], NULL),
                                    g_bytes_get_size(datagrams->pdata[0]));
        bench_drain(bench);
        g_assert_cmpint(crypto_scalarmult_curve25519(shared.bytes, hub->private_key.bytes,
                                                     bench_member(bench, 0)->key.bytes),
                        ==, 0);
        for_tags = time_tags(&shared, datagrams);
        for_engine = time_engine(bench, datagrams);
        tags = MIN(tags, for_tags);
        engine = MIN(engine, for_engine);
        g_assert_cmpuint(wl_engine_get_receive_counters(bench->engine)[WL_RECEIVE_ACCEPTED], >=,
                         DATAGRAMS);
    }
    g_print("tag-checks: %" G_GINT64_FORMAT " datagrams/s\n", G_GINT64_CONSTANT(1000000000) / tags);
    g_print("verified-and-merged: %" G_GINT64_FORMAT " datagrams/s\n",
            G_GINT64_CONSTANT(1000000000) / engine);
    g_print("verified-and-merged-of-tag-checks: %.2f (goal 0.25)\n",
            (double) tags / (double) engine);
}

/* ---- events with many peers */

static Bench *
many_new(WlRole role, guint n)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, role);

    for (guint i = 1; i <= n; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + i / 250, 1 + i % 250);
        bench_add(config, bench_member(bench, i), NULL, allowed);
    }
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        bench_handshake(bench, bench_member(bench, i), endpoint);
    }
    bench_snapshot(bench);
    bench_drain(bench);
    bench->no_device = TRUE;
    for (guint i = 1; i <= n; i++)
        bench_alive(bench, bench_member(bench, i));
    bench_run(bench, SEC(3));
    bench->no_device = FALSE;
    bench_snapshot(bench);
    bench_drain(bench);
    bench_clear(bench);
    return bench;
}

static GBytes *
signed_fact(Bench *bench, const BenchMember *member, const WlFact *fact)
{
    g_autoptr(WlGroup) group = wl_group_new();
    const GByteArray *inner;

    wl_group_add(group, fact, bench->now);
    inner = wl_group_get(group, 0);
    return wl_signer_sign(member->signer, &bench_member(bench, 0)->key, inner->data, inner->len);
}

/* The peers in turn send an Alive, or with @endpoint a new endpoint of theirs. */
static void
measure_event(Bench *bench, guint n, const char *name, gboolean endpoint)
{
    g_autoptr(GPtrArray) datagrams = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    guint64 steps = wl_engine_get_work(bench->engine);
    gint64 begin;

    for (guint i = 0; i < EVENTS; i++) {
        const BenchMember *member = bench_member(bench, 1 + i % n);
        g_autofree char *text = g_strdup_printf("203.0.113.%u:%u", 1 + i % 200, 4000 + i);
        WlEndpoint address;
        WlFact fact;

        g_assert_true(wl_endpoint_parse(text, &address));
        if (endpoint)
            wl_fact_init_endpoint(&fact, &member->key, &address, bench->now + SEC(255));
        else
            wl_fact_init_alive(&fact, &member->key, &member->boot_id, bench->now + SEC(255));
        g_ptr_array_add(datagrams, signed_fact(bench, member, &fact));
    }
    begin = cpu_ns();
    for (guint i = 0; i < EVENTS; i++) {
        gsize length;
        const guint8 *data = g_bytes_get_data(datagrams->pdata[i], &length);

        bench->now += MS(20);
        wl_engine_datagram_received(bench->engine, bench->now,
                                    &bench_member(bench, 1 + i % n)->link_local, data, length);
    }
    g_print("%s-of-%u: %.1f us\n", name, n, (double) (cpu_ns() - begin) / EVENTS / 1000);
    g_print("%s-of-%u-steps: %.1f steps\n", name, n,
            (double) (wl_engine_get_work(bench->engine) - steps) / EVENTS);
    bench_drain(bench);
    bench_clear(bench);
}

static void
measure_snapshot(Bench *bench, guint n)
{
    gint64 begin = cpu_ns();

    for (guint i = 0; i < 20; i++)
        wl_engine_device_snapshot(bench->engine, bench->now, bench->device);
    g_print("snapshot-of-%u: %.3f ms\n", n, (double) (cpu_ns() - begin) / 20 / 1e6);
}

static void
measure_events(guint n)
{
    g_autoptr(Bench) leaf = many_new(WL_ROLE_LEAF, n);

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
    Bench *bench = many_new(WL_ROLE_ROUTER, n);
    gsize with, without;

    for (guint i = 1; i <= n; i++) {
        g_autofree char *text = g_strdup_printf("192.168.%u.%u:51820", 2 + i / 250, 1 + i % 250);
        bench->now += MS(10);
        bench_tell_endpoint(bench, bench_member(bench, i), bench_member(bench, i), text, 255);
        bench_clear(bench);
    }
    bench_run(bench, SEC(1));
    bench_clear(bench);
    with = used();
    wl_engine_free(g_steal_pointer(&bench->engine));
    without = used();
    g_print("memory-of-%u: %.2f kB/peer\n", n, (double) (with - without) / n / 1024);
    bench_free(bench);
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
