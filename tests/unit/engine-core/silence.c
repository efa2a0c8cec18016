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

/* ---- the turn */

/* A leaf whose hub (1) has no fallback, with a session. */
static Harness *
session_new(WlPeer **peer)
{
    Harness *harness = harness_leaf_new();

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
    (*peer)->liveness.last_heard = (*peer)->device.handshake = harness->engine->now - SEC(60);
    (*peer)->traffic.rx_seen = WL_LONG_AGO;
    (*peer)->advertise.request_alive = FALSE;
    return harness;
}

/* Of which peer silence says anything. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean session, uplink, native, watched;
    gboolean waits;
} subjects[] = {
    {"a peer with a session", TRUE, TRUE, FALSE, FALSE, TRUE},
    {"a peer without one", FALSE, TRUE, FALSE, FALSE, FALSE},
    {"without an uplink", TRUE, FALSE, FALSE, FALSE, FALSE},
    {"a native member on a direct path falls back", TRUE, TRUE, TRUE, TRUE, FALSE},
    {"a native member without a router", TRUE, TRUE, TRUE, FALSE, TRUE},
    {"a Go daemon on a direct path", TRUE, TRUE, FALSE, TRUE, TRUE},
};
/* clang-format on */

static void
test_subject(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = session_new(&peer);
    WlEngine *engine = harness->engine;

    g_ptr_array_add(peer->config->endpoints, g_strdup("peer.example.net:1"));
    wl_peer_set_config(peer, peer->config);
    peer->silence.asked = engine->now;
    peer->silence.silent = TRUE;
    peer->liveness.healthy = subjects[i].session;
    engine->uplink.present = subjects[i].uplink;
    peer->boot.native = subjects[i].native;
    peer->traffic.watched = subjects[i].watched;
    wl_scheduler_run_step(&engine->scheduler, engine, peer, WL_STEP_PATHS, wl_silence_run);
    g_assert_cmpint(peer->silence.asked, ==, subjects[i].waits ? engine->now : WL_LONG_AGO);
    g_assert_false(peer->silence.silent);
    g_assert_cmpint(peer->turn.wake_at[WL_STEP_PATHS], ==,
                    subjects[i].waits ? engine->now + SEC(1) : WL_NEVER);
    /* Its name may have another address. */
    g_assert_cmpint(peer->traffic.named, ==, subjects[i].waits);
    /* A user that looks has it probed at once. */
    peer->silence.asked = WL_LONG_AGO;
    wl_silence_check(engine, peer);
    g_assert_cmpint(peer->silence.asked, ==,
                    subjects[i].waits ? engine->now - SEC(1) : WL_LONG_AGO);
    peer->traffic.watched = FALSE;
}

/* A look at a peer that was just heard costs nothing, and one at a peer that is asked changes
 * nothing. */
static void
test_look(void)
{
    static const struct {
        int heard, asked; /* ms ago; 0: not */
        int expect;       /* asked, ms ago; 0: not */
    } looks[] = {{1999, 0, 0}, {2000, 0, 1000}, {60000, 500, 500}, {60000, 61000, 1000}};

    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = session_new(&peer);
        const gint64 now = harness->engine->now;

        g_test_message("row %u", (guint) i);
        peer->liveness.last_heard = now - MS(looks[i].heard);
        peer->device.handshake = now - SEC(99);
        peer->silence.asked = looks[i].asked ? now - MS(looks[i].asked) : WL_LONG_AGO;
        peer->silence.probes = 2;
        wl_silence_check(harness->engine, peer);
        g_assert_cmpint(peer->silence.asked, ==,
                        looks[i].expect ? now - MS(looks[i].expect) : WL_LONG_AGO);
        g_assert_cmpuint(peer->silence.probes, ==, looks[i].expect == 1000 ? 0 : 2);
        g_assert_cmpint(peer->turn.scheduled, ==, looks[i].expect == 1000);
    }
}

/* The probes, and what follows. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean native;
    int asked, probed; /* ms ago */
    guint probes;
    gboolean read; /* the device, just now */
    guint after;   /* probes */
    gboolean names, asks, echoes, reads, silent;
} probes[] = {
    {"the first one has names resolved",
     TRUE, 1000, 0, 0, TRUE, 1, TRUE, TRUE, FALSE, FALSE, FALSE},
    {"the second one does not", TRUE, 2000, 1000, 1, TRUE, 2, FALSE, TRUE, FALSE, FALSE, FALSE},
    {"a Go daemon is sent an echo", FALSE, 1000, 0, 0, TRUE, 1, TRUE, FALSE, TRUE, FALSE, FALSE},
    {"the device is read", TRUE, 3000, 1000, 2, FALSE, 2, FALSE, FALSE, FALSE, TRUE, FALSE},
    {"it is silent", TRUE, 3000, 1000, 2, TRUE, 2, FALSE, FALSE, FALSE, FALSE, TRUE},
    {"a Go daemon without echoes is not yet",
     FALSE, 3000, 1000, 2, TRUE, 2, FALSE, FALSE, FALSE, FALSE, FALSE},
    {"nothing was sent", TRUE, 0, 0, 2, TRUE, 0, FALSE, FALSE, FALSE, FALSE, FALSE},
};
/* clang-format on */

static void
test_probe(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = session_new(&peer);
    WlEngine *engine = harness->engine;
    const gint64 now = engine->now;
    WlEndpointDns *dns;

    g_ptr_array_add(peer->config->endpoints, g_strdup("peer.example.net:1"));
    wl_peer_set_config(peer, peer->config);
    dns = peer->endpoints.dns_names->pdata[0];
    dns->due = now + SEC(99);
    peer->boot.native = probes[i].native;
    peer->path.echo.responds = FALSE;
    peer->path.echo.sent = 1;
    peer->silence.asked = probes[i].asked ? now - MS(probes[i].asked) : WL_LONG_AGO;
    peer->silence.probed = now - MS(probes[i].probed);
    peer->silence.probes = probes[i].probes;
    peer->device.snapshot = probes[i].read ? now : now - SEC(1);
    engine->outputs.snapshot_wanted = FALSE;
    wl_scheduler_run_step(&engine->scheduler, engine, peer, WL_STEP_PATHS, wl_silence_run);
    g_assert_cmpuint(peer->silence.probes, ==, probes[i].after);
    g_assert_cmpint(dns->due, ==, probes[i].names ? now : now + SEC(99));
    g_assert_cmpint(peer->advertise.request_alive, ==, probes[i].asks);
    g_assert_cmpint(peer->path.echo.sent == now, ==, probes[i].echoes);
    g_assert_cmpint(peer->turn.awaits_snapshot, ==, probes[i].reads);
    g_assert_cmpint(peer->silence.silent, ==, probes[i].silent);
    if (probes[i].asks || probes[i].echoes) {
        g_assert_cmpint(peer->silence.probed, ==, now);
        g_assert_cmpint(peer->turn.wake_at[WL_STEP_PATHS], ==, now + SEC(1));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *name = g_strdup_printf("/silence/of/%s", subjects[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_subject);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(probes); i++) {
        g_autofree char *name = g_strdup_printf("/silence/probe/%s", probes[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_probe);
    }
    g_test_add_func("/silence/look", test_look);
    g_test_add_func("/silence/decision", test_decision);
    g_test_add_func("/silence/stopped-hub", test_stopped_hub);
    return g_test_run();
}
