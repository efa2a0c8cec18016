/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect-demand.h"

/* How often traffic that a router carries is a reason to try a direct path that was blocked. */

typedef struct {
    const char *name;
    int away; /* seconds without a session */
    gboolean worked;
    int interval; /* seconds */
} IntervalRow;

static const IntervalRow interval_rows[] = {
    {"never worked: once a minute", 0, FALSE, 60},
    {"never worked: once a minute, also later", 7200, FALSE, 60},
    {"worked: as often as WireGuard initiates", 0, TRUE, 5},
    {"worked: at first", 80, TRUE, 5},
    {"worked: a sixteenth of the time", 320, TRUE, 20},
    {"worked: the longest interval", 960, TRUE, 60},
    {"worked: no longer than that", 3600, TRUE, 60},
};

static void
test_interval(gconstpointer data)
{
    const IntervalRow *row = data;

    g_assert_cmpint(wl_connect_demand_interval(WL_SEC(row->away), row->worked), ==,
                    WL_SEC(row->interval));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(interval_rows); i++) {
        g_autofree char *name = g_strdup_printf("/connect-demand/%s", interval_rows[i].name);
        g_test_add_data_func(name, &interval_rows[i], test_interval);
    }
    return g_test_run();
}
