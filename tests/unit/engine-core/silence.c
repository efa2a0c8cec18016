/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Silence: the decision, one row each, and what is published of a peer that stopped. */
#include "paths/wl-silence.h"

#include "harness.h"

#define NOW WL_SEC(1000)
#define N   G_MININT /* never */

/* Times relative to NOW, in milliseconds. */
typedef struct {
    const char *name;
    int asked, probed, heard, snapshot;
    guint probes;
    gboolean answers;
    /* expected */
    WlSilenceAction action;
    int wake_at;
} Row;

/* clang-format off */
static const Row rows[] = {
    {"nothing was sent", N, N, -60000, -60000, 0, TRUE, WL_SILENCE_NONE, N},
    {"an answer ends it", -3000, -500, -400, -400, 2, TRUE, WL_SILENCE_NONE, N},
    {"a sign of life at the same time does", -1000, N, -1000, -1000, 0, TRUE, WL_SILENCE_NONE, N},
    {"an answer may take a moment", -400, N, -5000, -400, 0, TRUE, WL_SILENCE_WAIT, 600},
    {"after a second the peer is probed", -1000, N, -5000, 0, 0, TRUE, WL_SILENCE_PROBE, N},
    {"one lost probe is no silence", -1500, -500, -5000, 0, 1, TRUE, WL_SILENCE_WAIT, 500},
    {"a second probe follows", -2000, -1000, -5000, 0, 1, TRUE, WL_SILENCE_PROBE, N},
    {"its answer may take a moment", -2400, -400, -5000, 0, 2, TRUE, WL_SILENCE_WAIT, 600},
    {"the last word is the device's", -3000, -1000, -5000, -100, 2, TRUE, WL_SILENCE_READ_DEVICE, N},
    {"then it is silent", -3000, -1000, -5000, 0, 2, TRUE, WL_SILENCE_SILENT, N},
    {"and stays so", -60000, -58000, -62000, -57000, 2, TRUE, WL_SILENCE_SILENT, N},
    {"without echoes a keepalive is waited for", -3000, -1000, -5000, 0, 2, FALSE, WL_SILENCE_WAIT,
     8000},
    {"after that it is silent, too", -11000, -9000, -13000, 0, 2, FALSE, WL_SILENCE_SILENT, N},
};
/* clang-format on */

static gint64
at(int ms)
{
    return ms == N ? WL_LONG_AGO : NOW + WL_MS(ms);
}

static void
test_decision(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        WlSilenceInput input = {
            .now = NOW,
            .asked = at(row->asked),
            .probed = at(row->probed),
            .probes = row->probes,
            .heard = at(row->heard),
            .snapshot = at(row->snapshot),
            .answers = row->answers,
        };
        gint64 wake_at = WL_NEVER;

        g_test_message("%s", row->name);
        g_assert_cmpint(wl_silence_decide(&input, &wake_at), ==, row->action);
        if (row->action == WL_SILENCE_WAIT)
            g_assert_cmpint(wake_at, ==, at(row->wake_at));
    }
}

static void
assert_state(Harness *harness, const HarnessMember *member, WlPeerState state, const char *reason)
{
    const WlPeerView *view = harness_view(harness, member);

    g_assert_cmpint(view->state, ==, state);
    g_assert_true(g_str_has_prefix(view->reason_text, reason));
}

/* A hub that stopped is called silent within 5 s of the first look, and direct when it is back. */
static void
test_stopped_hub(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_make_native(hub);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    /* Just heard: a look costs nothing. */
    harness_clear(harness);
    wl_engine_check_peers(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    hub->mute = TRUE;
    harness_run(harness, SEC(10));
    assert_state(harness, hub, WL_PEER_DIRECT, "direct on ");
    wl_engine_check_peers(harness->engine, harness->now);
    harness_run(harness, SEC(5));
    assert_state(harness, hub, WL_PEER_CONNECTING, "no reply from 203.0.113.1:51820 ");
    g_assert_cmpint(harness->now - harness_view(harness, hub)->last_reply, >=, SEC(14));
    hub->mute = FALSE;
    harness_alive(harness, hub);
    harness_run(harness, MS(100));
    assert_state(harness, hub, WL_PEER_DIRECT, "direct on ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/silence/decision", test_decision);
    g_test_add_func("/silence/stopped-hub", test_stopped_hub);
    return g_test_run();
}
