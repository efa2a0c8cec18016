/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the test vectors, which are JSON, and compares facts with them. A vector that cannot be
 * read ends the test.
 */
#include "test-vectors.h"

#include <string.h>

typedef struct {
    JsonObject *vector;
    TestVectorFunc func;
} Case;

/* ---- files --------------------------------------------------------------------------------- */

static JsonObject *
load(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    json_parser_load_from_file(parser, path, &error);
    g_assert_no_error(error);
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

JsonObject *
test_vectors_load(const char *name)
{
    const char *folder = g_getenv("WL_TEST_VECTORS");

    if (!folder)
        g_error("WL_TEST_VECTORS does not name the folder of the vectors: run this by meson test");
    return load(folder, name);
}

JsonObject *
test_vectors_load_recorded(void)
{
    const char *folder = g_getenv("WIRELINK_VECTORS");
    g_autofree char *path = NULL;

    if (!folder || !*folder)
        return NULL;
    path = g_build_filename(folder, "recorded-packets.json", NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS) ? load(folder, "recorded-packets.json") : NULL;
}

static void
run_case(gconstpointer data)
{
    const Case *test = data;

    test->func(test->vector);
}

static void
free_case(gpointer data)
{
    Case *test = data;

    json_object_unref(test->vector);
    g_free(test);
}

/* Vectors without a name are identified by their number. */
static char *
case_path(const char *prefix, JsonObject *vector, guint index)
{
    if (json_object_has_member(vector, "name"))
        return g_strdup_printf("%s/%s", prefix, json_object_get_string_member(vector, "name"));
    return g_strdup_printf("%s/%02u", prefix, index);
}

void
test_vectors_add(const char *prefix, JsonObject *root, const char *member, TestVectorFunc func)
{
    JsonArray *vectors = json_object_get_array_member(root, member);

    g_assert_nonnull(vectors);
    g_assert_cmpuint(json_array_get_length(vectors), >, 0);
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        g_autofree char *path = case_path(prefix, vector, i);
        Case *test = g_new0(Case, 1);

        test->vector = json_object_ref(vector);
        test->func = func;
        g_test_add_data_func_full(path, test, run_case, free_case);
    }
}

/* ---- bytes --------------------------------------------------------------------------------- */

GByteArray *
test_unhex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();

    g_assert_cmpuint(strlen(hex) % 2, ==, 0);
    for (; *hex; hex += 2) {
        guint8 byte = g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]);

        g_assert_true(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

char *
test_hex(const guint8 *data, gsize length)
{
    GString *hex = g_string_new(NULL);

    for (gsize i = 0; i < length; i++)
        g_string_append_printf(hex, "%02x", data[i]);
    return g_string_free(hex, FALSE);
}

GByteArray *
test_unhex_member(JsonObject *object, const char *member)
{
    return test_unhex(json_object_get_string_member(object, member));
}

void
test_key_from_hex(const char *hex, WlKey *key)
{
    g_autoptr(GByteArray) bytes = test_unhex(hex);

    g_assert_cmpuint(bytes->len, ==, WL_KEY_SIZE);
    memcpy(key->bytes, bytes->data, WL_KEY_SIZE);
}

void
test_random_fixed(gpointer user_data, guint8 *buffer, gsize length)
{
    GByteArray *bytes = user_data;

    g_assert_cmpuint(bytes->len, >=, length);
    memcpy(buffer, bytes->data, length);
    g_byte_array_remove_range(bytes, 0, length);
}

void
test_random_seeded(gpointer user_data, guint8 *buffer, gsize length)
{
    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) g_rand_int_range(user_data, 0, 256);
}

/* ---- facts --------------------------------------------------------------------------------- */

static void
count_entry(guint8 attribute, const guint8 *value, gsize length, gpointer user_data)
{
    guint *n = user_data;

    (*n)++;
}

static void
assert_metadata(const WlMetadata *metadata, JsonObject *expected)
{
    g_autoptr(GList) members = json_object_get_members(expected);
    guint n = 0;

    wl_metadata_foreach(metadata, count_entry, &n);
    g_assert_cmpuint(n, ==, json_object_get_size(expected));
    for (GList *i = members; i; i = i->next) {
        guint64 attribute = g_ascii_strtoull(i->data, NULL, 16);
        g_autoptr(GByteArray) bytes = test_unhex_member(expected, i->data);
        gsize length;
        const guint8 *value = wl_metadata_get(metadata, (guint8) attribute, &length);

        g_assert_nonnull(value);
        g_assert_cmpmem(value, length, bytes->data, bytes->len);
    }
}

static void
assert_boot_id(const WlBootId *boot_id, const char *uuid)
{
    g_auto(GStrv) parts = g_strsplit(uuid, "-", -1);
    g_autofree char *expected = g_strjoinv("", parts);
    g_autofree char *hex = test_hex(boot_id->bytes, WL_BOOT_ID_SIZE);

    g_assert_cmpstr(hex, ==, expected);
}

static void
assert_bytes(const guint8 *data, gsize length, JsonObject *expected, const char *member)
{
    g_autofree char *hex = test_hex(data, length);

    g_assert_cmpstr(hex, ==, json_object_get_string_member(expected, member));
}

static void
assert_value(const WlFact *fact, JsonObject *value)
{
    g_autofree char *ip = NULL;

    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        assert_boot_id(&fact->value.boot_id, json_object_get_string_member(value, "uuid"));
        break;
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        ip = wl_ip_to_string(&fact->value.endpoint.ip);
        g_assert_cmpstr(ip, ==, json_object_get_string_member(value, "ip"));
        g_assert_cmpint(fact->value.endpoint.port, ==, json_object_get_int_member(value, "port"));
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        ip = wl_ip_to_string(&fact->value.prefix.ip);
        g_assert_cmpstr(ip, ==, json_object_get_string_member(value, "ip"));
        g_assert_cmpint(fact->value.prefix.length, ==, json_object_get_int_member(value, "prefix"));
        break;
    case WL_ATTRIBUTE_METADATA:
        assert_metadata(fact->value.metadata, json_object_get_object_member(value, "metadata_hex"));
        break;
    case WL_ATTRIBUTE_GROUP:
        assert_bytes(fact->value.group.nonce, WL_GROUP_NONCE_SIZE, value, "nonce");
        assert_bytes(fact->value.group.tag, WL_GROUP_TAG_SIZE, value, "tag");
        g_assert_cmpint((gint64) fact->value.group.inner_length, ==,
                        json_object_get_int_member(value, "inner_length"));
        break;
    default:
        g_assert_cmpint(fact->attribute, ==, WL_ATTRIBUTE_MEMBER);
    }
}

void
test_assert_fact(const WlFact *fact, JsonObject *expected, JsonObject *value)
{
    char attribute[2] = {(char) fact->attribute, '\0'};

    g_assert_cmpstr(attribute, ==, json_object_get_string_member(expected, "attribute"));
    g_assert_cmpint(fact->ttl, ==, json_object_get_int_member(expected, "ttl"));
    assert_bytes(fact->subject.bytes, WL_KEY_SIZE, expected, "subject");
    assert_value(fact, value);
}
