/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-text.h"

#include <string.h>

#include "wl-text-sanitize.h"

void
wl_profile_wipe_free(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

char *
wl_profile_value_quote(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *quoted = g_string_new("\"");
    glong most = 60;
    gsize run = 0;
    glong n = 0;

    for (const char *p = valid; *p; p++) {
        run = g_ascii_isalnum(*p) || strchr("+/=", *p) ? run + 1 : 0;
        if (run >= WL_PROFILE_KEY_LENGTH - 8)
            most = 8;
    }
    for (const char *p = valid; *p; p = g_utf8_next_char(p), n++) {
        gunichar c = g_utf8_get_char(p);

        if (n == most) {
            g_string_append(quoted, "…");
            break;
        }
        g_string_append_unichar(quoted, wl_text_is_safe(c) ? c : '?');
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

static int
base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

gboolean
wl_profile_value_is_key(const char *text)
{
    if (strlen(text) != WL_PROFILE_KEY_LENGTH || text[WL_PROFILE_KEY_LENGTH - 1] != '=')
        return FALSE;
    for (int i = 0; i < WL_PROFILE_KEY_LENGTH - 1; i++) {
        if (base64_digit(text[i]) < 0)
            return FALSE;
    }
    /* 43 digits are 258 bits: the last two must be 0, or two texts would be the same key. */
    return (base64_digit(text[WL_PROFILE_KEY_LENGTH - 2]) & 3) == 0;
}

gboolean
wl_profile_value_parse_number(const char *text, guint64 max, guint64 *value)
{
    guint64 number = 0;

    if (!*text || (text[0] == '0' && text[1]))
        return FALSE;
    for (; *text; text++) {
        if (!g_ascii_isdigit(*text))
            return FALSE;
        number = number * 10 + (guint64) (*text - '0');
        if (number > max)
            return FALSE;
    }
    *value = number;
    return TRUE;
}
