/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many datagrams may be in flight to one peer. */
#include "state/wl-send-window.h"

typedef struct {
    const char *name;
    guint acks, losses; /* in this order */
    guint all;
    guint limit; /* expected */
} Row;

static const Row rows[] = {
    {"a peer begins with the minimum", 0, 0, 0, 8},
    {"each ack adds one", 10, 0, 0, 18},
    {"the maximum", 1000, 0, 0, 64},
    {"a loss halves what was earned", 1000, 1, 0, 36},
    {"a peer that does not ack is left with the minimum", 1000, 6, 0, 8},
    {"losses of a peer that earned nothing", 0, 3, 0, 8},
    {"many datagrams to all peers do not shrink it", 1000, 0, 8191, 64},
    {"too many do", 1000, 0, 8192, 8},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    guint earned = 0;

    for (guint i = 0; i < row->acks; i++)
        earned = wl_send_window_after_ack(earned);
    for (guint i = 0; i < row->losses; i++)
        earned = wl_send_window_after_loss(earned);
    g_assert_cmpuint(wl_send_window_limit(earned, row->all), ==, row->limit);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/send-window/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    return g_test_run();
}
