/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule for untrusted text: which characters may be shown of names and messages from other
 * machines, profiles and files. All code that prints such text applies this rule where it prints.
 * Pure functions; results belong to the caller.
 */
#include "wl-text-sanitize.h"

gboolean
wl_text_is_safe(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* includes the marks that reverse the direction of text */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
        return FALSE;
    default:
        return TRUE;
    }
}

char *
wl_text_sanitize(const char *text, gssize length, gsize max, gunichar replacement)
{
    g_autofree char *valid = g_utf8_make_valid(text, length);
    GString *sanitized = g_string_new(NULL);

    for (const char *at = valid; *at && max > 0; at = g_utf8_next_char(at), max--) {
        gunichar character = g_utf8_get_char(at);

        g_string_append_unichar(sanitized, wl_text_is_safe(character) ? character : replacement);
    }
    return g_string_free(sanitized, FALSE);
}
