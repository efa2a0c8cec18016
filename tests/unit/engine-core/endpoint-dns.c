/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the log says about names of the profile that cannot be resolved. */

#include <string.h>

#include "bench.h"

#define NAME "hub.example.net:51820"

static guint
count_logged(const Bench *bench, const char *words)
{
    guint n = 0;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_LOG && strstr(output->name, words);
    }
    return n;
}

/* Passes time until the engine requests the name, then gives it the result. */
static void
resolve(Bench *bench, const char *name, const char *address)
{
    WlEndpoint endpoint = {0};

    for (guint i = 0; bench_count(bench, WL_OUTPUT_RESOLVE) == 0; i++) {
        g_assert_cmpuint(i, <, 1000);
        bench_run(bench, SEC(1));
    }
    bench_clear(bench);
    if (address)
        endpoint = bench_endpoint(address);
    wl_engine_name_resolved(bench->engine, bench->now, name, &endpoint, address ? 1 : 0);
    bench_drain(bench);
}

static void
test_failure_is_logged_once(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NAME, "10.77.0.0/24")->name = g_strdup("hub");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");

    resolve(bench, NAME, NULL);
    g_assert_cmpuint(count_logged(bench, "hub: cannot resolve " NAME), ==, 1);
    for (guint i = 0; i < 5; i++) {
        resolve(bench, NAME, NULL);
        g_assert_cmpuint(count_logged(bench, NAME), ==, 0);
    }
    resolve(bench, NAME, BENCH_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(bench, "hub: " NAME " resolves again"), ==, 1);
    resolve(bench, NAME, BENCH_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(bench, NAME), ==, 0);
    resolve(bench, NAME, NULL);
    g_assert_cmpuint(count_logged(bench, "hub: cannot resolve " NAME), ==, 1);
}

static void
test_success_is_not_logged(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NAME, "10.77.0.0/24");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    resolve(bench, NAME, BENCH_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(bench, NAME), ==, 0);
}

/* The name of two peers is one name. */
static void
test_shared_name_is_logged_once(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NAME, "10.77.0.0/24");
    bench_add(config, bench_member(bench, 2), NAME, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    resolve(bench, NAME, NULL);
    g_assert_cmpuint(count_logged(bench, "cannot resolve " NAME), ==, 1);
    resolve(bench, NAME, BENCH_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(bench, NAME " resolves again"), ==, 1);
}

/* Without an uplink a failure says nothing about the name. */
static void
test_failure_without_uplink_is_not_logged(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NAME, "10.77.0.0/24");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_uplink(bench, NULL);
    resolve(bench, NAME, NULL);
    g_assert_cmpuint(count_logged(bench, NAME), ==, 0);
    bench_uplink(bench, "192.168.1.10/24");
    resolve(bench, NAME, NULL);
    g_assert_cmpuint(count_logged(bench, "cannot resolve " NAME), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint-dns/failure-once", test_failure_is_logged_once);
    g_test_add_func("/endpoint-dns/success", test_success_is_not_logged);
    g_test_add_func("/endpoint-dns/shared-name", test_shared_name_is_logged_once);
    g_test_add_func("/endpoint-dns/no-uplink", test_failure_without_uplink_is_not_logged);
    return g_test_run();
}
