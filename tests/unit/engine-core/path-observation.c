/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rounds of echoes show about the path of a Go member, one row each. */
#include "paths/wl-path-observation.h"

#include <string.h>

#define START WL_SEC(1000)
#define N     G_MININT /* never */

/*
 * A row describes rounds that are 100 ms apart, one word each. Its letters are the echoes of the
 * round: d direct, t transit, p the peer's control, r the router's control. An upper-case letter is
 * an echo that was replied to, after `round_trip`. "|" restarts the observation, "!" reverts.
 *
 * Expected times are in milliseconds after the last round was sent.
 */
typedef struct {
    const char *name;
    const char *rounds;
    int round_trip; /* 0: 20 ms */
    /* expected */
    int promoted_at, refuted_at;
    gboolean confirmed, direct, lossy;
} Row;

/* clang-format off */
static const Row rows[] = {
    {"an observation without rounds shows nothing", "",
     .promoted_at = N, .refuted_at = N},
    {"replies to all transit echoes show that the peer uses the router", "TPR TPR TPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"a reply to the direct echo is a sign of its own", "dTP DtP",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE, .direct = TRUE},
    {"one lost transit echo is no sign", "TPR TPR tPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"two lost transit echoes in a row show that the peer has promoted", "TPR tPR tPR",
     .promoted_at = 80, .refuted_at = N, .confirmed = TRUE},
    {"the second lost transit echo counts, not the last one", "TPR tPR tPR tPR",
     .promoted_at = -20, .refuted_at = N, .confirmed = TRUE},
    {"a slow transit path needs a later conclusion", "TPR tPR tPR", .round_trip = 90,
     .promoted_at = 150, .refuted_at = N, .confirmed = TRUE},
    {"the peer's control echo is sufficient if the router does not reply", "TPr tPr tPr",
     .promoted_at = 80, .refuted_at = N, .confirmed = TRUE},
    {"the router's control echo is sufficient if the peer does not reply", "TpR tpR tpR",
     .promoted_at = 80, .refuted_at = N, .confirmed = TRUE},
    {"without control replies two lost transit echoes are no sign", "Tpr tpr tpr",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"without control replies four lost transit echoes are a sign", "Tpr tpr tpr tpr tpr",
     .promoted_at = 80, .refuted_at = 80, .confirmed = TRUE},
    {"a transit echo that was lost with the peer's control echo is no sign", "TPR tpR tpR tpR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"a transit echo that was lost with the router's control echo is no sign", "TPR tPr tPr tPr",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"rounds in which everything was lost are skipped", "TPR tPR tpr tPR",
     .promoted_at = 80, .refuted_at = N, .confirmed = TRUE},
    {"losses before a transit reply are over", "tPR tPR tPR TPR tPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE, .lossy = TRUE},
    {"a path that lost a transit echo before needs four losses", "tPR TPR tPR tPR tPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE, .lossy = TRUE},
    {"four losses are a sign on a path that lost a transit echo before", "tPR TPR tPR tPR tPR tPR",
     .promoted_at = 80, .refuted_at = 80, .confirmed = TRUE, .lossy = TRUE},
    {"a path does not become lossy when everything was lost", "TPR tpr TPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE},
    {"lost transit echoes are no sign if none was ever replied to", "tPR tPR tPR tPR",
     .promoted_at = N, .refuted_at = 60},
    {"rounds without transit echoes show nothing", "d d d d",
     .promoted_at = N, .refuted_at = N},
    {"eight rounds are kept", "TPR tPR tPR tPR tPR tPR tPR tPR tPR tPR",
     .promoted_at = -520, .refuted_at = -320},
    {"a reply before the restart does not confirm", "TPR tPR tPR | tPR",
     .promoted_at = N, .refuted_at = N},
    {"a reply after the restart confirms", "TPR tPR tPR | tPR TPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE, .lossy = TRUE},
    {"a direct reply after the restart confirms", "dTPR dtPR dtPR | DtPR",
     .promoted_at = N, .refuted_at = N, .confirmed = TRUE, .direct = TRUE},
    {"three losses after the restart do not refute", "TPR tPR tPR | tPR tPR tPR",
     .promoted_at = -20, .refuted_at = N},
    {"four losses after the restart refute", "TPR tPR tPR | tPR tPR tPR tPR",
     .promoted_at = -120, .refuted_at = 80},
    {"two losses after a revert are no sign", "TPR tPR tPR ! tPR tPR",
     .promoted_at = N, .refuted_at = N, .lossy = TRUE},
    {"four losses after a revert are a sign", "TPR tPR tPR ! tPR tPR tPR tPR",
     .promoted_at = 80, .refuted_at = 80, .lossy = TRUE},
    {"after three reverts lost transit echoes no longer count", "TPR ! ! ! tPR tPR tPR tPR",
     .promoted_at = N, .refuted_at = 80, .lossy = TRUE},
};
/* clang-format on */

/* Returns the sequence number of an echo: no two have the same. */
static guint16
sequence_of(guint round, WlPathEcho kind)
{
    return 100 + round * WL_PATH_ECHO_N + kind;
}

static void
observe_round(WlPathObservation *observation, const char *round, guint n, gint64 now,
              gint64 round_trip)
{
    static const char letters[] = "dtpr";

    wl_path_observation_begin_round(observation, now);
    for (const char *echo = round; *echo; echo++) {
        WlPathEcho kind = strchr(letters, g_ascii_tolower(*echo)) - letters;
        guint16 sequence = sequence_of(n, kind);

        wl_path_observation_note_request(observation, kind, sequence);
        if (g_ascii_isupper(*echo))
            g_assert_cmpint(wl_path_observation_note_reply(observation, sequence, now + round_trip),
                            ==, kind);
    }
    wl_path_observation_note_losses(observation);
}

/* Returns when the last round was sent. */
static gint64
observe(WlPathObservation *observation, const char *text, gint64 round_trip)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gint64 now = START;

    for (guint i = 0; words[i]; i++) {
        if (g_str_equal(words[i], "|")) {
            wl_path_observation_restart(observation);
        } else if (g_str_equal(words[i], "!")) {
            wl_path_observation_revert(observation);
        } else {
            now += WL_PATH_GO_ROUND;
            observe_round(observation, words[i], i, now, round_trip);
        }
    }
    return now;
}

static gint64
after(gint64 last, int milliseconds)
{
    return milliseconds == N ? WL_NEVER : last + WL_MS(milliseconds);
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    WlPathObservation observation = {0};
    gint64 last = observe(&observation, row->rounds, WL_MS(row->round_trip ? row->round_trip : 20));

    g_assert_cmpint(wl_path_observation_promoted_at(&observation), ==,
                    after(last, row->promoted_at));
    g_assert_cmpint(wl_path_observation_refuted_at(&observation), ==, after(last, row->refuted_at));
    g_assert_cmpint(wl_path_observation_is_confirmed(&observation), ==, row->confirmed);
    g_assert_cmpint(wl_path_observation_has_reply(&observation, WL_PATH_ECHO_DIRECT), ==,
                    row->direct);
    g_assert_cmpint(observation.lossy, ==, row->lossy);
}

static void
test_replies(void)
{
    WlPathObservation observation = {0};

    g_assert_cmpint(wl_path_observation_note_reply(&observation, 0, START), ==, WL_PATH_ECHO_N);
    observe(&observation, "dtp", 0);
    g_assert_cmpint(wl_path_observation_note_reply(&observation, 7, START), ==, WL_PATH_ECHO_N);
    g_assert_cmpint(
        wl_path_observation_note_reply(&observation, sequence_of(0, WL_PATH_ECHO_ROUTER), START),
        ==, WL_PATH_ECHO_N);
    g_assert_cmpint(
        wl_path_observation_note_reply(&observation, sequence_of(0, WL_PATH_ECHO_PEER), START), ==,
        WL_PATH_ECHO_PEER);
    g_assert_cmpint(
        wl_path_observation_note_reply(&observation, sequence_of(0, WL_PATH_ECHO_PEER), START), ==,
        WL_PATH_ECHO_N);
    /* The ring has eight rounds. */
    observe(&observation, "d d d d d d d d", 0);
    g_assert_cmpint(
        wl_path_observation_note_reply(&observation, sequence_of(0, WL_PATH_ECHO_TRANSIT), START),
        ==, WL_PATH_ECHO_N);
    observe(&observation, "t | d", 0);
    g_assert_cmpint(
        wl_path_observation_note_reply(&observation, sequence_of(0, WL_PATH_ECHO_TRANSIT), START),
        ==, WL_PATH_ECHO_N);
}

static const struct {
    const char *name;
    guint64 dropped[3];
    gboolean exclusive[3], current[3];
    gboolean grown; /* after the third number */
} drops[] = {
    {"dropped packets are a sign", {17, 17, 18}, {TRUE, TRUE, TRUE}, {TRUE, TRUE, TRUE}, TRUE},
    {"a number that stays is no sign", {17, 17, 17}, {TRUE, TRUE, TRUE}, {TRUE, TRUE, TRUE}, FALSE},
    {"packets dropped before the first current number do not count",
     {17, 18, 19},
     {TRUE, TRUE, TRUE},
     {FALSE, FALSE, TRUE},
     FALSE},
    {"packets dropped while another peer is observed do not count",
     {17, 18, 19},
     {TRUE, FALSE, TRUE},
     {TRUE, TRUE, TRUE},
     FALSE},
};

static void
test_dropped(gconstpointer data)
{
    guint row = GPOINTER_TO_UINT(data);
    WlPathObservation observation = {0};

    for (guint i = 0; i < G_N_ELEMENTS(drops[row].dropped); i++) {
        gboolean grown = wl_path_observation_note_dropped(
            &observation, drops[row].dropped[i], drops[row].exclusive[i], drops[row].current[i]);
        g_assert_cmpint(grown, ==, i == 2 && drops[row].grown);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/path-observation/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    for (guint i = 0; i < G_N_ELEMENTS(drops); i++) {
        g_autofree char *name = g_strdup_printf("/path-observation/%s", drops[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_dropped);
    }
    g_test_add_func(
        "/path-observation/a reply is matched to its echo once, while its round is kept",
        test_replies);
    return g_test_run();
}
