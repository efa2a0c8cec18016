/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The decisions about establishing a session: each row is a rule. Times are milliseconds relative
 * to now. */

#include "paths/wl-connect-decide.h"

#define NOW   WL_SEC(1000)
#define N     G_MAXINT /* never, or long ago */
#define HOLD  ((int) (WL_CONNECT_CROSSED / 1000))
#define CROSS ((int) (WL_CONNECT_CROSSED_WAIT / 1000))

typedef struct {
    const char *name;
    gboolean impossible, restart, absent, no_endpoint, crossed;
    WlConnectPhase phase;
    guint holds;
    int due, tried, snapshot, rx_time, round_trip;
    WlConnectAction action;
    int expected_due;
} Row;

/* clang-format off */
static const Row rows[] = {
    {"with a session, or without uplink or candidate, nothing is tried", .impossible = TRUE,
     .restart = TRUE, .phase = WL_CONNECT_SLOT, .due = -1, .rx_time = N,
     .action = WL_CONNECT_DO_STOP, .expected_due = -1},
    {"an idle peer begins with a first round", .phase = WL_CONNECT_IDLE, .due = N, .rx_time = N,
     .action = WL_CONNECT_DO_RESTART, .expected_due = N},
    {"a new candidate begins a first round", .restart = TRUE, .phase = WL_CONNECT_PAUSE,
     .due = 5000, .rx_time = N, .action = WL_CONNECT_DO_RESTART, .expected_due = 5000},
    {"a new candidate comes before an answer", .restart = TRUE, .phase = WL_CONNECT_SLOT,
     .due = 500, .tried = -100, .rx_time = 0, .action = WL_CONNECT_DO_RESTART,
     .expected_due = 500},
    {"a slot lasts until its end", .phase = WL_CONNECT_SLOT, .due = 1, .tried = -100, .rx_time = N,
     .action = WL_CONNECT_DO_STAY, .expected_due = 1},
    {"a pause lasts until its end", .phase = WL_CONNECT_PAUSE, .due = 1, .rx_time = N,
     .action = WL_CONNECT_DO_STAY, .expected_due = 1},
    {"the next step comes when it is due", .phase = WL_CONNECT_PAUSE, .due = 0, .rx_time = N,
     .action = WL_CONNECT_DO_STEP, .expected_due = 0},
    {"before the next step the device is read", .phase = WL_CONNECT_PAUSE, .due = 0,
     .snapshot = -1, .rx_time = N, .action = WL_CONNECT_DO_READ_DEVICE, .expected_due = 0},
    {"a peer that is not in the device has no session to read", .absent = TRUE,
     .phase = WL_CONNECT_WAIT, .due = 0, .snapshot = -1, .rx_time = N,
     .action = WL_CONNECT_DO_STEP, .expected_due = 0},
    {"results for on-link candidates are looked at each time", .phase = WL_CONNECT_NEIGHBORS,
     .due = 100, .rx_time = N, .action = WL_CONNECT_DO_STEP, .expected_due = 0},
    {"a handshake of the peer delays the next step", .phase = WL_CONNECT_WAIT, .due = 0,
     .rx_time = 0, .action = WL_CONNECT_DO_HOLD, .expected_due = HOLD},
    {"it delays it until the handshake is over", .phase = WL_CONNECT_PAUSE, .due = 0,
     .rx_time = 1 - HOLD, .action = WL_CONNECT_DO_HOLD, .expected_due = 1},
    {"a handshake that is over delays nothing", .phase = WL_CONNECT_WAIT, .due = 0,
     .rx_time = -HOLD, .action = WL_CONNECT_DO_STEP, .expected_due = 0},
    {"a peer that repeats its initiation is held a limited number of times",
     .phase = WL_CONNECT_WAIT, .holds = WL_CONNECT_HOLDS, .due = 0, .rx_time = 0,
     .action = WL_CONNECT_DO_STEP, .expected_due = 0},
    {"the last hold counts", .phase = WL_CONNECT_WAIT, .holds = WL_CONNECT_HOLDS - 1, .due = 0,
     .rx_time = 0, .action = WL_CONNECT_DO_HOLD, .expected_due = HOLD},
    {"an answer in a slot is given the time to become a session", .phase = WL_CONNECT_SLOT,
     .due = 1, .tried = -100, .rx_time = 0, .action = WL_CONNECT_DO_HOLD, .expected_due = HOLD},
    {"a handshake over a satellite takes longer", .phase = WL_CONNECT_SLOT, .due = 1,
     .tried = -1000, .rx_time = -400, .round_trip = 700, .action = WL_CONNECT_DO_HOLD,
     .expected_due = 300},
    {"and so does the one that follows crossed ones", .phase = WL_CONNECT_SLOT, .due = 1,
     .tried = -1000, .rx_time = -700, .round_trip = 700, .action = WL_CONNECT_DO_CROSS,
     .expected_due = 1400},
    {"a longer slot keeps its end", .phase = WL_CONNECT_SLOT, .due = 20000, .tried = -100,
     .rx_time = 0, .action = WL_CONNECT_DO_HOLD, .expected_due = 20000},
    {"without a session in that time the initiations crossed", .phase = WL_CONNECT_SLOT,
     .due = 1, .tried = -1000 - HOLD, .rx_time = -HOLD, .action = WL_CONNECT_DO_CROSS,
     .expected_due = CROSS},
    {"they cross once in a slot", .crossed = TRUE, .phase = WL_CONNECT_SLOT, .due = 1,
     .tried = -1000 - HOLD, .rx_time = -HOLD, .action = WL_CONNECT_DO_STAY, .expected_due = 1},
    {"bytes from before the try are no answer", .phase = WL_CONNECT_SLOT, .due = 1,
     .tried = -HOLD, .rx_time = -HOLD, .action = WL_CONNECT_DO_STAY, .expected_due = 1},
    {"an answer needs a present snapshot", .phase = WL_CONNECT_SLOT, .due = 1, .snapshot = -1,
     .tried = -1000 - HOLD, .rx_time = -HOLD, .action = WL_CONNECT_DO_STAY, .expected_due = 1},
    {"an answer comes from an endpoint", .no_endpoint = TRUE, .phase = WL_CONNECT_SLOT, .due = 1,
     .tried = -1000 - HOLD, .rx_time = -HOLD, .action = WL_CONNECT_DO_STAY, .expected_due = 1},
};

typedef struct {
    const char *name;
    int results;
    guint round;
    gboolean has_candidate, best_anyway, left_to_wireguard;
    WlConnectStep step;
} StepRow;

static const StepRow step_rows[] = {
    {"results that are pending are waited for", 1, 0, TRUE, FALSE, FALSE,
     WL_CONNECT_STEP_NEIGHBORS},
    {"also without a candidate", 1, 0, FALSE, FALSE, TRUE, WL_CONNECT_STEP_NEIGHBORS},
    {"but not for the best candidate", 1, 0, TRUE, TRUE, FALSE, WL_CONNECT_STEP_TRY},
    {"results that are there are not waited for", 0, 0, TRUE, FALSE, FALSE, WL_CONNECT_STEP_TRY},
    {"a later round tries its candidates", 0, 3, TRUE, FALSE, TRUE, WL_CONNECT_STEP_TRY},
    {"the second round follows the first at once", 0, 0, FALSE, FALSE, FALSE,
     WL_CONNECT_STEP_ROUND},
    {"and the first later round the fast ones", 0, 3, FALSE, FALSE, FALSE, WL_CONNECT_STEP_ROUND},
    {"a later round ends with a pause", 0, 4, FALSE, FALSE, FALSE, WL_CONNECT_STEP_PAUSE},
    {"unless WireGuard retries by itself", 0, 6, FALSE, FALSE, TRUE, WL_CONNECT_STEP_ROUND},
};
/* clang-format on */

static gint64
at(int milliseconds, gint64 none)
{
    return milliseconds == N ? none : NOW + WL_MS(milliseconds);
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    const WlConnect connect = {
        .phase = row->phase,
        .restart = row->restart,
        .crossed = row->crossed,
        .holds = row->holds,
        .due = at(row->due, WL_NEVER),
        .tried = at(row->tried, WL_LONG_AGO),
    };
    const WlConnectInput input = {
        .now = NOW,
        .connect = &connect,
        .possible = !row->impossible,
        .present = !row->absent,
        .has_endpoint = !row->no_endpoint,
        .handshake = MAX(WL_CONNECT_CROSSED, WL_MS(row->round_trip)),
        .snapshot = at(row->snapshot, WL_LONG_AGO),
        .rx_time = at(row->rx_time, WL_LONG_AGO),
    };
    WlConnectDecision decision = wl_connect_decide(&input);

    g_assert_cmpint(decision.action, ==, row->action);
    g_assert_cmpint(decision.due, ==, at(row->expected_due, WL_NEVER));
    g_assert_cmpint(decision.early, ==,
                    row->phase == WL_CONNECT_SLOT &&
                        (row->action == WL_CONNECT_DO_HOLD || row->action == WL_CONNECT_DO_CROSS));
}

static void
test_step(gconstpointer data)
{
    const StepRow *row = data;
    const WlConnectStepInput input = {
        .now = NOW,
        .results = NOW + row->results,
        .round = row->round,
        .has_candidate = row->has_candidate,
        .best_anyway = row->best_anyway,
        .left_to_wireguard = row->left_to_wireguard,
    };

    g_assert_cmpint(wl_connect_decide_step(&input), ==, row->step);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/connect-decide/%s", rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    for (guint i = 0; i < G_N_ELEMENTS(step_rows); i++) {
        g_autofree char *path = g_strdup_printf("/connect-decide/step/%s", step_rows[i].name);

        g_test_add_data_func(path, &step_rows[i], test_step);
    }
    return g_test_run();
}
