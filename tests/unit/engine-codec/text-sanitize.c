/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule for untrusted text, character class by character class. */
#include "wl-text-sanitize.h"

#include <string.h>

static const struct {
    const char *what;
    gunichar character;
    gboolean safe;
} characters[] = {
    {"a letter", 'a', TRUE},
    {"a space", ' ', TRUE},
    {"a no-break space", 0xa0, TRUE},
    {"an umlaut", 0xe4, TRUE},
    {"a combining accent", 0x301, TRUE},
    {"a Hebrew letter", 0x5d0, TRUE},
    {"a Han character", 0x4e2d, TRUE},
    {"an emoji", 0x1f600, TRUE},
    {"the replacement character", 0xfffd, TRUE},
    {"NUL", 0, FALSE},
    {"a line feed", '\n', FALSE},
    {"a tab", '\t', FALSE},
    {"escape", 0x1b, FALSE},
    {"delete", 0x7f, FALSE},
    {"the C1 control that starts a terminal sequence", 0x9b, FALSE},
    {"a soft hyphen", 0xad, FALSE},
    {"a zero-width space", 0x200b, FALSE},
    {"a zero-width joiner", 0x200d, FALSE},
    {"a right-to-left override", 0x202e, FALSE},
    {"a right-to-left isolate", 0x2067, FALSE},
    {"a line separator", 0x2028, FALSE},
    {"a paragraph separator", 0x2029, FALSE},
    {"a byte order mark", 0xfeff, FALSE},
    {"a private-use character", 0xe000, FALSE},
    {"a surrogate", 0xd800, FALSE},
    {"an unassigned code point", 0x378, FALSE},
    {"a language tag", 0xe0001, FALSE},
};

static void
test_characters(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(characters); i++) {
        g_test_message("%s", characters[i].what);
        g_assert_cmpint(wl_text_is_safe(characters[i].character), ==, characters[i].safe);
    }
}

static const struct {
    const char *what, *text;
    gssize length;
    gsize max;
    gunichar replacement;
    const char *expected;
} texts[] = {
    {"plain text stays as it is", "laptop", -1, 63, 0xfffd, "laptop"},
    {"an empty text stays empty", "", -1, 63, 0xfffd, ""},
    {"a terminal sequence loses its start", "\033[2J", -1, 63, 0xfffd, "\xef\xbf\xbd[2J"},
    {"a line end becomes the replacement", "a\nb", -1, 63, ' ', "a b"},
    {"an override becomes the replacement",
     "a\xe2\x80\xae"
     "b",
     -1, 63, '?', "a?b"},
    {"the length counts bytes", "laptop", 3, 63, 0xfffd, "lap"},
    {"a NUL inside the length is replaced", "a\0b", 3, 63, ' ',
     "a\xef\xbf\xbd"
     "b"},
    {"invalid UTF-8 is replaced",
     "a\xff"
     "b",
     -1, 63, ' ',
     "a\xef\xbf\xbd"
     "b"},
    {"the maximum counts characters", "\xc3\xa4\xc3\xb6\xc3\xbc", -1, 2, ' ', "\xc3\xa4\xc3\xb6"},
};

static void
test_texts(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *sanitized =
            wl_text_sanitize(texts[i].text, texts[i].length, texts[i].max, texts[i].replacement);

        g_test_message("%s", texts[i].what);
        g_assert_cmpstr(sanitized, ==, texts[i].expected);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/text-sanitize/characters", test_characters);
    g_test_add_func("/base/text-sanitize/texts", test_texts);
    return g_test_run();
}
