/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which router is silent, one row each. Times are seconds. */
#include "harness.h"
#include "paths/wl-router-watch.h"

#define REST 14.0
#define NOW  100.0

typedef struct {
    const char *name;
    double heard, flow_until, since, asked, snapshot;
    guint unanswered;
    WlRouterWatchAction action;
    double wake_at; /* 0: never */
} Row;

/* clang-format off */
static const Row rows[] = {
    {"heard a moment ago", 99.5, 0, 99.5, 0, 0, 0, WL_ROUTER_WATCH_STAY, 113.5},
    {"heard a moment ago, with traffic", 99.5, 105, 99.5, 0, 0, 0, WL_ROUTER_WATCH_STAY, 101},
    {"silent with traffic", 98.5, 105, 98.5, 0, 0, 0, WL_ROUTER_WATCH_ASK, 100.5},
    {"silent without traffic", 86, 0, 86, 0, 0, 0, WL_ROUTER_WATCH_ASK, 100.5},
    {"an open question is followed without traffic", 99.8, 0, 99.8, 99.9, 0, 1,
     WL_ROUTER_WATCH_STAY, 100.4},
    {"the next question", 98, 105, 98, 99.5, 0, 1, WL_ROUTER_WATCH_ASK, 100.5},
    {"three questions, but not 3 s", 97.5, 105, 97.5, 99.5, 100, 3, WL_ROUTER_WATCH_ASK, 100.5},
    {"3 s and three questions: the device is read first", 97, 105, 97, 99.5, 99, 3,
     WL_ROUTER_WATCH_READ_DEVICE, 0},
    {"3 s and three questions", 97, 105, 97, 99.5, 100, 3, WL_ROUTER_WATCH_LOST, 0},
    {"the last question may still be answered", 97, 105, 97, 99.8, 100, 3, WL_ROUTER_WATCH_STAY,
     100.3},
    {"watched since a moment ago", 50, 105, 99, 99.5, 100, 3, WL_ROUTER_WATCH_ASK, 100.5},
};
/* clang-format on */

static gint64
seconds(double value)
{
    return (gint64) (value * 1000 + 0.5) * 1000;
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    const WlRouterWatchInput input = {
        .now = seconds(NOW),
        .heard = seconds(row->heard),
        .snapshot = seconds(row->snapshot),
        .flow_until = seconds(row->flow_until),
        .rest = seconds(REST),
        .since = seconds(row->since),
        .asked = seconds(row->asked),
        .unanswered = row->unanswered,
    };
    WlRouterWatchDecision decision = wl_router_watch_decide(&input);

    g_assert_cmpint(decision.action, ==, row->action);
    g_assert_cmpint(decision.wake_at, ==, row->wake_at > 0 ? seconds(row->wake_at) : WL_NEVER);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/router-watch/%s", rows[i].name);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
