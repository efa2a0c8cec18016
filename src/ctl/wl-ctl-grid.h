/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-terminal.h"

/** A table with, in each row, a long text at its end. */
typedef struct WlGrid WlGrid;

/** @titles are of the columns, then NULL; @note_title of the long text, or NULL if there is none.
 */
WlGrid *wl_grid_new(const char *const *titles, const char *note_title);
void wl_grid_free(WlGrid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlGrid, wl_grid_free)

/**
 * Adds a row: a cell for each column (taken), and the note (taken; NULL or "" for none). All must
 * be safe to print.
 */
void wl_grid_add(WlGrid *self, char **cells, char *note);
/** The style of a cell of the last row. */
void wl_grid_set_style(WlGrid *self, guint column, WlStyle style);
/** Only the first @n_columns are needed side by side (all, unless this is called). */
void wl_grid_set_needed(WlGrid *self, guint n_columns);
/**
 * Where a row is too wide for the page its note goes below it; then the last columns that are not
 * needed follow the note, one by one; and where the table still is too wide, each row becomes a
 * paragraph.
 */
void wl_grid_append(const WlGrid *self, const WlPage *page, GString *out);
