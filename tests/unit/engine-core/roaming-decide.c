/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decisions about roaming, one row each. */
#include "paths/wl-roaming-decide.h"

#define NOW WL_SEC(1000)

/* Times relative to NOW, in milliseconds; N: never. */
#define N G_MININT

typedef struct {
    const char *name;
    gboolean impossible, can_upgrade, silent, at_original;
    WlRoamingPhase phase;
    gboolean suspect, upgrading, target_answered, has_baseline;
    guint reasserts;
    int started, due, retry, heard, snapshot;
    guint64 baseline, rx;
    /* expected */
    WlRoamingAction action;
    int wake_at;
    gboolean reads_device, answered; /* besides */
} Row;

/* clang-format off */
static const Row rows[] = {
    {"without a session nothing is tried", .impossible = TRUE, .phase = WL_ROAMING_TRY,
     .due = 100, .retry = N, .action = WL_ROAMING_ABANDON, .wake_at = N},
    {"a session without suspicion stays", .due = N, .retry = N, .heard = -100,
     .action = WL_ROAMING_STAY, .wake_at = N},
    {"a suspicion starts a check", .suspect = TRUE, .due = N, .retry = N, .heard = -100,
     .action = WL_ROAMING_START_CHECK, .wake_at = N},
    {"an unanswered Alive starts a check", .silent = TRUE, .due = N, .retry = N, .heard = -40000,
     .action = WL_ROAMING_START_CHECK, .wake_at = N},
    {"known silence waits for the retry", .silent = TRUE, .due = N, .retry = 3000, .heard = -40000,
     .action = WL_ROAMING_STAY, .wake_at = 3000},
    {"a retry starts a check", .due = N, .retry = 0, .heard = -40000,
     .action = WL_ROAMING_START_CHECK, .wake_at = N},
    {"an on-link candidate is tried as an upgrade", .can_upgrade = TRUE, .due = N, .retry = N,
     .action = WL_ROAMING_START_UPGRADE, .wake_at = N},
    {"the device is read before an upgrade", .can_upgrade = TRUE, .due = N, .retry = N,
     .snapshot = -100, .action = WL_ROAMING_READ_DEVICE, .wake_at = N},
    {"a suspicion comes before an upgrade", .suspect = TRUE, .can_upgrade = TRUE, .due = N,
     .retry = N, .action = WL_ROAMING_START_CHECK, .wake_at = N},
    {"a check waits for its end", .phase = WL_ROAMING_CHECK, .has_baseline = TRUE, .started = -400,
     .due = 600, .retry = N, .heard = -2000, .action = WL_ROAMING_STAY, .wake_at = 600},
    {"an answer to a check settles", .phase = WL_ROAMING_CHECK, .has_baseline = TRUE,
     .started = -400, .due = 600, .retry = N, .heard = -100, .action = WL_ROAMING_SETTLE,
     .wake_at = N},
    {"received bytes settle a check", .phase = WL_ROAMING_CHECK, .has_baseline = TRUE,
     .baseline = 100, .rx = 132, .started = -400, .due = 600, .retry = N, .heard = -2000,
     .action = WL_ROAMING_SETTLE, .wake_at = N},
    {"the device is read at the end of a silent check", .phase = WL_ROAMING_CHECK,
     .has_baseline = TRUE, .started = -1000, .due = 0, .retry = N, .heard = -2000, .snapshot = -500,
     .action = WL_ROAMING_READ_DEVICE, .wake_at = N},
    {"a silent check tries the next candidate", .phase = WL_ROAMING_CHECK, .has_baseline = TRUE,
     .started = -1000, .due = 0, .retry = N, .heard = -2000, .action = WL_ROAMING_TRY_NEXT,
     .wake_at = N},
    {"an answer to a try needs a snapshot", .phase = WL_ROAMING_TRY, .has_baseline = TRUE,
     .started = -1000, .due = 500, .retry = N, .heard = -10, .snapshot = -500,
     .action = WL_ROAMING_READ_FOR_PEER, .wake_at = N},
    {"a snapshot without new bytes came too early", .phase = WL_ROAMING_TRY, .has_baseline = TRUE,
     .started = -1000, .due = 500, .retry = N, .heard = -10, .action = WL_ROAMING_STAY,
     .wake_at = 500},
    {"a try settles when bytes were received at it", .phase = WL_ROAMING_TRY, .has_baseline = TRUE,
     .baseline = 100, .rx = 200, .started = -1000, .due = 500, .retry = N, .heard = -10,
     .action = WL_ROAMING_SETTLE, .wake_at = N},
    {"an upgrade waits for its end", .phase = WL_ROAMING_TRY, .upgrading = TRUE, .started = -100,
     .due = 150, .retry = N, .heard = -500, .action = WL_ROAMING_STAY, .wake_at = 150},
    {"an upgrade that a late packet undid is reasserted", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .target_answered = TRUE, .at_original = TRUE, .started = -250, .due = 0,
     .retry = N, .heard = -100, .action = WL_ROAMING_REASSERT, .wake_at = N, .answered = TRUE},
    {"the target is set a fourth time", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .target_answered = TRUE, .at_original = TRUE, .reasserts = 3,
     .started = -250, .due = 0, .retry = N, .heard = -100, .action = WL_ROAMING_REASSERT,
     .wake_at = N, .answered = TRUE},
    {"a target that answered and stayed ends the upgrade", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .target_answered = TRUE, .started = -250, .due = 0, .retry = N,
     .heard = -100, .action = WL_ROAMING_END_UPGRADE, .wake_at = N, .answered = TRUE},
    {"a packet from the original endpoint does not set the target again", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .at_original = TRUE, .started = -250, .due = 0, .retry = N, .heard = -100,
     .action = WL_ROAMING_END_UPGRADE, .wake_at = N},
    {"an answer during an upgrade needs a snapshot at once", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .started = -100, .due = 150, .retry = N, .snapshot = -50,
     .action = WL_ROAMING_STAY, .wake_at = 150, .reads_device = TRUE},
    {"the snapshot after an answer is requested once", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .started = -100, .due = 150, .retry = N, .heard = -10, .snapshot = -50,
     .action = WL_ROAMING_STAY, .wake_at = 150},
    {"a snapshot shows that the target answered", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .started = -100, .due = 150, .retry = N, .heard = -10,
     .action = WL_ROAMING_STAY, .wake_at = 150, .answered = TRUE},
    {"a snapshot shows that the original endpoint answered", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .at_original = TRUE, .started = -100, .due = 150, .retry = N, .heard = -10,
     .action = WL_ROAMING_STAY, .wake_at = 150},
    {"a packet from before the upgrade is no answer", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .started = -100, .due = 150, .retry = N, .heard = -100,
     .action = WL_ROAMING_STAY, .wake_at = 150},
    {"the device is read at the end of an upgrade", .phase = WL_ROAMING_TRY,
     .upgrading = TRUE, .started = -250, .due = 0, .retry = N, .heard = -500, .snapshot = -10,
     .action = WL_ROAMING_READ_DEVICE, .wake_at = N},
    {"a retry that is due later is waited for", .due = N, .retry = 3000, .heard = -40000,
     .action = WL_ROAMING_STAY, .wake_at = 3000},
    {"a suspicion does not wait for the retry", .suspect = TRUE, .due = N, .retry = 3000,
     .heard = -40000, .action = WL_ROAMING_START_CHECK, .wake_at = N},
    {"a check without a snapshot reads the device", .phase = WL_ROAMING_CHECK, .rx = 100,
     .started = -400, .due = 600, .retry = N, .heard = -2000, .action = WL_ROAMING_STAY,
     .wake_at = 600, .reads_device = TRUE},
    {"the bytes of the baseline are no answer", .phase = WL_ROAMING_CHECK, .has_baseline = TRUE,
     .baseline = 100, .rx = 100, .started = -400, .due = 600, .retry = N, .heard = -400,
     .action = WL_ROAMING_STAY, .wake_at = 600},
    {"an answered try without new bytes settles when its time is over", .phase = WL_ROAMING_TRY,
     .has_baseline = TRUE, .started = -1000, .due = 0, .retry = N, .heard = -10,
     .action = WL_ROAMING_SETTLE, .wake_at = N},
    {"the device is read at the end of a silent try", .phase = WL_ROAMING_TRY,
     .has_baseline = TRUE, .started = -1000, .due = 0, .retry = N, .heard = -2000, .snapshot = -500,
     .action = WL_ROAMING_READ_DEVICE, .wake_at = N},
    {"a silent try tries the next candidate", .phase = WL_ROAMING_TRY, .has_baseline = TRUE,
     .started = -1000, .due = 0, .retry = N, .heard = -2000, .action = WL_ROAMING_TRY_NEXT,
     .wake_at = N},
    {"the target is set at most four times", .phase = WL_ROAMING_TRY, .upgrading = TRUE,
     .target_answered = TRUE, .at_original = TRUE, .reasserts = 4, .started = -1000, .due = 0,
     .retry = N, .heard = -100, .action = WL_ROAMING_END_UPGRADE, .wake_at = N, .answered = TRUE},
    {"a silent upgrade ends", .phase = WL_ROAMING_TRY, .upgrading = TRUE, .started = -250,
     .due = 0, .retry = N, .heard = -500, .action = WL_ROAMING_END_UPGRADE, .wake_at = N},
};
/* clang-format on */

static gint64
at(int milliseconds)
{
    return milliseconds == N ? WL_NEVER : NOW + WL_MS(milliseconds);
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    const WlRoaming roaming = {
        .phase = row->phase,
        .suspect = row->suspect,
        .upgrading = row->upgrading,
        .target_answered = row->target_answered,
        .reasserts = row->reasserts,
        .started = at(row->started),
        .due = at(row->due),
        .retry = at(row->retry),
        .has_baseline = row->has_baseline,
        .baseline = row->baseline,
    };
    const WlRoamingInput input = {
        .now = NOW,
        .roaming = &roaming,
        .possible = !row->impossible,
        .can_upgrade = row->can_upgrade,
        .silent = row->silent,
        .at_original = row->at_original,
        .last_heard = at(row->heard),
        .snapshot = at(row->snapshot),
        .rx = row->rx,
    };
    WlRoamingDecision decision = wl_roaming_decide(&input);

    g_assert_cmpint(decision.action, ==, row->action);
    g_assert_cmpint(decision.wake_at, ==, at(row->wake_at));
    g_assert_cmpint(decision.read_device, ==, row->reads_device);
    g_assert_cmpint(decision.target_answered, ==, row->answered);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/roaming-decide/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    return g_test_run();
}
