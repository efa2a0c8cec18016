/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wirelinkctl decode" over every vector: its JSON is what the vector expects. */
#include "ctl-run.h"
#include "test-vectors.h"

#include <glib/gstdio.h>
#include <string.h>

/* One line of output for each vector, by its address; filled by one run over all of them. */
static GHashTable *lines;

static void
decode_all(JsonObject *root)
{
    JsonArray *packets = json_object_get_array_member(root, "packets");
    g_autoptr(GString) input = g_string_new(NULL);
    g_autoptr(CtlRun) run = NULL;
    g_auto(GStrv) output = NULL;
    guint n = json_array_get_length(packets);

    for (guint i = 0; i < n; i++) {
        JsonObject *packet = json_array_get_object_element(packets, i);

        g_string_append_printf(input, "%s\n", json_object_get_string_member(packet, "hex"));
    }
    run = CTL_RUN(input->str, "decode");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->err, ==, "");
    output = g_strsplit(run->out, "\n", -1);
    g_assert_cmpuint(g_strv_length(output), ==, n + 1);
    for (guint i = 0; i < n; i++)
        g_hash_table_insert(lines, json_array_get_object_element(packets, i), g_strdup(output[i]));
}

static void
check_line(JsonObject *vector)
{
    JsonNode *expected = json_object_get_member(vector, "expect");
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = json_to_string(expected, FALSE);
    g_autoptr(GError) error = NULL;
    const char *line = g_hash_table_lookup(lines, vector);

    json_parser_load_from_data(parser, line, -1, &error);
    g_assert_no_error(error);
    /* Whatever the order of members. */
    if (!json_node_equal(json_parser_get_root(parser), expected))
        g_error("expected %s, got %s", text, line);
}

static JsonObject *
parse_object(const char *line)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    json_parser_load_from_data(parser, line, -1, &error);
    g_assert_no_error(error);
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

static void
test_bad_lines(void)
{
    g_autofree char *zeros = g_strnfill(131073, '0');
    g_autofree char *most = g_strnfill(131072, '0');
    g_autofree char *input =
        g_strdup_printf("  \t\r\nzz\n0\n00 00\n%s\n%s\n 00\t\n0x00\n74", zeros, most);
    static const struct {
        const char *reason, *error;
    } expected[] = {
        {"empty", NULL},
        {NULL, "line 2 is not hexadecimal: only the digits 0-9 and a-f are allowed"},
        {NULL, "line 3 is not hexadecimal: it has an odd number of digits"},
        {NULL, "line 4 is not hexadecimal: only the digits 0-9 and a-f are allowed"},
        {NULL, "line 5 is too long for a datagram: at most 131072 digits"},
        {"attribute-zero", NULL},
        {"attribute-zero", NULL},
        {NULL, "line 8 is not hexadecimal: only the digits 0-9 and a-f are allowed"},
        {"attribute-unknown", NULL},
    };
    g_autoptr(CtlRun) run = CTL_RUN(input, "decode");
    g_auto(GStrv) output = g_strsplit(run->out, "\n", -1);

    g_assert_cmpint(run->status, ==, 1);
    g_assert_cmpuint(g_strv_length(output), ==, G_N_ELEMENTS(expected) + 1);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(JsonObject) object = parse_object(output[i]);

        if (expected[i].reason) {
            g_assert_cmpstr(json_object_get_string_member(object, "decode"), ==, "invalid");
            g_assert_cmpstr(json_object_get_string_member(object, "reason"), ==,
                            expected[i].reason);
        } else {
            g_assert_cmpstr(json_object_get_string_member(object, "error"), ==, expected[i].error);
            g_assert_cmpint(json_object_get_int_member(object, "line"), ==, i + 1);
        }
    }
}

/* The path agreement, which only native members send. */
static void
test_path(void)
{
    static const char *const shown[] = {
        "{\"version\":1,\"path\":\"direct\",\"epoch\":258,\"probe\":3,\"ack\":4}",
        "{\"version\":1,\"path\":\"probe-request\"}",
        "{\"version\":2}",
    };
    g_autofree char *subject = g_strnfill(64, '7');
    g_autofree char *input =
        g_strdup_printf("7700%s01010000010200030004ff\n7700%s01020000000000000000\n7700%s02ff\n",
                        subject, subject, subject);
    g_autoptr(CtlRun) run = CTL_RUN(input, "decode");
    g_auto(GStrv) output = g_strsplit(run->out, "\n", -1);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(g_strv_length(output), ==, G_N_ELEMENTS(shown) + 1);
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autoptr(JsonObject) object = parse_object(output[i]);
        JsonObject *fact = json_object_get_object_member(object, "fact");
        g_autofree char *text = json_to_string(json_object_get_member(fact, "value"), FALSE);

        g_assert_cmpstr(json_object_get_string_member(fact, "attribute"), ==, "w");
        g_assert_cmpstr(text, ==, shown[i]);
    }
}

/* The router of a leaf, which only native members send. */
static void
test_router(void)
{
    static const char *const shown[] = {
        "{\"version\":1,\"router\":\"iIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIg=\",\"epoch\":258,"
        "\"holds\":true,\"come\":false}",
        "{\"version\":2}",
    };
    g_autofree char *subject = g_strnfill(64, '7');
    g_autofree char *router = g_strnfill(64, '8');
    g_autofree char *input =
        g_strdup_printf("6800%s010100000102%sff\n6800%s02ff\n", subject, router, subject);
    g_autoptr(CtlRun) run = CTL_RUN(input, "decode");
    g_auto(GStrv) output = g_strsplit(run->out, "\n", -1);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(g_strv_length(output), ==, G_N_ELEMENTS(shown) + 1);
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autoptr(JsonObject) object = parse_object(output[i]);
        JsonObject *fact = json_object_get_object_member(object, "fact");
        g_autofree char *text = json_to_string(json_object_get_member(fact, "value"), FALSE);

        g_assert_cmpstr(json_object_get_string_member(fact, "attribute"), ==, "h");
        g_assert_cmpstr(text, ==, shown[i]);
    }
}

static void
test_empty_input(void)
{
    g_autoptr(CtlRun) run = CTL_RUN("", "decode");

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, "");
}

/* ---- with a key ---------------------------------------------------------------------------- */

static JsonObject *vectors;
static char *folder;

static char *
write_key(const char *name, int mode)
{
    JsonObject *keys = json_object_get_object_member(vectors, "keys");
    JsonObject *entry = json_object_get_object_member(keys, name);
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text =
        g_strdup_printf("%s\n", json_object_get_string_member(entry, "private_base64"));
    g_autoptr(GError) error = NULL;

    g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
    return path;
}

static const char *
expected_refusal(const char *name)
{
    if (g_str_equal(name, "wrong-source") || g_str_equal(name, "reflected"))
        return "wrong-source";
    if (g_str_equal(name, "unsigned"))
        return "unsigned";
    if (g_str_equal(name, "signed-nested"))
        return "bad-inner";
    return "bad-tag";
}

static void
check_receive(JsonObject *vector)
{
    g_autofree char *key = write_key(json_object_get_string_member(vector, "recipient"), 0600);
    gboolean accepted = json_object_get_boolean_member(vector, "accepted");
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(JsonObject) object = NULL;

    run = CTL_RUN(json_object_get_string_member(vector, "packet"), "decode", "--private-key-file",
                  key, "--source", json_object_get_string_member(vector, "source"));
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->err, ==, "");
    object = parse_object(run->out);
    g_assert_cmpstr(json_object_get_string_member(object, "decode"), ==, "valid");
    g_assert_cmpint(json_object_get_boolean_member(object, "accepted"), ==, accepted);
    g_assert_cmpint(json_object_has_member(object, "refusal"), ==, !accepted);
    if (!accepted)
        g_assert_cmpstr(json_object_get_string_member(object, "refusal"), ==,
                        expected_refusal(json_object_get_string_member(vector, "name")));
}

static void
test_key_options(void)
{
    g_autofree char *key = write_key("bob", 0644);
    g_autoptr(CtlRun) open_key =
        CTL_RUN("74\n", "decode", "--private-key-file", key, "--source", "fe80::1%wg0");
    g_autoptr(CtlRun) no_key =
        CTL_RUN("74\n", "decode", "--private-key-file", "/dev/null", "--source", "fe80::1");
    g_autoptr(CtlRun) no_file =
        CTL_RUN("74\n", "decode", "--private-key-file", "/nonexistent/key", "--source", "fe80::1");
    g_autoptr(CtlRun) no_source =
        CTL_RUN("74\n", "decode", "--private-key-file", key, "--source", "10.0.0.1");

    g_assert_cmpint(open_key->status, ==, 0);
    ctl_assert_holds(open_key->out, "\"accepted\":false,\"refusal\":\"undecodable\"");
    ctl_assert_holds(open_key->err, "other users can read it");
    g_assert_cmpint(no_key->status, ==, 1);
    ctl_assert_holds(no_key->err, "/dev/null does not contain a private key");
    g_assert_cmpstr(no_key->out, ==, "");
    g_assert_cmpint(no_file->status, ==, 1);
    ctl_assert_holds(no_file->err, "cannot open /nonexistent/key");
    g_assert_cmpint(no_source->status, ==, 2);
    ctl_assert_holds(no_source->err, "--source: \"10.0.0.1\" is not an IPv6 address");
}

static void
remove_folder(void)
{
    static const char *const names[] = {"alice", "bob", "carol"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        g_remove(path);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_free(folder);
}

int
main(int argc, char **argv)
{
    g_autoptr(JsonObject) packets = NULL;
    g_autoptr(JsonObject) recorded = NULL;
    g_autoptr(GError) error = NULL;
    int result;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("wirelinkctl-test-XXXXXX", &error);
    g_assert_no_error(error);
    lines = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    vectors = test_vectors_load("wirelink-vectors.json");
    packets = test_vectors_load("wirelink-packets.json");
    decode_all(packets);
    test_vectors_add("/ctl/decode/packets", packets, "packets", check_line);
    recorded = test_vectors_load_recorded();
    if (recorded) {
        decode_all(recorded);
        test_vectors_add("/ctl/decode/recorded", recorded, "packets", check_line);
    }
    test_vectors_add("/ctl/decode/receive", vectors, "receive", check_receive);
    g_test_add_func("/ctl/decode/bad-lines", test_bad_lines);
    g_test_add_func("/ctl/decode/empty-input", test_empty_input);
    g_test_add_func("/ctl/decode/path", test_path);
    g_test_add_func("/ctl/decode/router", test_router);
    g_test_add_func("/ctl/decode/key-options", test_key_options);
    result = g_test_run();
    remove_folder();
    json_object_unref(vectors);
    g_hash_table_unref(lines);
    return result;
}
