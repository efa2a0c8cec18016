/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Log lines about endpoint names of the profile that do not resolve. */

#include <string.h>

#include "harness.h"

#define NAME "hub.example.net:51820"

static guint
count_logged(const Harness *harness, const char *words)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_LOG && strstr(output->name, words);
    }
    return n;
}

/* Passes time until the engine requests the name, then gives it the result. */
static void
resolve(Harness *harness, const char *name, const char *address)
{
    WlEndpoint endpoint = {0};

    for (guint i = 0; harness_count(harness, WL_OUTPUT_RESOLVE) == 0; i++) {
        g_assert_cmpuint(i, <, 1000);
        harness_run(harness, SEC(1));
    }
    harness_clear(harness);
    if (address)
        endpoint = harness_endpoint(address);
    wl_engine_name_resolved(harness->engine, harness->now, name, &endpoint, address ? 1 : 0);
    harness_drain(harness);
}

static void
test_failure_is_logged_once(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24")->name = g_strdup("hub");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");

    resolve(harness, NAME, NULL);
    g_assert_cmpuint(count_logged(harness, "hub: cannot resolve " NAME), ==, 1);
    for (guint i = 0; i < 5; i++) {
        resolve(harness, NAME, NULL);
        g_assert_cmpuint(count_logged(harness, NAME), ==, 0);
    }
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(harness, "hub: " NAME " resolves again"), ==, 1);
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(harness, NAME), ==, 0);
    resolve(harness, NAME, NULL);
    g_assert_cmpuint(count_logged(harness, "hub: cannot resolve " NAME), ==, 1);
}

static void
test_success_is_not_logged(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(harness, NAME), ==, 0);
}

/* The name of two peers is one name. */
static void
test_shared_name_is_logged_once(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NAME, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, NULL);
    g_assert_cmpuint(count_logged(harness, "cannot resolve " NAME), ==, 1);
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(harness, NAME " resolves again"), ==, 1);
}

/* Without an uplink a failure says nothing about the name. */
static void
test_failure_without_uplink_is_not_logged(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_uplink(harness, NULL);
    resolve(harness, NAME, NULL);
    g_assert_cmpuint(count_logged(harness, NAME), ==, 0);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, NULL);
    g_assert_cmpuint(count_logged(harness, "cannot resolve " NAME), ==, 1);
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
