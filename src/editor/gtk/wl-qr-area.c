/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-qr-area.h"

#include "wl-gtk.h"
#include "wl-qr.h"

#define CODE "wl-qr"

static void
draw(cairo_t *cr, int width, int height, gpointer user_data)
{
    const WlQr *qr = g_object_get_data(user_data, CODE);
    int size = qr ? (int) wl_qr_size(qr) : 0;
    double modules = size + 2 * WL_QR_QUIET;

    if (!qr)
        return;
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, width / modules, height / modules);
    cairo_translate(cr, WL_QR_QUIET, WL_QR_QUIET);
    cairo_set_source_rgb(cr, 0, 0, 0);
    /* Without it, lines of white are between modules that are no whole number of pixels. */
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
            if (wl_qr_is_dark(qr, row, column))
                cairo_rectangle(cr, column, row, 1, 1);
        }
    }
    cairo_fill(cr);
}

GtkWidget *
wl_qr_area_new(int size, const char *name)
{
    /* the code is kept by an object that the area owns, since the area does not exist yet */
    GObject *holder = g_object_new(G_TYPE_OBJECT, NULL);
    GtkWidget *area = wl_gtk_drawing_new(size, draw, holder);

    g_object_set_data_full(G_OBJECT(area), CODE, holder, g_object_unref);
    wl_gtk_set_name(area, name);
    return area;
}

static void
free_code(gpointer qr)
{
    wl_qr_free(qr);
}

gboolean
wl_qr_area_set_text(GtkWidget *area, const char *text, GError **error)
{
    WlQr *qr = text ? wl_qr_new(text, error) : NULL;

    g_object_set_data_full(g_object_get_data(G_OBJECT(area), CODE), CODE, qr, free_code);
    gtk_widget_queue_draw(area);
    return qr || !text;
}
