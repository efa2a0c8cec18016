/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for a terminal: untrusted text made safe, measured in columns and cut to a width. Widths
 * count terminal columns, not bytes or characters. Pure functions; results belong to the caller.
 */
#include "wl-display.h"

#include <string.h>

#include "wl-text-sanitize.h"

#define KEY_START 8 /* characters of a public key that identify it to a reader */

char *
wl_display_escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *shown = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);

        if (!wl_text_is_safe(character))
            g_string_append_printf(shown, "\\u{%x}", character);
        else
            g_string_append_unichar(shown, character);
    }
    return g_string_free(shown, FALSE);
}

static guint
character_width(gunichar character)
{
    return g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
}

guint
wl_display_width(const char *text)
{
    guint width = 0;

    for (; *text; text = g_utf8_next_char(text))
        width += character_width(g_utf8_get_char(text));
    return width;
}

char *
wl_display_cut(const char *text, guint max)
{
    const char *end = text;
    guint width = 0, count = 0;

    /* Only a malicious name has many marks that take no column. */
    if (wl_display_width(text) <= max && g_utf8_strlen(text, -1) <= 2 * (glong) max)
        return g_strdup(text);
    for (; *end; end = g_utf8_next_char(end)) {
        guint more = character_width(g_utf8_get_char(end));

        if (width + more > max - 1 || count++ >= 2 * max)
            break;
        width += more;
    }
    return g_strdup_printf("%.*s…", (int) (end - text), text);
}

char *
wl_display_quote(const char *text, guint max)
{
    g_autofree char *shown = wl_display_escape(text);

    return wl_display_cut(shown, max);
}

char *
wl_display_short_key(const char *key)
{
    g_autofree char *shown = wl_display_escape(key);
    const char *end = shown;

    for (guint i = 0; i < KEY_START && *end; i++)
        end = g_utf8_next_char(end);
    return g_strdup_printf("%.*s…", (int) (end - shown), shown);
}

char *
wl_display_shell_word(const char *text)
{
    gboolean plain = *text && *text != '-';

    for (const char *p = text; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || strchr("._-/", *p);
    return plain ? g_strdup(text) : g_shell_quote(text);
}
