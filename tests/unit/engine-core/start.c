/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the device gets when the profile is activated. */
#include "harness.h"

static void
test_start(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPeerConfig *hub =
        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    HarnessMember *self = harness_member(harness, 0);
    g_autoptr(GArray) sent = NULL;

    hub->has_preshared_key = TRUE;
    hub->preshared_key.bytes[0] = 9;
    hub->keepalive = 25;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
    harness_add(config, self, NULL, NULL)->trust = WL_TRUST_UNTRUSTED;
    harness_start(harness, config);

    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 2);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 1), "10.77.0.0/24"));
    /* inside the router's: only when direct; not covered: at once */
    g_assert_false(harness_has_allowed(harness, harness_member(harness, 2), "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), "192.168.50.7/32"));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind != WL_OUTPUT_CHANGE_PEER ||
            !wl_key_equal(&output->key, &harness_member(harness, 1)->key))
            continue;
        g_assert_cmpint(output->change->kind, ==, WL_PEER_ADD);
        g_assert_true(output->change->has_preshared_key);
        g_assert_cmpint(output->change->preshared_key.bytes[0], ==, 9);
        g_assert_cmpint(output->change->keepalive, ==, 25);
        g_assert_true(wl_endpoint_is_set(&output->change->endpoint));
    }
    /* no uplink: silence without a deadline */
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, G_MAXINT64);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 1))->reason_text, ==,
                    "no uplink");

    harness_uplink(harness, "192.168.1.10/24");
    sent = harness_sent(harness, harness_member(harness, 1));
    g_assert_cmpuint(sent->len, ==, 1);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).attribute, ==, WL_ATTRIBUTE_ALIVE);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).ttl, ==, 255);
    g_assert_true(wl_key_equal(&g_array_index(sent, WlFact, 0).subject, &self->key));
    /* the peer was just created: it is not recreated */
    g_assert_cmpuint(harness_changes(harness, harness_member(harness, 1), WL_PEER_RECREATE), ==, 0);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->state, ==,
                    WL_PEER_CONNECTING);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, harness->now + MS(100));
}

static void
test_contradictions(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(WlEngineConfig) twice = harness_config(harness, WL_ROLE_LEAF);
    g_autoptr(WlEngineConfig) keyless = harness_config(harness, WL_ROLE_LEAF);
    g_autoptr(GError) error = NULL;
    WlKey zero = {{0}};

    harness_add(twice, harness_member(harness, 1), NULL, NULL);
    harness_add(twice, harness_member(harness, 1), NULL, NULL);
    g_assert_null(wl_engine_new(twice, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_clear_error(&error);
    g_ptr_array_add(keyless->peers, wl_peer_config_new(&zero));
    g_assert_null(wl_engine_new(keyless, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY);
    g_clear_error(&error);
    keyless->private_key = zero;
    g_assert_null(wl_engine_new(keyless, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY);
}

static void
test_two_routers(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.0/24,10.88.0.0/24");
    harness_start(harness, config);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 1), "10.77.0.0/24"));
    g_assert_false(harness_has_allowed(harness, harness_member(harness, 2), "10.77.0.0/24"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), "10.88.0.0/24"));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_LOG), ==, 0);
    g_assert_true(harness_has_route(harness, "10.88.0.0/24"));
    g_assert_false(harness_has_route(harness, "10.77.0.0/24")); /* the address brings it */
}

static void
test_default_route_makes_router(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NULL, "0.0.0.0/0");
    harness_start(harness, config);
    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_true(harness_view(harness, harness_member(harness, 1))->router);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->trust, ==,
                    WL_TRUST_MEMBERSHIP);
    g_assert_false(harness_has_route(harness, "0.0.0.0/0"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/start/adds", test_start);
    g_test_add_func("/start/contradictions", test_contradictions);
    g_test_add_func("/start/two-routers", test_two_routers);
    g_test_add_func("/start/default-route", test_default_route_makes_router);
    return g_test_run();
}
