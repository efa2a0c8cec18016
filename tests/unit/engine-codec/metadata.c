/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Member metadata: canonical encoding, limits, valid names, display names. */
#include "test-vectors.h"

#include <string.h>

static WlMetadata *
decode(const char *hex)
{
    g_autoptr(GByteArray) bytes = test_unhex(hex);
    WlDecodeError error;
    WlMetadata *metadata;
    gsize consumed;

    metadata = wl_metadata_decode(bytes->data, bytes->len, &consumed, &error);
    g_assert_cmpstr(wl_decode_error_label(error), ==, "ok");
    g_assert_cmpuint(consumed, ==, bytes->len);
    return metadata;
}

static void
assert_canonical(const char *hex, const char *expected)
{
    g_autoptr(WlMetadata) metadata = decode(hex);
    g_autofree char *text = NULL;
    gsize length;
    const guint8 *bytes = wl_metadata_get_bytes(metadata, &length);

    text = test_hex(bytes, length);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_canonical(void)
{
    assert_canonical("00", "00");
    assert_canonical("8000", "00");
    assert_canonical("0a6201016e05616c706861", "0a6e05616c706861620101");
    assert_canonical("117a03666f6f6201000101786e0466726564", "116e0466726564010178620100"
                                                             "7a03666f6f");
    /* Lengths in a longer form than necessary. */
    assert_canonical("06628180800001", "03620101");
    assert_canonical("05ff80006e00", "046e00ff00");
}

/* All 256 attributes, last first: the largest number of entries. */
static void
test_all_attributes(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(WlMetadata) metadata = NULL;
    const guint8 head[] = {0x81, 0x04}; /* 513 */
    WlDecodeError error;
    gsize consumed, length;
    const guint8 *canonical;

    g_byte_array_append(bytes, head, sizeof(head));
    for (int i = 255; i >= 0; i--) {
        const guint8 entry[] = {(guint8) i, i == 'b', 1};

        g_byte_array_append(bytes, entry, i == 'b' ? 3 : 2);
    }
    metadata = wl_metadata_decode(bytes->data, bytes->len, &consumed, &error);
    g_assert_nonnull(metadata);
    canonical = wl_metadata_get_bytes(metadata, &length);
    g_assert_cmpuint(length, ==, bytes->len);
    g_assert_cmpint(canonical[2], ==, 'n');
    g_assert_cmpint(canonical[4], ==, 0);
    g_assert_cmpint(canonical[length - 2], ==, 255);
    g_assert_nonnull(wl_metadata_get(metadata, 255, &length));
    g_assert_true(wl_metadata_is_basic(metadata));
}

static void
test_get(void)
{
    g_autoptr(WlMetadata) metadata = decode("076e00010178ff00");
    gsize length = 99;

    g_assert_nonnull(wl_metadata_get(metadata, 'n', &length));
    g_assert_cmpuint(length, ==, 0);
    g_assert_cmpint(*wl_metadata_get(metadata, 1, &length), ==, 'x');
    g_assert_null(wl_metadata_get(metadata, 'b', &length));
    g_assert_cmpuint(length, ==, 0);
    g_assert_false(wl_metadata_is_basic(metadata));
    g_assert_null(wl_metadata_dup_display_name(metadata));
}

static void
assert_made(const char *name, int basic, const char *expected)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, basic);
    g_autofree char *text = NULL;
    gsize length;
    const guint8 *bytes = wl_metadata_get_bytes(metadata, &length);

    text = test_hex(bytes, length);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_made(void)
{
    g_autofree char *long_name = g_strnfill(300, 'x');
    g_autoptr(WlMetadata) cut = NULL;
    gsize length;
    const guint8 *name;

    assert_made(NULL, -1, "00");
    assert_made("", 0, "03620100");
    assert_made("", 7, "03620101");
    assert_made("hub", -1, "056e03687562");
    assert_made("hub", 0, "086e03687562620100");
    assert_made("\xff", -1, "056e03efbfbd");

    /* Cut between characters. */
    memcpy(long_name + 254, "\xc3\xbc", 2);
    cut = wl_metadata_new(long_name, -1);
    name = wl_metadata_get(cut, 'n', &length);
    g_assert_cmpuint(length, ==, 254);
    g_assert_true(g_utf8_validate_len((const char *) name, length, NULL));
}

static void
assert_shown(const char *hex, const char *expected)
{
    g_autoptr(WlMetadata) metadata = decode(hex);
    g_autofree char *shown = wl_metadata_dup_display_name(metadata);

    g_assert_cmpstr(shown, ==, expected);
}

static void
test_display_name(void)
{
    g_autofree char *long_name = g_strnfill(200, 'x');
    g_autoptr(WlMetadata) metadata = wl_metadata_new(long_name, -1);
    g_autofree char *shown = wl_metadata_dup_display_name(metadata);

    g_assert_cmpuint(strlen(shown), ==, 63);
    assert_shown("00", NULL);
    assert_shown("056e03616263", "abc");
    assert_shown("056e03610062", "a\357\277\275b");
    assert_shown("056e03610a62", "a\357\277\275b");
    assert_shown("056e031b5b31", "\357\277\275[1");
    /* U+202E, right-to-left override */
    assert_shown("076e0561e280ae62", "a\357\277\275b");
    assert_shown("046e02c285", "\357\277\275");
    assert_shown("0b6e0962c3bc726f2de29883", "b\303\274ro-\342\230\203");
}

static void
assert_name(const char *hex, const char *label)
{
    g_autoptr(GByteArray) name = test_unhex(hex);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const guint8 head[] = {(guint8) (name->len + 2), 'n', (guint8) name->len};
    g_autoptr(WlMetadata) metadata = NULL;
    WlDecodeError error;
    gsize consumed;

    g_byte_array_append(bytes, head, sizeof(head));
    g_byte_array_append(bytes, name->data, name->len);
    metadata = wl_metadata_decode(bytes->data, bytes->len, &consumed, &error);
    g_assert_cmpstr(wl_decode_error_label(error), ==, label);
}

static void
test_utf8(void)
{
    assert_name("00", "ok");
    assert_name("0000", "ok");
    assert_name("610062", "ok");
    assert_name("6100c3", "metadata-name-utf8");
    assert_name("c30062", "metadata-name-utf8");
    assert_name("c080", "metadata-name-utf8");   /* overlong NUL */
    assert_name("e08080", "metadata-name-utf8"); /* overlong */
    assert_name("eda080", "metadata-name-utf8"); /* surrogate */
    assert_name("ed9fbf", "ok");
    assert_name("f48fbfbf", "ok");                 /* U+10FFFF */
    assert_name("f4908080", "metadata-name-utf8"); /* beyond */
    assert_name("efbfbe", "ok");                   /* a non-character is a character */
    assert_name("80", "metadata-name-utf8");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/metadata/canonical", test_canonical);
    g_test_add_func("/codec/metadata/all-attributes", test_all_attributes);
    g_test_add_func("/codec/metadata/get", test_get);
    g_test_add_func("/codec/metadata/new", test_made);
    g_test_add_func("/codec/metadata/display-name", test_display_name);
    g_test_add_func("/codec/metadata/utf8", test_utf8);
    return g_test_run();
}
