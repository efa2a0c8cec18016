/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which names look alike, one row each. */
#include "wl-name-fold.h"

typedef struct {
    const char *name;
    const char *other;
    gboolean alike;
} Case;

static const Case cases[] = {
    {"hub", "hub", TRUE},
    {"hub", "hub2", FALSE},
    {"hub", "bub", FALSE},
    {"", "hub", FALSE},
    {"hub", "HUB", TRUE},
    {"iris", "IRIS", TRUE},
    {"stra\u00dfe", "STRASSE", TRUE},
    /* compatibility forms */
    {"fritz", "\uff26\uff32\uff29\uff34\uff3a", TRUE},
    {"fritz", "\U0001d41f\U0001d42b\U0001d422\U0001d42d\U0001d433", TRUE},
    {"m\u00fcnchen", "mu\u0308nchen", TRUE},
    {"m\u00fcnchen", "munchen", FALSE},
    /* blanks */
    {"hub", " hub", TRUE},
    {"hub", "hub ", TRUE},
    {"hub", "\u00a0\u2003\u3000hub", TRUE},
    {"my hub", "my  hub", TRUE},
    /* invisible: fillers, joiners, marks of direction, variation selectors, tags */
    {"hub", "h\u3164ub", TRUE},
    {"hub", "\u3164hub", TRUE},
    {"hub", "hub\u2800", TRUE},
    {"hub", "h\u034fub", TRUE},
    {"hub", "h\u115fu\u1160b", TRUE},
    {"hub", "h\uffa0ub", TRUE},
    {"hub", "h\u17b4u\u17b5b", TRUE},
    {"hub", "h\u180bu\u180eb\u180f", TRUE},
    {"hub", "h\u00adub", TRUE},
    {"hub", "h\u200bu\u200db\u2060", TRUE},
    {"hub", "\u202ehub\u061c", TRUE},
    {"hub", "hub\ufe0f", TRUE},
    {"hub", "\ufeffhub", TRUE},
    {"hub", "hub\U000e0041", TRUE},
    {"hub", "hub\U000e0100", TRUE},
    {"hub", "h\U0001d173ub", TRUE},
    /* other scripts */
    {"paris", "p\u0430ris", TRUE},
    {"PARIS", "\u0420\u0410RI\u0405", TRUE},
    {"office", "\u03bfffice", TRUE},
    {"HOME", "\u0397\u039f\u039c\u0395", TRUE},
    {"node", "\u0578ode", TRUE},
    {"NODE", "\u039dODE", TRUE},
    {"vpn", "\u03bdpn", TRUE},
    {"moskva", "\u043c\u043e\u0441\u043a\u0432\u0430", FALSE},
    {"\u043c\u043e\u0441\u043a\u0432\u0430", "\u041c\u041e\u0421\u041a\u0412\u0410", TRUE},
    {"\u0431\u0435\u0440\u043b\u0438\u043d", "\u0431\u0435\u0440\u043b\u0438", FALSE},
    {"\u6771\u4eac", "\u4eac\u90fd", FALSE},
    /* a small letter has a shape that its capital has not */
    {"\u0393eorg", "\u03b3eorg", TRUE},
    {"\u0394\u03a9", "\u03b4\u03c9", TRUE},
    {"\u1f9e", "h\u0313\u0342l", TRUE},
    {"\u13c2", "\uab92", TRUE}, /* Cherokee, whose case folds to the capital */
    /* ASCII */
    {"node0", "nodeO", TRUE},
    {"hub1", "hubl", TRUE},
    {"node1", "node2", FALSE},
    {"db-1", "db\u20111", TRUE},
    {"a.b", "a-b", FALSE},
};

static void
test_case(gconstpointer data)
{
    const Case *row = data;
    g_autofree char *name = wl_name_fold(row->name), *other = wl_name_fold(row->other);
    g_autofree char *again = wl_name_fold(name);

    g_test_message("%s: %s, %s: %s", row->name, name, row->other, other);
    g_assert_cmpint(g_str_equal(name, other), ==, row->alike);
    g_assert_cmpstr(again, ==, name);
}

/* Nothing of these is visible. */
static void
test_empty(void)
{
    static const char *const names[] = {"",       " ",           "\u3164", "\u2800\u2800",
                                        "\u034f", "\u00a0\u200b"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *folded = wl_name_fold(names[i]);
        g_assert_cmpstr(folded, ==, "");
    }
}

/* The first and the last of the characters that are not seen, and their neighbors. */
static void
test_edges(void)
{
    static const struct {
        gunichar first, last;
    } ranges[] = {
        {0x034f, 0x034f}, {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x2800, 0x2800},
        {0x180b, 0x180f}, {0xfe00, 0xfe0f}, {0xe0000, 0xe0fff},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
        for (gunichar at = ranges[i].first - 1; at <= ranges[i].last + 1; at++) {
            g_autoptr(GString) name = g_string_new("hub");
            g_autofree char *folded = NULL;

            g_string_append_unichar(name, at);
            folded = wl_name_fold(name->str);
            g_test_message("U+%04X", at);
            g_assert_cmpint(g_str_equal(folded, "hub"), ==,
                            at >= ranges[i].first && at <= ranges[i].last);
        }
    }
}

/* Reserved ones beside others that are not seen either. */
static void
test_reserved(void)
{
    static const gunichar seen[] = {0xffef, 0xfffc}, unseen[] = {0x2065, 0xfff0, 0xfff4, 0xfff8};

    for (gsize i = 0; i < G_N_ELEMENTS(seen) + G_N_ELEMENTS(unseen); i++) {
        gboolean is_seen = i < G_N_ELEMENTS(seen);
        g_autoptr(GString) name = g_string_new("hub");
        g_autofree char *folded = NULL;

        g_string_append_unichar(name, is_seen ? seen[i] : unseen[i - G_N_ELEMENTS(seen)]);
        folded = wl_name_fold(name->str);
        g_assert_cmpint(g_str_equal(folded, "hub"), !=, is_seen);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/name-fold/%" G_GSIZE_FORMAT, i);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/name-fold/empty", test_empty);
    g_test_add_func("/name-fold/edges of the invisible characters", test_edges);
    g_test_add_func("/name-fold/reserved characters", test_reserved);
    return g_test_run();
}
