/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reasons of the engine: every id has a sentence, and every id is unique. */

#include <string.h>

#include "wl-reason.h"

/* Placeholders of @template, those with a number counted once. */
static guint
count_placeholders(const char *template)
{
    guint plain = 0, numbered = 0;

    for (const char *p = strchr(template, '%'); p; p = strchr(p + 1, '%')) {
        if (p[1] == 's') {
            plain++;
        } else {
            g_assert_true(g_ascii_isdigit(p[1]) && p[2] == '$' && p[3] == 's');
            numbered = MAX(numbered, (guint) (p[1] - '0'));
        }
    }
    g_assert_true(plain == 0 || numbered == 0);
    return plain + numbered;
}

static void
test_table(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (WlReasonId id = 0; id < WL_REASON_N; id++) {
        const char *name = wl_reason_id_to_string(id);
        const char *template;

        g_assert_nonnull(name);
        g_assert_true(g_hash_table_add(names, (gpointer) name));
        template = wl_reason_find_template(name);
        g_assert_nonnull(template);
        g_assert_cmpuint(count_placeholders(template), ==, wl_reason_count_arguments(id));
        g_assert_cmpuint(wl_reason_count_arguments(id), <=, WL_REASON_MAX_ARGUMENTS);
    }
    g_assert_null(wl_reason_find_template("of-a-later-version"));
}

static void
test_sentence(void)
{
    g_autoptr(WlReason) plain = wl_reason_new(WL_REASON_NO_UPLINK);
    g_autoptr(WlReason) kept =
        wl_reason_new(WL_REASON_STALE_CONFIGURED_TRUST, "hub %s", "Endpoint");

    g_assert_cmpstr(plain->text, ==, "no uplink");
    g_assert_null(plain->arguments[0]);
    g_assert_cmpstr(kept->text, ==,
                    "hub %s has trust Endpoint in the profile; kept while hub %s is unreachable");
    g_assert_cmpstr(kept->arguments[0], ==, "hub %s");
    g_assert_cmpstr(kept->arguments[1], ==, "Endpoint");
    g_assert_null(kept->arguments[2]);
    g_assert_false(wl_reason_is_trust("stale-configured-trust", 0));
    g_assert_true(wl_reason_is_trust("stale-configured-trust", 1));
}

/* An argument is a trust level if the sentence calls it so. */
static void
test_trust(void)
{
    guint n = 0;

    for (WlReasonId id = 0; id < WL_REASON_N; id++) {
        const char *name = wl_reason_id_to_string(id), *template = wl_reason_find_template(name);
        gboolean second = strstr(template, "trust %s") || strstr(template, "trust %2$s") ||
                          strstr(template, "trust is %s");

        g_test_message("%s", name);
        for (guint i = 0; i <= WL_REASON_MAX_ARGUMENTS; i++)
            g_assert_cmpint(wl_reason_is_trust(name, i), ==, second && i == 1);
        n += second;
    }
    g_assert_cmpuint(n, ==, 5);
    g_assert_false(wl_reason_is_trust("of-a-later-version", 0));
}

/* From others there may be fewer than the sentence has, or more. */
static void
test_fill(void)
{
    const char *const one[] = {"hub", NULL}, *const many[] = {"a", "b", "c", NULL};
    g_autofree char *first = wl_reason_fill("%s, %s", many);
    g_autofree char *none = wl_reason_fill("%s, %s", NULL);
    g_autofree char *some = wl_reason_fill("%2$s, %1$s", one);

    g_assert_cmpstr(none, ==, ", ");
    g_assert_cmpstr(first, ==, "a, b");
    g_assert_cmpstr(some, ==, ", hub");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reasons/table", test_table);
    g_test_add_func("/reasons/sentence", test_sentence);
    g_test_add_func("/reasons/trust levels", test_trust);
    g_test_add_func("/reasons/fill", test_fill);
    return g_test_run();
}
