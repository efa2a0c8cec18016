/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-glib/json-glib.h>

#include "wl-trust.h"

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
    WlTrustSource by;

    g_assert_cmpint(wl_trust_evaluate(&question, &by), ==, level);
    g_assert_cmpint(by, ==, source);
    g_assert_cmpint(wl_trust_evaluate(&question, NULL), ==, level);
}

static void
test_evaluators(void)
{
    WlTrustInput question = {.configured = WL_TRUST_UNSET};

    assert_opinion(question, WL_TRUST_UNSET, WL_TRUST_SOURCE_NONE);
    question.source_is_router = TRUE;
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
    g_test_add_func("/trust/source-names", test_source_names);
    return g_test_run();
}
