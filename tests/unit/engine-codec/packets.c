/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every datagram of wirelink-packets.json, and the recorded ones if they are available. */
#include "test-vectors.h"
#include "wl-fact-codec.h"
#include "wl-group.h"

#include <string.h>

static void
check_inner(const WlFact *group, JsonObject *expected)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlDecodeError error =
        wl_group_decode(group->value.group.inner, group->value.group.inner_length, facts);
    JsonArray *list;

    if (g_str_equal(json_object_get_string_member(expected, "decode"), "invalid")) {
        g_assert_cmpstr(wl_decode_error_label(error), ==,
                        json_object_get_string_member(expected, "reason"));
        g_assert_cmpuint(facts->len, ==, 0);
        return;
    }
    g_assert_cmpstr(wl_decode_error_label(error), ==, "ok");
    list = json_object_get_array_member(expected, "facts");
    g_assert_cmpuint(facts->len, ==, json_array_get_length(list));
    for (guint i = 0; i < facts->len; i++) {
        JsonObject *fact = json_array_get_object_element(list, i);

        test_assert_fact(&g_array_index(facts, WlFact, i), fact,
                         json_object_get_object_member(fact, "value"));
    }
}

static void
check_packet(JsonObject *vector)
{
    JsonObject *expected = json_object_get_object_member(vector, "expect");
    g_autoptr(GByteArray) packet = test_unhex_member(vector, "hex");
    g_auto(WlFact) fact = {0};
    JsonObject *expected_fact;
    WlDecodeError error;
    gsize consumed;

    error = wl_fact_decode(packet->data, packet->len, &fact, &consumed);
    if (g_str_equal(json_object_get_string_member(expected, "decode"), "invalid")) {
        static const WlFact cleared;

        g_assert_cmpstr(wl_decode_error_label(error), ==,
                        json_object_get_string_member(expected, "reason"));
        g_assert_cmpmem(&fact, sizeof(fact), &cleared, sizeof(cleared));
        return;
    }
    g_assert_cmpstr(wl_decode_error_label(error), ==, "ok");
    g_assert_cmpint((gint64) consumed, ==, json_object_get_int_member(expected, "consumed"));
    g_assert_cmpint((gint64) (packet->len - consumed), ==,
                    json_object_get_int_member(expected, "trailing_ignored"));
    expected_fact = json_object_get_object_member(expected, "fact");
    test_assert_fact(&fact, expected_fact, json_object_get_object_member(expected_fact, "value"));
    if (json_object_has_member(expected, "inner")) {
        g_assert_cmpint(fact.value.group.inner - packet->data, ==,
                        json_object_get_int_member(
                            json_object_get_object_member(expected_fact, "value"), "inner_offset"));
        check_inner(&fact, json_object_get_object_member(expected, "inner"));
    }
}

/*
 * Every datagram cut at every length, in an exact allocation: it becomes truncated or a shorter
 * fact, and no more is consumed than there is.
 */
static void
check_cut_packet(JsonObject *vector)
{
    g_autoptr(GByteArray) packet = test_unhex_member(vector, "hex");

    for (gsize length = 0; length < packet->len; length++) {
        g_autofree guint8 *cut = length ? g_memdup2(packet->data, length) : NULL;
        g_autoptr(GArray) inner = wl_fact_array_new();
        g_auto(WlFact) fact = {0};
        gsize consumed;
        WlDecodeError error = wl_fact_decode(cut, length, &fact, &consumed);

        g_assert_cmpuint(consumed, <=, length);
        if (length == 0)
            g_assert_cmpint(error, ==, WL_DECODE_EMPTY);
        if (error) {
            g_assert_cmpuint(consumed, ==, 0);
            g_assert_cmpint(fact.attribute, ==, 0);
        } else if (fact.attribute == WL_ATTRIBUTE_GROUP) {
            wl_group_decode(fact.value.group.inner, fact.value.group.inner_length, inner);
        }
    }
}

/* A group is filled to its last byte. */
static void
test_filled_group(void)
{
    static const WlKey subject = {{1}};
    gsize filled = 0;

    for (guint length = 1; length < 100; length++) {
        g_autoptr(WlGroup) group = wl_group_new();
        g_autofree char *name = g_strnfill(length, 'n');
        g_autoptr(WlMetadata) metadata = wl_metadata_new(name, FALSE);
        WlFact fact;

        wl_fact_init_metadata(&fact, &subject, metadata, 0);
        while (wl_group_count(group) < 2)
            wl_group_add(group, &fact, 0);
        filled = MAX(filled, wl_group_get(group, 0)->len);
        wl_fact_clear(&fact);
    }
    g_assert_cmpuint(filled, ==, WL_GROUP_MAX_INNER);
}

int
main(int argc, char **argv)
{
    g_autoptr(JsonObject) own = NULL;
    g_autoptr(JsonObject) recorded = NULL;

    g_test_init(&argc, &argv, NULL);
    own = test_vectors_load("wirelink-packets.json");
    test_vectors_add("/codec/packets", own, "packets", check_packet);
    test_vectors_add("/codec/cut", own, "packets", check_cut_packet);
    recorded = test_vectors_load_recorded();
    if (recorded) {
        test_vectors_add("/codec/recorded", recorded, "packets", check_packet);
        test_vectors_add("/codec/recorded-cut", recorded, "packets", check_cut_packet);
    }
    g_test_add_func("/codec/group/filled", test_filled_group);
    return g_test_run();
}
