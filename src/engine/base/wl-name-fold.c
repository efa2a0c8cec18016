/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-name-fold.h"

#define MAX_FOLDS 4 /* two are enough, as far as is known */

/* Characters that have no glyph, but that GLib counts as letters, marks or symbols: the property
 * Default_Ignorable_Code_Point of Unicode without those of the types below, and the empty Braille
 * pattern. */
static const struct {
    gunichar first, last;
} invisible[] = {
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x115f, 0x1160},   /* Hangul fillers; U+3164 and U+FFA0 decompose to the second */
    {0x17b4, 0x17b5},   /* inherent vowels of Khmer */
    {0x180b, 0x180f},   /* variation selectors of Mongolian */
    {0x2065, 0x2065},   /* reserved */
    {0x2800, 0x2800},   /* empty Braille pattern */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfff0, 0xfff8},   /* reserved */
    {0xe0000, 0xe0fff}, /* tags and variation selectors */
};

/* What has the shape of an ASCII character in usual fonts: letters of Cyrillic, Greek, Armenian and
 * of phonetic alphabets, and of ASCII itself. By the shape of their own case: the small letter of
 * the Greek capital that looks like N looks like v. */
static const struct {
    char ascii;
    const char *like;
} shapes[] = {
    {'a', "\u0430\u0410\u03b1\u0391\u0251\u1d00"},
    {'b', "\u0412\u0432\u0392\u03b2\u042c\u044c\u0299"},
    {'c', "\u0441\u0421\u03f9\u03f2\u1d04"},
    {'d', "\u0501\u0500\u1d05"},
    {'e', "\u0435\u0415\u03b5\u0395\u1d07\u04bd"},
    {'f', "\u03dd\u03dc"},
    {'g', "\u0261\u050d\u050c\u0262"},
    {'h', "\u041d\u043d\u04bb\u04ba\u0397\u029c"},
    {'j', "\u0458\u0408\u03f3"},
    {'k', "\u043a\u041a\u03ba\u039a\u1d0b"},
    {'l', "\u0456\u0406\u03b9\u0399\u0131\u0269\u04cf\u04c01iI|\u01c0\u026a"},
    {'m', "\u041c\u043c\u039c\u1d0d"},
    {'n', "\u039d\u039d\u03b7\u0578\u1d0e"},
    {'o', "\u043e\u041e\u03bf\u039f\u03c3\u0585\u0555\u1d0f0"},
    {'p', "\u0440\u0420\u03c1\u03a1\u1d18"},
    {'q', "\u051b\u051a\u0563"},
    {'r', "\u0433\u1d26\u0280"},
    {'s', "\u0455\u0405\ua731\u054f"},
    {'t', "\u0442\u0422\u03c4\u03a4\u1d1b"},
    {'u', "\u03c5\u057d\u054d\u1d1c"},
    {'v', "\u03bd\u0475\u0474\u1d20"},
    {'w', "\u051d\u051c\u03c9\u0448\u1d21\u0461"},
    {'x', "\u0445\u0425\u03c7\u03a7"},
    {'y', "\u0443\u0423\u03b3\u03a5\u04af\u04ae\u028f"},
    {'z', "\u03b6\u0396\u1d22"},
    {'3', "\u0437\u0417\u04e1"},
    {'-', "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043"},
    {'.', "\u2024\u00b7\u2219"},
    {'\'', "\u2019\u2018\u02bc\u02b9`\u00b4"},
};

static gboolean
is_invisible(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        break;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(invisible); i++)
        if (character >= invisible[i].first && character <= invisible[i].last)
            return TRUE;
    return FALSE;
}

static gunichar
get_shape(gunichar character)
{
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (g_utf8_strchr(shapes[i].like, -1, character))
            return (gunichar) shapes[i].ascii;
    return character;
}

/* Unlike that of others, the folded case of Cherokee is the capital, and GLib gives the small
 * letter for the capital: one of both for both. */
static char *
to_lower(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    g_autoptr(GString) lower = g_string_new(NULL);

    for (const char *at = folded; *at; at = g_utf8_next_char(at))
        g_string_append_unichar(lower, g_unichar_tolower(g_utf8_get_char(at)));
    return g_string_free(g_steal_pointer(&lower), FALSE);
}

static char *
fold_once(const char *name)
{
    g_autofree char *parts = g_utf8_normalize(name, -1, G_NORMALIZE_NFKD);
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autofree char *folded = NULL;

    /* Whether a filler is as wide as a blank depends on the font: none of them counts. */
    for (const char *at = parts ? parts : name; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (!is_invisible(character))
            g_string_append_unichar(shown, get_shape(character));
    }
    folded = to_lower(shown->str);
    return g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);
}

char *
wl_name_fold(const char *name)
{
    char *folded = fold_once(name);

    /* Folding the case may give a letter that has the shape of another, as that of the Greek Gamma
     * does: again until nothing changes. */
    for (guint i = 0; i < MAX_FOLDS; i++) {
        char *again = fold_once(folded);
        gboolean same = g_str_equal(again, folded);

        g_free(folded);
        folded = again;
        if (same)
            break;
    }
    return folded;
}
