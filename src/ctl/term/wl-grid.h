/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-page.h"

/** A table whose rows end with a note of any length. */
typedef struct WlGrid WlGrid;

/** @titles of the columns, NULL-terminated; @note_title of the notes, or NULL without notes. */
WlGrid *wl_grid_new(const char *const *titles, const char *note_title);
void wl_grid_free(WlGrid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlGrid, wl_grid_free)

/**
 * Adds a row and takes its cells, one for each column, and its note, NULL or "" for none. All must
 * be safe to print.
 */
void wl_grid_add(WlGrid *self, char **cells, char *note);
/** Sets the style of a cell of the last row. */
void wl_grid_set_style(WlGrid *self, guint column, WlStyle style);
/** Keeps only the first @n_columns side by side on a narrow page (default: all). */
void wl_grid_set_needed(WlGrid *self, guint n_columns);
/**
 * If rows are too wide for the page, notes move below their rows; then the last columns follow the
 * notes, one by one; and if the table still is too wide, each row becomes a paragraph.
 */
void wl_grid_append(const WlGrid *self, const WlPage *page, GString *out);
