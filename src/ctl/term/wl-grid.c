/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table that adapts to the width of the page: columns side by side, or below each row, or a
 * paragraph for each row. The grid owns its cells.
 */
#include "wl-grid.h"

#include <string.h>

#include "wl-display.h"

#define INDENT 2 /* columns before a row, doubled before its details */
#define GAP    2 /* columns between two cells */

typedef struct {
    char **cells;
    char *note;
    WlStyle *styles;
} Row;

struct WlGrid {
    char **titles;
    guint n_columns, n_needed;
    char *note_title;
    GPtrArray *rows; /* of Row */
};

static void
row_free(Row *row)
{
    g_strfreev(row->cells);
    g_free(row->note);
    g_free(row->styles);
    g_free(row);
}

WlGrid *
wl_grid_new(const char *const *titles, const char *note_title)
{
    WlGrid *self = g_new0(WlGrid, 1);

    self->titles = g_strdupv((char **) titles);
    self->n_columns = self->n_needed = g_strv_length(self->titles);
    self->note_title = g_strdup(note_title);
    self->rows = g_ptr_array_new_with_free_func((GDestroyNotify) row_free);
    return self;
}

void
wl_grid_free(WlGrid *self)
{
    if (!self)
        return;
    g_strfreev(self->titles);
    g_free(self->note_title);
    g_ptr_array_unref(self->rows);
    g_free(self);
}

void
wl_grid_add(WlGrid *self, char **cells, char *note)
{
    Row *row = g_new0(Row, 1);

    row->cells = g_new0(char *, self->n_columns + 1);
    for (guint i = 0; i < self->n_columns; i++)
        row->cells[i] = cells[i];
    row->note = note ? note : g_strdup("");
    row->styles = g_new0(WlStyle, self->n_columns);
    g_ptr_array_add(self->rows, row);
}

void
wl_grid_set_style(WlGrid *self, guint column, WlStyle style)
{
    Row *row = g_ptr_array_index(self->rows, self->rows->len - 1);

    row->styles[column] = style;
}

void
wl_grid_set_needed(WlGrid *self, guint n_columns)
{
    self->n_needed = n_columns;
}

/* ---- layouts ------------------------------------------------------------------------------- */

static void
append_spaces(GString *out, guint count)
{
    g_string_append_printf(out, "%*s", (int) count, "");
}

/* The first @n cells. */
static void
append_cells(const WlPage *page, GString *out, char **cells, guint n, const WlStyle *styles,
             const guint *widths, const char *note)
{
    append_spaces(out, INDENT);
    for (guint i = 0; i < n; i++) {
        wl_page_append(page, out, styles ? styles[i] : WL_STYLE_TITLE, cells[i]);
        if (i + 1 < n || note)
            append_spaces(out, widths[i] - wl_display_width(cells[i]) + GAP);
    }
    if (note)
        wl_page_append(page, out, styles ? WL_STYLE_PLAIN : WL_STYLE_TITLE, note);
    g_string_append_c(out, '\n');
}

/* The cells from @first on, without empty ones: "sent 1 B, trust Membership, router". */
static void
append_rest(const WlGrid *self, const WlPage *page, GString *out, const Row *row, guint first)
{
    g_autoptr(GString) rest = g_string_new(NULL);

    for (guint i = first; i < self->n_columns; i++) {
        g_autofree char *lower = g_utf8_strdown(self->titles[i], -1);

        if (strcmp(row->cells[i], "-") != 0)
            g_string_append_printf(rest, "%s%s %s", rest->len ? ", " : "", lower, row->cells[i]);
    }
    if (rest->len > 0)
        wl_page_append_wrapped(page, out, 2 * INDENT, rest->str);
}

/* The first @n columns side by side. */
static void
append_table(const WlGrid *self, const WlPage *page, GString *out, guint n, const guint *widths,
             gboolean note_below)
{
    append_cells(page, out, self->titles, n, NULL, widths, note_below ? NULL : self->note_title);
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = g_ptr_array_index(self->rows, i);

        append_cells(page, out, row->cells, n, row->styles, widths,
                     note_below || !*row->note ? NULL : row->note);
        if (note_below && *row->note)
            wl_page_append_wrapped(page, out, 2 * INDENT, row->note);
        append_rest(self, page, out, row, n);
    }
}

static void
append_line(const WlPage *page, GString *out, guint width, const char *title, WlStyle style,
            const char *text)
{
    g_autofree char *lower = g_utf8_strdown(title, -1);

    append_spaces(out, 2 * INDENT);
    g_string_append(out, lower);
    append_spaces(out, width - wl_display_width(title) + GAP);
    wl_page_append(page, out, style, text);
    g_string_append_c(out, '\n');
}

static void
append_paragraphs(const WlGrid *self, const WlPage *page, GString *out)
{
    guint width = 0;

    for (guint i = 1; i < self->n_columns; i++)
        width = MAX(width, wl_display_width(self->titles[i]));
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = g_ptr_array_index(self->rows, i);

        append_spaces(out, INDENT);
        wl_page_append(page, out, WL_STYLE_TITLE, row->cells[0]);
        g_string_append_c(out, '\n');
        for (guint j = 1; j < self->n_columns; j++)
            append_line(page, out, width, self->titles[j], row->styles[j], row->cells[j]);
        if (*row->note)
            wl_page_append_wrapped(page, out, 2 * INDENT, row->note);
    }
}

static void
measure(const WlGrid *self, guint *widths)
{
    for (guint i = 0; i < self->n_columns; i++) {
        widths[i] = wl_display_width(self->titles[i]);
        for (guint j = 0; j < self->rows->len; j++) {
            const Row *row = g_ptr_array_index(self->rows, j);

            widths[i] = MAX(widths[i], wl_display_width(row->cells[i]));
        }
    }
}

/* Columns of the page that the first @n of a row take. */
static guint
total(const guint *widths, guint n)
{
    guint sum = INDENT + GAP * (n - 1);

    for (guint i = 0; i < n; i++)
        sum += widths[i];
    return sum;
}

static guint
widest_note(const WlGrid *self)
{
    guint widest = self->note_title ? wl_display_width(self->note_title) : 0;

    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = g_ptr_array_index(self->rows, i);

        widest = MAX(widest, wl_display_width(row->note));
    }
    return widest;
}

void
wl_grid_append(const WlGrid *self, const WlPage *page, GString *out)
{
    g_autofree guint *widths = g_new0(guint, self->n_columns);
    guint n = self->n_columns;

    measure(self, widths);
    while (n > self->n_needed && total(widths, n) > page->width)
        n--;
    if (total(widths, n) > page->width)
        append_paragraphs(self, page, out);
    else
        append_table(
            self, page, out, n, widths,
            n < self->n_columns ||
                (self->note_title && total(widths, n) + GAP + widest_note(self) > page->width));
}
