/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How text is laid out on standard output: the width of the page, styles, and lines that wrap.
 * Colors are used on a terminal only. The page belongs to the caller and holds no memory.
 */
#include "wl-page.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wl-display.h"

#define MAX_WIDTH 10000

static guint
get_width(void)
{
    const char *columns = g_getenv("COLUMNS");
    struct winsize size;
    guint64 number;

    if (columns && g_ascii_string_to_unsigned(columns, 10, 1, MAX_WIDTH, &number, NULL))
        return (guint) number;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return MAX_WIDTH;
}

void
wl_page_init(WlPage *self)
{
    const char *no_color = g_getenv("NO_COLOR");

    self->width = get_width();
    self->color = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
                  g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

void
wl_page_append(const WlPage *self, GString *out, WlStyle style, const char *text)
{
    /* Of the eight basic colors, legible on light and dark backgrounds. */
    static const char *const codes[] = {
        [WL_STYLE_PLAIN] = "",  [WL_STYLE_TITLE] = "1", [WL_STYLE_GOOD] = "32",
        [WL_STYLE_FAIR] = "33", [WL_STYLE_BUSY] = "36", [WL_STYLE_BAD] = "31",
        [WL_STYLE_DIM] = "2",
    };

    if (self->color && style != WL_STYLE_PLAIN)
        g_string_append_printf(out, "\033[%sm%s\033[0m", codes[style], text);
    else
        g_string_append(out, text);
}

static void
append_spaces(GString *out, guint count)
{
    for (guint i = 0; i < count; i++)
        g_string_append_c(out, ' ');
}

void
wl_page_append_wrapped(const WlPage *self, GString *out, guint indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint column = indent;

    append_spaces(out, indent);
    /* The lines of a list item are aligned. */
    if (g_str_has_prefix(text, "- "))
        indent += 2;
    for (guint i = 0; words[i]; i++) {
        guint width = wl_display_width(words[i]);

        if (i > 0 && column + 1 + width > self->width) {
            g_string_append_c(out, '\n');
            append_spaces(out, indent);
            column = indent;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, words[i]);
        column += width;
    }
    g_string_append_c(out, '\n');
}

WlStyle
wl_style_of_state(const char *state)
{
    if (g_str_has_prefix(state, "direct"))
        return WL_STYLE_GOOD;
    if (strcmp(state, "routed") == 0)
        return WL_STYLE_FAIR;
    if (strcmp(state, "connecting") == 0)
        return WL_STYLE_BUSY;
    return strcmp(state, "offline") == 0 ? WL_STYLE_BAD : WL_STYLE_PLAIN;
}

guint
wl_page_terminal_columns(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}
