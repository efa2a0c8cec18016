/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-output.h"

#include "wl-text-sanitize.h"

#include <stdio.h>
#include <string.h>

void
wl_ctl_complain(const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "wirelinkctl: %s\n", message);
}

char *
wl_ctl_harmless(const char *text)
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

/* json-glib escapes control characters below space alone. What is left of them stands in strings,
 * where \u is the same to whoever reads the JSON. */
static char *
harmless_json(const char *json)
{
    GString *shown = g_string_sized_new(strlen(json));

    for (const char *at = json; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);

        if (character == '\n' || wl_text_is_safe(character))
            g_string_append_unichar(shown, character);
        else if (character < 0x10000)
            g_string_append_printf(shown, "\\u%04x", character);
        else
            g_string_append_printf(shown, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10),
                                   0xdc00 + (character & 0x3ff));
    }
    return g_string_free(shown, FALSE);
}

void
wl_ctl_print_json(JsonObject *object, gboolean pretty)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    g_autofree char *json = NULL;
    g_autofree char *shown = NULL;

    json_node_take_object(node, object);
    json = json_to_string(node, pretty);
    shown = harmless_json(json);
    fputs(shown, stdout);
    putc('\n', stdout);
}

gboolean
wl_ctl_finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return TRUE;
    wl_ctl_complain("cannot write to standard output");
    return FALSE;
}

static guint
character_width(gunichar character)
{
    return g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
}

guint
wl_ctl_width(const char *text)
{
    guint width = 0;

    for (; *text; text = g_utf8_next_char(text))
        width += character_width(g_utf8_get_char(text));
    return width;
}

char *
wl_ctl_cut(const char *text, guint max)
{
    const char *end = text;
    guint width = 0, count = 0;

    /* Marks that take no column are many only in names that are made to be a nuisance. */
    if (wl_ctl_width(text) <= max && g_utf8_strlen(text, -1) <= 2 * (glong) max)
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
wl_ctl_quote(const char *text, guint max)
{
    g_autofree char *shown = wl_ctl_harmless(text);

    return wl_ctl_cut(shown, max);
}

char *
wl_ctl_format_bytes(guint64 bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double) bytes / 1024;
    guint unit = 0;

    if (bytes < 1024)
        return g_strdup_printf("%u B", (guint) bytes);
    /* What would be printed as 1024.0 is one of the next unit. */
    while (value >= 1023.95 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1024;
        unit++;
    }
    return g_strdup_printf("%.1f %s", value, units[unit]);
}

char *
wl_ctl_format_age(gint64 then, gint64 now)
{
    gint64 age = MAX(now - then, 0);

    if (then <= 0)
        return g_strdup("never");
    if (age < 120)
        return g_strdup_printf("%d s", (int) age);
    if (age < 120 * 60)
        return g_strdup_printf("%d min", (int) (age / 60));
    if (age < 48 * 3600)
        return g_strdup_printf("%d h", (int) (age / 3600));
    return g_strdup_printf("%" G_GINT64_FORMAT " d", age / 86400);
}

char *
wl_ctl_format_round_trip(guint64 us)
{
    if (us == 0)
        return g_strdup("-");
    return g_strdup_printf(us < 100 * 1000 ? "%.1f ms" : "%.0f ms", (double) us / 1000);
}

char *
wl_ctl_shell_word(const char *text)
{
    gboolean plain = *text && *text != '-';

    for (const char *p = text; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || strchr("._-/", *p);
    return plain ? g_strdup(text) : g_shell_quote(text);
}
