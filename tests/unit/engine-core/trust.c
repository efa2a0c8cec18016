/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-glib/json-glib.h>

#include "wl-role.h"

static WlTrust
parse_level(JsonArray *row, guint index)
{
    static const WlTrust levels[] = {WL_TRUST_UNTRUSTED, WL_TRUST_ENDPOINT, WL_TRUST_ALLOWED_IPS,
                                     WL_TRUST_MEMBERSHIP, WL_TRUST_DELEGATE};

    if (json_node_is_null(json_array_get_element(row, index)))
        return WL_TRUST_UNSET;
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (g_str_equal(wl_trust_to_string(levels[i]), json_array_get_string_element(row, index)))
            return levels[i];
    }
    g_assert_not_reached();
}

static void
test_should_accept(gconstpointer data)
{
    JsonArray *row = (JsonArray *) data;

    g_assert_cmpint(wl_trust_should_accept((guint8) json_array_get_string_element(row, 0)[0],
                                           json_array_get_boolean_element(row, 1),
                                           parse_level(row, 2)),
                    ==, json_array_get_boolean_element(row, 3));
}

static void
assert_opinion(WlTrustInput question, WlTrust level, WlTrustSource source)
{
    WlTrustSource by = (WlTrustSource) 99;

    g_assert_cmpint(wl_trust_evaluate(&question, &by), ==, level);
    g_assert_cmpint(by, ==, source);
    g_assert_cmpint(wl_trust_evaluate(&question, NULL), ==, level);
}

static void
test_evaluators(void)
{
    WlTrustInput question = {.configured = WL_TRUST_UNSET};

    assert_opinion(question, WL_TRUST_UNSET, WL_TRUST_SOURCE_NONE);
    question.source_is_network_router = TRUE;
    assert_opinion(question, WL_TRUST_UNSET, WL_TRUST_SOURCE_NONE);
    question.source_is_peer = TRUE;
    assert_opinion(question, WL_TRUST_MEMBERSHIP, WL_TRUST_SOURCE_ROUTE);
    question.any_configured = TRUE;
    assert_opinion(question, WL_TRUST_ENDPOINT, WL_TRUST_SOURCE_KNOWN_PEER);
    question.configured = WL_TRUST_UNTRUSTED;
    assert_opinion(question, WL_TRUST_UNTRUSTED, WL_TRUST_SOURCE_CONFIG);
    question.configured = WL_TRUST_DELEGATE;
    assert_opinion(question, WL_TRUST_DELEGATE, WL_TRUST_SOURCE_CONFIG);
    question = (WlTrustInput){.configured = WL_TRUST_UNSET, .source_is_peer = TRUE};
    assert_opinion(question, WL_TRUST_ENDPOINT, WL_TRUST_SOURCE_KNOWN_PEER);
}

/* docs/protocol.md 12.25: the members are 10.77.0.2/24 and fd77::2/64, or 10.77.0.2/32 alone. */
static const struct {
    const char *prefix;
    gboolean covers, covers_host;
} routes[] = {
    {"10.77.0.0/24", TRUE, TRUE},
    {"10.77.0.0/16", TRUE, TRUE},
    {"10.0.0.0/8", TRUE, TRUE},
    {"0.0.0.0/0", TRUE, TRUE},
    {"0.0.0.0/1", TRUE, TRUE},
    {"fd77::/64", TRUE, FALSE},
    {"fd00::/8", TRUE, FALSE},
    {"::/0", TRUE, FALSE},
    /* A part of the subnet is not the network; for a single address it is. */
    {"10.77.0.0/25", FALSE, TRUE},
    {"10.77.0.128/25", FALSE, FALSE},
    {"fd77::/65", FALSE, FALSE},
    /* The LAN behind a member, and its addresses. */
    {"192.168.6.0/24", FALSE, FALSE},
    {"10.78.0.0/16", FALSE, FALSE},
    {"128.0.0.0/1", FALSE, FALSE},
    {"fd78::/64", FALSE, FALSE},
    {"10.77.0.3/32", FALSE, FALSE},
    {"10.77.0.2/32", FALSE, FALSE},
    {"fd77::2/128", FALSE, FALSE},
};

static void
test_routes(void)
{
    g_autoptr(WlEngineConfig) both = wl_engine_config_new();
    g_autoptr(WlEngineConfig) host = wl_engine_config_new();
    WlPrefix address;

    g_assert_true(wl_prefix_parse("10.77.0.2/32", &address));
    g_array_append_val(host->addresses, address);
    g_assert_true(wl_prefix_parse("10.77.0.2/24", &address));
    g_array_append_val(both->addresses, address);
    g_assert_true(wl_prefix_parse("fd77::2/64", &address));
    g_array_append_val(both->addresses, address);
    for (guint i = 0; i < G_N_ELEMENTS(routes); i++) {
        const WlKey key = {{1}};
        WlPeerConfig *peer = wl_peer_config_new(&key);
        WlPrefix prefix;

        g_test_message("%s", routes[i].prefix);
        g_assert_false(wl_role_is_network_router(both, peer));
        g_assert_true(wl_prefix_parse(routes[i].prefix, &prefix));
        g_array_append_val(peer->allowed_ips, prefix);
        g_assert_cmpint(wl_role_is_network_router(both, peer), ==, routes[i].covers);
        g_assert_cmpint(wl_role_is_network_router(host, peer), ==, routes[i].covers_host);
        wl_peer_config_free(peer);
    }
}

/* Any of its allowed IPs may cover the network. */
static void
test_several_prefixes(void)
{
    static const struct {
        const char *prefixes[3];
        gboolean covers;
    } rows[] = {
        {{"10.77.0.1/32", "192.168.6.0/24", "10.77.0.0/24"}, TRUE},
        {{"10.77.0.0/24", "192.168.6.0/24", "10.77.0.1/32"}, TRUE},
        {{"10.77.0.1/32", "192.168.6.0/24", "192.168.7.0/24"}, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlEngineConfig) config = wl_engine_config_new();
        const WlKey key = {{1}};
        WlPeerConfig *peer = wl_peer_config_new(&key);
        WlPrefix prefix;

        g_assert_true(wl_prefix_parse("10.77.0.2/24", &prefix));
        g_array_append_val(config->addresses, prefix);
        for (guint j = 0; j < G_N_ELEMENTS(rows[i].prefixes); j++) {
            g_assert_true(wl_prefix_parse(rows[i].prefixes[j], &prefix));
            g_array_append_val(peer->allowed_ips, prefix);
        }
        g_assert_cmpint(wl_role_is_network_router(config, peer), ==, rows[i].covers);
        wl_peer_config_free(peer);
    }
}

static void
add_peer(WlEngineConfig *config, const char *prefix)
{
    const WlKey key = {{(guint8) (config->peers->len + 1)}};
    WlPeerConfig *peer = wl_peer_config_new(&key);
    WlPrefix parsed;

    g_assert_true(wl_prefix_parse(prefix, &parsed));
    g_array_append_val(peer->allowed_ips, parsed);
    g_ptr_array_add(config->peers, peer);
}

/* Beside a hub, a default route makes a peer an exit and gives it no trust. */
static void
test_exits(void)
{
    static const struct {
        const char *first, *second;
        gboolean is_first, is_second;
    } rows[] = {
        {"10.77.0.0/24", "0.0.0.0/0", TRUE, FALSE},
        {"0.0.0.0/0", "10.77.0.0/24", FALSE, TRUE},
        {"10.77.0.0/24", "0.0.0.0/1", TRUE, FALSE},
        {"10.0.0.0/8", "0.0.0.0/0", TRUE, FALSE},
        {"fd77::/64", "::/0", TRUE, FALSE},
        {"fd77::/64", "0.0.0.0/0", TRUE, FALSE},
        /* without a hub */
        {"10.77.0.3/32", "0.0.0.0/0", FALSE, TRUE},
        {"192.168.6.0/24", "0.0.0.0/0", FALSE, TRUE},
        {"::/0", "0.0.0.0/0", TRUE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlEngineConfig) config = wl_engine_config_new();
        static const char *const own[] = {"10.77.0.2/24", "fd77::2/64"};

        g_test_message("%s, %s", rows[i].first, rows[i].second);
        for (guint j = 0; j < G_N_ELEMENTS(own); j++) {
            WlPrefix address;

            g_assert_true(wl_prefix_parse(own[j], &address));
            g_array_append_val(config->addresses, address);
        }
        add_peer(config, rows[i].first);
        add_peer(config, rows[i].second);
        g_assert_cmpint(wl_role_is_network_router(config, config->peers->pdata[0]), ==,
                        rows[i].is_first);
        g_assert_cmpint(wl_role_is_network_router(config, config->peers->pdata[1]), ==,
                        rows[i].is_second);
    }
}

static void
test_source_names(void)
{
    g_assert_cmpstr(wl_trust_source_to_string(WL_TRUST_SOURCE_CONFIG), ==, "config");
    g_assert_cmpstr(wl_trust_source_to_string(WL_TRUST_SOURCE_ROUTE), ==, "route");
    g_assert_cmpstr(wl_trust_source_to_string(WL_TRUST_SOURCE_KNOWN_PEER), ==, "known-peer");
    g_assert_cmpstr(wl_trust_source_to_string(WL_TRUST_SOURCE_NONE), ==, "none");
}

int
main(int argc, char **argv)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    JsonObject *table;
    JsonArray *rows;

    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(g_getenv("WL_TEST_VECTORS"));
    path = g_build_filename(g_getenv("WL_TEST_VECTORS"), "wirelink-vectors.json", NULL);
    g_assert_true(json_parser_load_from_file(parser, path, &error));
    table = json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                          "should_accept");
    rows = json_object_get_array_member(table, "rows");
    g_assert_cmpuint(json_array_get_length(rows), >, 80);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonArray *row = json_array_get_array_element(rows, i);
        g_autofree char *name = g_strdup_printf(
            "/trust/should-accept/%02u-%s-%s-%s", i, json_array_get_string_element(row, 0),
            json_array_get_boolean_element(row, 1) ? "known" : "unknown",
            json_node_is_null(json_array_get_element(row, 2))
                ? "none"
                : json_array_get_string_element(row, 2));
        g_test_add_data_func(name, row, test_should_accept);
    }
    g_test_add_func("/trust/evaluators", test_evaluators);
    g_test_add_func("/trust/routes", test_routes);
    g_test_add_func("/trust/exits", test_exits);
    g_test_add_func("/trust/routes/several prefixes", test_several_prefixes);
    g_test_add_func("/trust/source-names", test_source_names);
    return g_test_run();
}
