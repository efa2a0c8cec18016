/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-grid.h"

#include "wl-ctl-output.h"

#include <string.h>

#define INDENT 2 /* columns before a row, and once more before what belongs to it */
#define GAP    2 /* columns between two cells */

typedef struct {
    char **cells;
    char *note;
    WlStyle *styles;
} Row;

struct WlGrid {
    char **titles;
    guint n_columns;
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
    self->n_columns = g_strv_length(self->titles);
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

guint
wl_grid_get_length(const WlGrid *self)
{
    return self->rows->len;
}

/* ---- layouts ------------------------------------------------------------------------------- */

static void
append_spaces(GString *out, guint count)
{
    g_string_append_printf(out, "%*s", (int) count, "");
}

static void
append_cells(const WlGrid *self, const WlPage *page, GString *out, char **cells,
             const WlStyle *styles, const guint *widths, const char *note)
{
    append_spaces(out, INDENT);
    for (guint i = 0; i < self->n_columns; i++) {
        wl_page_append(page, out, styles ? styles[i] : WL_STYLE_TITLE, cells[i]);
        if (i + 1 < self->n_columns || note)
            append_spaces(out, widths[i] - wl_ctl_width(cells[i]) + GAP);
    }
    if (note)
        wl_page_append(page, out, styles ? WL_STYLE_PLAIN : WL_STYLE_TITLE, note);
    g_string_append_c(out, '\n');
}

static void
append_table(const WlGrid *self, const WlPage *page, GString *out, const guint *widths,
             gboolean note_below)
{
    append_cells(self, page, out, self->titles, NULL, widths, note_below ? NULL : self->note_title);
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = g_ptr_array_index(self->rows, i);

        append_cells(self, page, out, row->cells, row->styles, widths,
                     note_below || !*row->note ? NULL : row->note);
        if (note_below && *row->note)
            wl_page_append_wrapped(page, out, 2 * INDENT, row->note);
    }
}

static void
append_line(const WlPage *page, GString *out, guint width, const char *title, WlStyle style,
            const char *text)
{
    g_autofree char *lower = g_utf8_strdown(title, -1);

    append_spaces(out, 2 * INDENT);
    g_string_append(out, lower);
    append_spaces(out, width - wl_ctl_width(title) + GAP);
    wl_page_append(page, out, style, text);
    g_string_append_c(out, '\n');
}

static void
append_paragraphs(const WlGrid *self, const WlPage *page, GString *out)
{
    guint width = 0;

    for (guint i = 1; i < self->n_columns; i++)
        width = MAX(width, wl_ctl_width(self->titles[i]));
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

/* Columns of a row without its note. */
static guint
measure(const WlGrid *self, guint *widths)
{
    guint total = INDENT + GAP * (self->n_columns - 1);

    for (guint i = 0; i < self->n_columns; i++) {
        widths[i] = wl_ctl_width(self->titles[i]);
        for (guint j = 0; j < self->rows->len; j++) {
            const Row *row = g_ptr_array_index(self->rows, j);

            widths[i] = MAX(widths[i], wl_ctl_width(row->cells[i]));
        }
        total += widths[i];
    }
    return total;
}

static guint
widest_note(const WlGrid *self)
{
    guint widest = self->note_title ? wl_ctl_width(self->note_title) : 0;

    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = g_ptr_array_index(self->rows, i);

        widest = MAX(widest, wl_ctl_width(row->note));
    }
    return widest;
}

void
wl_grid_append(const WlGrid *self, const WlPage *page, GString *out)
{
    g_autofree guint *widths = g_new0(guint, self->n_columns);
    guint table = measure(self, widths);

    if (table > page->width)
        append_paragraphs(self, page, out);
    else
        append_table(self, page, out, widths,
                     self->note_title && table + GAP + widest_note(self) > page->width);
}
