/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A square that shows a QR code, black on white in any theme. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Empty, of @size pixels, and called @name for screen readers. */
GtkWidget *wl_qr_area_new(int size, const char *name);
/* Shows the code of @text; NULL: none. The code before is wiped, as it is with the widget. FALSE
 * with *error, and nothing is shown, if @text is too long. */
gboolean wl_qr_area_set_text(GtkWidget *area, const char *text, GError **error);

G_END_DECLS
