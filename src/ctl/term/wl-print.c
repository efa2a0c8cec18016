/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints to standard output and standard error: JSON documents, error messages and warnings. JSON
 * is escaped here; the caller escapes the text of messages.
 */
#include "wl-print.h"

#include <stdio.h>
#include <string.h>

#include "wl-display.h"
#include "wl-text-sanitize.h"

void
wl_print_error(const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "wirelinkctl: %s\n", message);
}

void
wl_print_warnings(const GPtrArray *warnings)
{
    for (guint i = 0; i < warnings->len; i++) {
        g_autofree char *text = wl_display_escape(warnings->pdata[i]);

        wl_print_error("warning: %s", text);
    }
}

/* json-glib escapes only control characters below the space. The others occur only in strings,
 * where \u has the same meaning. */
static char *
escape_json(const char *json)
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
wl_print_json(JsonObject *object, gboolean pretty)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    g_autofree char *json = NULL;
    g_autofree char *shown = NULL;

    json_node_take_object(node, object);
    json = json_to_string(node, pretty);
    shown = escape_json(json);
    fputs(shown, stdout);
    putc('\n', stdout);
}

gboolean
wl_print_finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return TRUE;
    wl_print_error("cannot write to standard output");
    return FALSE;
}
