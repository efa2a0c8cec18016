/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Log lines about endpoint names of the profile that do not resolve. */

#include <string.h>

#include "harness.h"
#include "paths/wl-endpoint-dns.h"
#include "state/wl-engine-state.h"

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

static guint
n_candidates(Harness *harness, const HarnessMember *member)
{
    g_autoptr(GArray) candidates = wl_engine_dup_candidates(harness->engine, &member->key);

    return candidates->len;
}

/* Advances the time until the engine requests the name, then supplies the result. */
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

/* That a name does not resolve is known of each peer that has it: one of them may leave. */
static void
test_shared_name_of_removed_peer(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NAME, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, NULL);
    config = harness_config(harness, WL_ROLE_AUTOMATIC);
    harness_add(config, harness_member(harness, 2), NAME, "10.77.0.3/32");
    harness_change(harness, config);
    harness_clear(harness);
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(count_logged(harness, NAME " resolves again"), ==, 1);
}

/* Both peers get the addresses of the name. */
static void
test_shared_name_resolves_for_both(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NAME, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, HARNESS_HUB_ENDPOINT);
    g_assert_cmpuint(n_candidates(harness, harness_member(harness, 1)), ==, 1);
    g_assert_cmpuint(n_candidates(harness, harness_member(harness, 2)), ==, 1);
}

/* Without an uplink a failure is not logged. */
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

/* Only complete endpoints become candidates, and not more than a peer may have. */
static void
test_results_are_checked(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GArray) candidates = NULL;
    WlEndpoint results[100] = {{{0}}};

    harness_add(config, hub, NAME, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    results[0] = harness_endpoint("203.0.113.1:0");
    results[2] = harness_endpoint("203.0.113.2:1");
    wl_engine_name_resolved(harness->engine, harness->now, NAME, results, 3);
    harness_drain(harness);
    candidates = wl_engine_dup_candidates(harness->engine, &hub->key);
    g_assert_cmpuint(candidates->len, ==, 1);
    g_assert_true(
        wl_endpoint_equal(&g_array_index(candidates, WlCandidateView, 0).endpoint, &results[2]));

    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        results[i] = harness_endpoint("203.0.113.2:1");
        results[i].ip.bytes[3] = (guint8) (i + 1);
    }
    /* A result that was not requested changes nothing. */
    wl_engine_name_resolved(harness->engine, harness->now, NAME, results, G_N_ELEMENTS(results));
    harness_drain(harness);
    g_assert_cmpuint(n_candidates(harness, hub), ==, 1);
    harness_clear(harness);
    while (harness_count(harness, WL_OUTPUT_RESOLVE) == 0)
        harness_run(harness, SEC(1));
    wl_engine_name_resolved(harness->engine, harness->now, NAME, results, G_N_ELEMENTS(results));
    harness_drain(harness);
    g_clear_pointer(&candidates, g_array_unref);
    candidates = wl_engine_dup_candidates(harness->engine, &hub->key);
    g_assert_cmpuint(candidates->len, ==, WL_MAX_RESOLVED);
}

/* A result goes once to each peer that has the name, even if it has it twice. */
static void
test_name_twice(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    const GPtrArray *peers;

    for (guint i = 1; i <= 2; i++) {
        WlPeerConfig *peer = harness_add(config, harness_member(harness, i), NAME, NULL);
        g_ptr_array_add(peer->endpoints, g_strdup(NAME));
    }
    harness_start(harness, config);
    peers = g_hash_table_lookup(harness->engine->peers.by_dns_name, NAME);
    g_assert_cmpuint(peers->len, ==, 2);
    g_assert_true(peers->pdata[0] != peers->pdata[1]);
}

/* When a name whose time has come is requested. */
static const struct {
    const char *name;
    gboolean healthy, uplink, suspect;
    WlRoamingPhase phase;
    gboolean upgrading, retries;
    gboolean requested;
} requests[] = {
    {"with a session", TRUE, TRUE, FALSE, WL_ROAMING_NONE, FALSE, FALSE, FALSE},
    {"without a session", FALSE, TRUE, FALSE, WL_ROAMING_NONE, FALSE, FALSE, TRUE},
    {"without an uplink", FALSE, FALSE, FALSE, WL_ROAMING_NONE, FALSE, FALSE, FALSE},
    {"with a suspect endpoint", TRUE, TRUE, TRUE, WL_ROAMING_NONE, FALSE, FALSE, TRUE},
    {"while the endpoint is checked", TRUE, TRUE, FALSE, WL_ROAMING_CHECK, FALSE, FALSE, TRUE},
    {"while others are tried", TRUE, TRUE, FALSE, WL_ROAMING_TRY, FALSE, FALSE, TRUE},
    {"after all were silent", TRUE, TRUE, FALSE, WL_ROAMING_NONE, FALSE, TRUE, TRUE},
    {"while a nearer one is tried", TRUE, TRUE, FALSE, WL_ROAMING_TRY, TRUE, FALSE, FALSE},
};

static void
test_requested(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlEndpointDns *dns;
    WlPeer *hub;

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    resolve(harness, NAME, "203.0.113.1:1");
    hub = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
    dns = hub->endpoints.dns_names->pdata[0];
    g_assert_false(dns->outstanding);
    dns->due = harness->now;
    hub->liveness.healthy = requests[i].healthy;
    harness->engine->uplink.present = requests[i].uplink;
    hub->roaming.suspect = requests[i].suspect;
    hub->roaming.phase = requests[i].phase;
    hub->roaming.upgrading = requests[i].upgrading;
    hub->roaming.retry = requests[i].retries ? harness->now + SEC(5) : WL_NEVER;
    wl_endpoint_dns_run(harness->engine, hub);
    g_assert_cmpint(dns->outstanding, ==, requests[i].requested);
    /* and again if no result comes for a minute */
    g_assert_cmpint(dns->due - harness->now, ==, requests[i].requested ? SEC(60) : 0);
}

/* When a result makes the endpoint of a session suspect. */
static const struct {
    const char *name;
    gboolean healthy;
    guint probes;       /* without an answer */
    const char *answer; /* after 203.0.113.1:1 and 203.0.113.2:1 */
    gboolean suspect;
} results[] = {
    {"a new address while it does not answer", TRUE, 1, "203.0.113.9:1", TRUE},
    {"a new address while it answers", TRUE, 0, "203.0.113.9:1", FALSE},
    {"a new address without a session", FALSE, 1, "203.0.113.9:1", FALSE},
    {"the first address as before", TRUE, 1, "203.0.113.1:1", FALSE},
    {"the second address as before", TRUE, 1, "203.0.113.2:1", FALSE},
    {"the same address with another port", TRUE, 1, "203.0.113.1:2", TRUE},
    {"no address", TRUE, 1, NULL, FALSE},
};

static void
test_result(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    const WlEndpoint before[] = {harness_endpoint("203.0.113.1:1"),
                                 harness_endpoint("203.0.113.2:1")};
    WlEndpoint after = {0};
    WlEndpointDns *dns;
    WlPeer *hub;

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    hub = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
    dns = hub->endpoints.dns_names->pdata[0];
    dns->outstanding = TRUE;
    wl_endpoint_dns_result(harness->engine, NAME, before, G_N_ELEMENTS(before));
    hub->liveness.healthy = results[i].healthy;
    hub->silence.probes = results[i].probes;
    hub->roaming.suspect = FALSE;
    dns->outstanding = TRUE;
    if (results[i].answer)
        after = harness_endpoint(results[i].answer);
    wl_endpoint_dns_result(harness->engine, NAME, &after, results[i].answer ? 1 : 0);
    g_assert_cmpint(hub->roaming.suspect, ==, results[i].suspect);
    g_assert_cmpuint(dns->addresses->len, ==, results[i].answer ? 1 : 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint-dns/failure-once", test_failure_is_logged_once);
    g_test_add_func("/endpoint-dns/success", test_success_is_not_logged);
    g_test_add_func("/endpoint-dns/shared-name", test_shared_name_is_logged_once);
    g_test_add_func("/endpoint-dns/shared-name-of-removed-peer", test_shared_name_of_removed_peer);
    g_test_add_func("/endpoint-dns/shared-result", test_shared_name_resolves_for_both);
    g_test_add_func("/endpoint-dns/results", test_results_are_checked);
    g_test_add_func("/endpoint-dns/name-twice", test_name_twice);
    g_test_add_func("/endpoint-dns/no-uplink", test_failure_without_uplink_is_not_logged);
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-dns/requested/%s", requests[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_requested);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-dns/result/%s", results[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_result);
    }
    return g_test_run();
}
