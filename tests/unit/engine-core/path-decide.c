/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decisions of the path agreement, one row each. */
#include "paths/wl-path-decide.h"

#include "paths/wl-path-hold-down.h"

#define NOW WL_SEC(1000)

/* All times relative to NOW, in milliseconds; N: never or long ago. */
#define N G_MININT

typedef struct {
    const char *name;
    gboolean direct, has_fallback, may_be_promoted;
    int heard, snapshot, flow_until;
    int handshake_ago, rx_seen_ago; /* 0: none */
    int last_probe;
    guint unacked;
    int watched_since, watched_until, check_until;
    int promoted, fell_back, hold_down, last_ack, probe_due;
    int round_trip; /* with its variation; 0: not known */
    /* expected */
    WlPathAction action;
    gboolean request_probe;
    int wake_at;
} Row;

/* clang-format off */
static const Row rows[] = {
    {"without a fallback router a silent direct path stays", .direct = TRUE,
     .heard = -9000, .snapshot = 0, .flow_until = 5000, .last_probe = -600, .unacked = 9,
     .watched_since = -9000, .watched_until = 5000, .check_until = N, .promoted = -20000,
     .action = WL_PATH_STAY, .wake_at = N},
    {"a direct path without traffic is checked when an Alive is late", .direct = TRUE,
     .has_fallback = TRUE, .heard = -10000, .snapshot = -5000, .flow_until = N, .last_probe = N,
     .watched_since = N, .watched_until = N, .check_until = N, .promoted = -20000,
     .action = WL_PATH_STAY, .wake_at = 25000},
    {"a late Alive starts a check", .direct = TRUE,
     .has_fallback = TRUE, .heard = -35000, .snapshot = -5000, .flow_until = N, .last_probe = N,
     .watched_since = N, .watched_until = N, .check_until = N, .promoted = -90000,
     .action = WL_PATH_PROBE, .request_probe = TRUE, .wake_at = 500},
    {"a direct path with traffic that was heard recently stays", .direct = TRUE,
     .has_fallback = TRUE, .heard = -1000, .snapshot = 0, .flow_until = 5000, .last_probe = N,
     .watched_since = -3000, .watched_until = 5000, .check_until = N, .promoted = -20000,
     .action = WL_PATH_STAY, .wake_at = 500},
    {"a direct path that is quiet for 1.5 s is probed", .direct = TRUE,
     .has_fallback = TRUE, .heard = -1500, .snapshot = 0, .flow_until = 5000, .last_probe = N,
     .watched_since = -3000, .watched_until = 5000, .check_until = N, .promoted = -20000,
     .action = WL_PATH_PROBE, .wake_at = 500},
    {"the second unacked probe comes with a probe request", .direct = TRUE,
     .has_fallback = TRUE, .heard = -2000, .snapshot = 0, .flow_until = 5000, .last_probe = -500,
     .unacked = 1, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000,
     .action = WL_PATH_PROBE, .request_probe = TRUE, .wake_at = 500},
    {"probes are half a second apart", .direct = TRUE,
     .has_fallback = TRUE, .heard = -2000, .snapshot = 0, .flow_until = 5000, .last_probe = -200,
     .unacked = 1, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000,
     .action = WL_PATH_STAY, .wake_at = 300},
    {"probes are a long round trip apart", .direct = TRUE,
     .has_fallback = TRUE, .heard = -2500, .snapshot = 0, .flow_until = 5000, .last_probe = -600,
     .unacked = 1, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .round_trip = 2000,
     .action = WL_PATH_STAY, .wake_at = 1400},
    {"a slow path stays as long as an answer may take", .direct = TRUE,
     .has_fallback = TRUE, .heard = -7499, .snapshot = 0, .flow_until = 5000, .last_probe = -2000,
     .unacked = 3, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .round_trip = 2000,
     .action = WL_PATH_PROBE, .wake_at = 2000},
    {"and no longer", .direct = TRUE,
     .has_fallback = TRUE, .heard = -7500, .snapshot = 0, .flow_until = 5000, .last_probe = -2000,
     .unacked = 3, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .round_trip = 2000,
     .action = WL_PATH_FALL_BACK, .wake_at = N},
    {"a short round trip changes nothing", .direct = TRUE,
     .has_fallback = TRUE, .heard = -2000, .snapshot = 0, .flow_until = 5000, .last_probe = -200,
     .unacked = 1, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .round_trip = 50,
     .action = WL_PATH_STAY, .wake_at = 300},
    {"the device is read before falling back", .direct = TRUE,
     .has_fallback = TRUE, .heard = -3000, .snapshot = -800, .flow_until = 5000, .last_probe = -500,
     .unacked = 3, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000,
     .action = WL_PATH_READ_DEVICE, .wake_at = N},
    {"a path that is silent for 3 s with three unacked probes falls back", .direct = TRUE,
     .has_fallback = TRUE, .heard = -3000, .snapshot = 0, .flow_until = 5000, .last_probe = -500,
     .unacked = 3, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000,
     .action = WL_PATH_FALL_BACK, .wake_at = N},
    {"two unacked probes are not enough to fall back", .direct = TRUE,
     .has_fallback = TRUE, .heard = -3000, .snapshot = 0, .flow_until = 5000, .last_probe = -500,
     .unacked = 2, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000,
     .action = WL_PATH_PROBE, .wake_at = 500},
    {"received bytes count as heard", .direct = TRUE,
     .has_fallback = TRUE, .heard = -9000, .rx_seen_ago = 1000, .flow_until = 5000,
     .last_probe = N, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_STAY, .wake_at = 500},
    {"a handshake counts as heard", .direct = TRUE,
     .has_fallback = TRUE, .heard = -9000, .handshake_ago = 1000, .flow_until = 5000,
     .last_probe = N, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_STAY, .wake_at = 500},
    {"probes from before the traffic do not count", .direct = TRUE,
     .has_fallback = TRUE, .heard = -4000, .flow_until = 5000, .last_probe = -2000,
     .unacked = 2, .watched_since = -1600, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_PROBE, .request_probe = TRUE, .wake_at = 500},
    {"a probe that was sent when the peer was heard does not count", .direct = TRUE,
     .has_fallback = TRUE, .heard = -2000, .flow_until = 5000, .last_probe = -2000,
     .unacked = 1, .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_PROBE, .wake_at = 500},
    {"silence counts from the beginning of the traffic", .direct = TRUE,
     .has_fallback = TRUE, .heard = -9000, .flow_until = 5000, .last_probe = -600,
     .unacked = 3, .watched_since = -1000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_PROBE, .wake_at = 500},
    {"the last probe has half a second for its ack", .direct = TRUE,
     .has_fallback = TRUE, .heard = -9000, .flow_until = 5000, .last_probe = -499,
     .unacked = 3, .watched_since = -9000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_STAY, .wake_at = 1},
    {"traffic that begins again begins a new silence", .direct = TRUE,
     .has_fallback = TRUE, .heard = -9000, .flow_until = 5000, .last_probe = -600,
     .unacked = 3, .watched_since = -9000, .watched_until = 0, .check_until = N,
     .promoted = -20000, .action = WL_PATH_PROBE, .request_probe = TRUE, .wake_at = 500},
    {"traffic that ends before the path is quiet needs no wake-up", .direct = TRUE,
     .has_fallback = TRUE, .heard = -1000, .flow_until = 500, .last_probe = N,
     .watched_since = -3000, .watched_until = 5000, .check_until = N,
     .promoted = -20000, .action = WL_PATH_STAY, .wake_at = 34000},
    {"a late Alive starts one check only", .direct = TRUE,
     .has_fallback = TRUE, .heard = -36000, .flow_until = N, .last_probe = N,
     .watched_since = N, .watched_until = N, .check_until = -1000, .promoted = -90000,
     .action = WL_PATH_STAY, .wake_at = N},
    {"an Alive is late only some time after the promotion", .direct = TRUE,
     .has_fallback = TRUE, .heard = -40000, .flow_until = N, .last_probe = N,
     .watched_since = N, .watched_until = N, .check_until = N, .promoted = -10000,
     .action = WL_PATH_STAY, .wake_at = 25000},
    {"a check watches the path like traffic", .direct = TRUE,
     .has_fallback = TRUE, .heard = -37000, .flow_until = N, .last_probe = -500, .unacked = 3,
     .watched_since = -3000, .watched_until = 3000, .check_until = 3000, .promoted = -90000,
     .action = WL_PATH_FALL_BACK, .wake_at = N},
    {"an ack at the moment of falling back does not promote",
     .may_be_promoted = TRUE, .heard = -2000, .last_probe = -300, .fell_back = -1000,
     .last_ack = -1000, .probe_due = 200, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_STAY, .wake_at = 200},
    {"the hold-down ends at its time",
     .may_be_promoted = TRUE, .heard = -100, .last_probe = -300, .fell_back = -2000,
     .hold_down = 2000, .last_ack = 0, .probe_due = 200, .watched_since = N, .watched_until = N,
     .check_until = N, .action = WL_PATH_PROMOTE, .wake_at = N},
    {"what was heard before the last probe brings none forward",
     .may_be_promoted = TRUE, .heard = -1000, .last_probe = -1000, .fell_back = -9000,
     .last_ack = N, .probe_due = 30000, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_STAY, .wake_at = 30000},
    {"a handshake brings the next probe forward",
     .may_be_promoted = TRUE, .heard = -9000, .handshake_ago = 100, .last_probe = -300,
     .fell_back = -9000, .last_ack = N, .probe_due = 30000, .watched_since = N,
     .watched_until = N, .check_until = N, .action = WL_PATH_STAY, .wake_at = 200},
    {"a probe that is due earlier is not put off",
     .may_be_promoted = TRUE, .heard = -100, .last_probe = -300, .fell_back = -9000,
     .last_ack = N, .probe_due = 100, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_STAY, .wake_at = 100},
    {"a peer that is not ready is not probed",
     .has_fallback = TRUE, .heard = -100, .snapshot = 0, .last_probe = N, .fell_back = -9000,
     .last_ack = N, .probe_due = -100, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_STAY, .wake_at = N},
    {"the direct path is probed when a probe is due",
     .may_be_promoted = TRUE, .heard = -9000, .last_probe = -1000, .fell_back = -9000,
     .last_ack = N, .probe_due = 0, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_PROBE, .wake_at = 500},
    {"a datagram brings the next probe forward",
     .may_be_promoted = TRUE, .heard = -100, .last_probe = -1000, .fell_back = -9000,
     .last_ack = N, .probe_due = 30000, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_PROBE, .wake_at = 500},
    {"an acked probe promotes the direct path",
     .may_be_promoted = TRUE, .heard = -100, .last_probe = -300, .fell_back = -9000,
     .hold_down = 2000, .last_ack = 0, .probe_due = 200, .watched_since = N, .watched_until = N,
     .check_until = N,
     .action = WL_PATH_PROMOTE, .wake_at = N},
    {"an acked probe during the hold-down waits for its end",
     .may_be_promoted = TRUE, .heard = -100, .last_probe = -300, .fell_back = -1500,
     .hold_down = 2000, .last_ack = 0, .probe_due = 200, .watched_since = N, .watched_until = N,
     .check_until = N,
     .action = WL_PATH_STAY, .wake_at = 500},
    {"an ack from before falling back does not promote",
     .may_be_promoted = TRUE, .heard = -2000, .last_probe = -300, .fell_back = -1000,
     .last_ack = -1500, .probe_due = 200, .watched_since = N, .watched_until = N, .check_until = N,
     .action = WL_PATH_STAY, .wake_at = 200},
};
/* clang-format on */

static gint64
past(int milliseconds)
{
    return milliseconds == N ? WL_LONG_AGO : NOW + WL_MS(milliseconds);
}

static gint64
future(int milliseconds)
{
    return milliseconds == N ? WL_NEVER : NOW + WL_MS(milliseconds);
}

static WlEndpoint
make_endpoint(guint8 last)
{
    return (WlEndpoint){
        .ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, last}},
        .port = 51820,
    };
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    const WlEndpoint endpoint = make_endpoint(1);
    const WlPeerPath path = {
        .promoted = past(row->promoted),
        .fell_back = past(row->fell_back),
        .round_trip = {.smoothed = WL_MS(MAX(row->round_trip - 10, 0))},
        .failures = {{.endpoint = endpoint,
                      .when = past(row->fell_back),
                      .hold_down = WL_MS(row->hold_down)}},
        .agreement =
            {
                .direct = row->direct,
                .last_probe = past(row->last_probe),
                .unacked = row->unacked,
                .watched_since = future(row->watched_since),
                .watched_until = past(row->watched_until),
                .check_until = past(row->check_until),
                .last_ack = past(row->last_ack),
                .probe_due = past(row->probe_due),
                .routed_since = NOW,
            },
    };
    const WlPathInput input = {
        .now = NOW,
        .path = &path,
        .endpoint = &endpoint,
        .last_heard = past(row->heard),
        .handshake = row->handshake_ago ? NOW - WL_MS(row->handshake_ago) : -1,
        .rx_seen = row->rx_seen_ago ? NOW - WL_MS(row->rx_seen_ago) : WL_LONG_AGO,
        .snapshot = past(row->snapshot),
        .flow_until = past(row->flow_until),
        .has_fallback = row->has_fallback,
        .may_be_promoted = row->may_be_promoted,
    };
    WlPathDecision decision = wl_path_decide(&input);

    g_assert_cmpint(decision.action, ==, row->action);
    g_assert_cmpint(decision.request_probe, ==, row->request_probe);
    g_assert_cmpint(decision.wake_at, ==, future(row->wake_at));
}

/* The values that the caller keeps for the next decision. */
static void
test_kept(void)
{
    WlPeerPath path = {
        .direct = TRUE,
        .promoted = WL_LONG_AGO,
        .agreement =
            {
                .direct = TRUE,
                .last_probe = WL_LONG_AGO,
                .unacked = 2,
                .watched_since = WL_NEVER,
                .watched_until = WL_LONG_AGO,
                .check_until = WL_LONG_AGO,
                .probe_due = 7,
            },
    };
    const WlEndpoint endpoint = make_endpoint(1);
    WlPathInput input = {
        .now = NOW,
        .path = &path,
        .endpoint = &endpoint,
        .last_heard = NOW - WL_MS(600),
        .handshake = -1,
        .rx_seen = WL_LONG_AGO,
        .snapshot = NOW,
        .flow_until = NOW + WL_MS(500),
        .has_fallback = TRUE,
        .may_be_promoted = TRUE,
    };
    WlPathDecision decision = wl_path_decide(&input);

    g_assert_cmpint(decision.watched_since, ==, NOW);
    g_assert_cmpint(decision.watched_until, ==, NOW + WL_MS(900)); /* until it would be quiet */
    g_assert_cmpint(decision.check_until, ==, WL_LONG_AGO);
    g_assert_cmpuint(decision.unacked, ==, 0);
    g_assert_cmpint(decision.probe_due, ==, 7);

    input.flow_until = NOW + WL_SEC(5);
    g_assert_cmpint(wl_path_decide(&input).watched_until, ==, NOW + WL_SEC(5));

    /* without traffic, and with a late Alive */
    path.agreement.watched_since = NOW - WL_SEC(3);
    input.flow_until = NOW;
    g_assert_cmpint(wl_path_decide(&input).watched_since, ==, WL_NEVER);
    input.last_heard = NOW - WL_PATH_ALIVE_LATE;
    decision = wl_path_decide(&input);
    g_assert_cmpint(decision.check_until, ==, NOW + WL_PATH_CHECK);
    g_assert_cmpint(decision.watched_until, ==, NOW + WL_PATH_CHECK);
    input.has_fallback = FALSE;
    g_assert_cmpint(wl_path_decide(&input).watched_since, ==, WL_NEVER);

    /* probes of the direct path become rare */
    path.agreement.direct = FALSE;
    path.agreement.routed_since = NOW - WL_SEC(8);
    g_assert_cmpint(wl_path_decide(&input).probe_due, ==, NOW + WL_MS(500));
    path.agreement.routed_since = NOW - WL_SEC(32);
    g_assert_cmpint(wl_path_decide(&input).probe_due, ==, NOW + WL_SEC(2));
    path.agreement.routed_since = WL_LONG_AGO;
    g_assert_cmpint(wl_path_decide(&input).probe_due, ==, NOW + WL_PATH_PROBE_MAX);
    /* one that was in use is probed again within 2 s, as long as its session may last */
    path.agreement.routed_since = path.fell_back = NOW - WL_SEC(8);
    g_assert_cmpint(wl_path_decide(&input).probe_due, ==, NOW + WL_MS(500));
    path.agreement.routed_since = path.fell_back = NOW - WL_SEC(160);
    g_assert_cmpint(wl_path_decide(&input).probe_due, ==, NOW + WL_MS(1500));
    path.agreement.routed_since = path.fell_back = NOW - WL_HANDSHAKE_VALIDITY;
    g_assert_cmpint(wl_path_decide(&input).probe_due, >, NOW + WL_SEC(10));
}

/* ---- near paths and urgent checks */

typedef struct {
    const char *name;
    int round_trip; /* milliseconds; 0: not known */
    int urgent;     /* when an urgent check began, milliseconds from now; N: none */
    int heard, rx_seen;
    int probes[4]; /* unacked ones, oldest first; 0: none */
    gboolean router_is_silent;
    WlPathAction action;
    gboolean request_probe, read_device;
    int wake_at;
} SoonRow;

/* clang-format off */
static const SoonRow soon_rows[] = {
    {"near: quiet for less than 0.4 s", 1, N, -300, -300, {0}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 100},
    {"near: probed after 0.4 s, whatever the device showed", 1, N, -400, -10, {0}, FALSE,
     WL_PATH_PROBE, FALSE, FALSE, 100},
    {"near: the second probe asks the peer, and reads the device", 1, N, -500, N, {-100}, FALSE,
     WL_PATH_PROBE, TRUE, TRUE, 100},
    {"near: the third", 1, N, -600, N, {-200, -100}, FALSE, WL_PATH_PROBE, FALSE, FALSE, 100},
    {"near: the answer to the fourth is awaited", 1, N, -700, N, {-390, -290, -190, -90}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 10},
    {"near: four probes unacked", 1, N, -800, N, {-400, -300, -200, -100}, FALSE,
     WL_PATH_FALL_BACK, FALSE, FALSE, N},
    {"near: bytes of the time of the first probe may be older", 1, N, -800, -290,
     {-400, -300, -200, -100}, FALSE, WL_PATH_FALL_BACK, FALSE, FALSE, N},
    {"near: later bytes are a sign of life", 1, N, -800, -200, {-400, -300, -200, -100}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 200},
    {"near: the router is silent as well", 1, N, -800, N, {-400, -300, -200, -100}, TRUE,
     WL_PATH_PROBE, FALSE, FALSE, 100},
    {"near: the router is silent for long", 1, N, -3000, N, {-400, -300, -200, -100}, TRUE,
     WL_PATH_FALL_BACK, FALSE, FALSE, N},
    {"not near: quiet for less than 1.5 s", 50, N, -800, N, {0}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 700},
    {"urgent: probed at once", 0, -10, -20, N, {0}, FALSE, WL_PATH_PROBE, FALSE, FALSE, 150},
    {"urgent: probed by the round trip", 100, -10, -20, N, {0}, FALSE,
     WL_PATH_PROBE, FALSE, FALSE, 180},
    {"urgent: three probes unacked", 0, -460, -900, N, {-450, -300, -150}, FALSE,
     WL_PATH_FALL_BACK, FALSE, FALSE, N},
    {"urgent: probes from before it mean nothing", 0, -10, -900, N, {-450, -300, -150}, FALSE,
     WL_PATH_PROBE, FALSE, FALSE, 150},
    {"urgent: over when something was heard", 0, -460, -100, N, {-450, -300, -150}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 1400},
    {"urgent: over after 5 s", 0, -5000, -5100, N, {-450, -300, -150}, FALSE,
     WL_PATH_STAY, FALSE, FALSE, 350},
};
/* clang-format on */

static void
test_soon(gconstpointer data)
{
    const SoonRow *row = data;
    const WlEndpoint endpoint = make_endpoint(1);
    WlPeerPath path = {
        .round_trip = {.smoothed = WL_MS(row->round_trip), .variation = WL_MS(row->round_trip) / 5},
        .promoted = NOW - WL_SEC(20),
        .agreement =
            {
                .direct = TRUE,
                .last_probe = WL_LONG_AGO,
                .watched_since = NOW - WL_SEC(10),
                .watched_until = NOW + WL_SEC(5),
                .check_until = WL_LONG_AGO,
                .urgent_since = past(row->urgent),
            },
    };
    WlPathInput input = {
        .now = NOW,
        .path = &path,
        .endpoint = &endpoint,
        .last_heard = past(row->heard),
        .handshake = -1,
        .rx_seen = past(row->rx_seen),
        .snapshot = NOW,
        .flow_until = NOW + WL_SEC(5),
        .has_fallback = TRUE,
        .fallback_answers = !row->router_is_silent,
    };
    WlPathDecision decision;

    for (guint i = 0; i < G_N_ELEMENTS(row->probes) && row->probes[i] != 0; i++) {
        path.agreement.unacked++;
        path.agreement.probe++;
        path.agreement.last_probe = past(row->probes[i]);
        path.agreement.probes[path.agreement.probe % WL_PATH_ACK_WINDOW] = past(row->probes[i]);
    }
    decision = wl_path_decide(&input);
    g_assert_cmpint(decision.action, ==, row->action);
    g_assert_cmpint(decision.request_probe, ==, row->request_probe);
    g_assert_cmpint(decision.read_device, ==, row->read_device);
    g_assert_cmpint(decision.wake_at, ==, future(row->wake_at));
    /* what came since the device was read counts */
    input.snapshot = NOW - 1;
    if (row->action == WL_PATH_FALL_BACK)
        g_assert_cmpint(wl_path_decide(&input).action, ==, WL_PATH_READ_DEVICE);
}

typedef struct {
    const char *name;
    int before; /* milliseconds; 0: it did not fail yet */
    int lasted;
    int after; /* expected */
} HoldDownRow;

static const HoldDownRow hold_down_rows[] = {
    {"the first failure holds down for the minimum", 0, 5000, 2000},
    {"a path that fails again doubles it", 2000, 5000, 4000},
    {"a path that fails at once doubles it", 8000, 0, 16000},
    {"it grows to one minute at most", 40000, 5000, 60000},
    {"a path that lasted just less than ten times its hold-down doubles it", 2000, 19999, 4000},
    {"a path that lasted ten times its hold-down begins with the minimum", 4000, 40000, 2000},
    {"the longest hold-down takes ten minutes to forget", 60000, 599999, 60000},
};

static void
test_hold_down(gconstpointer data)
{
    const HoldDownRow *row = data;
    const WlPathFailure last = {.hold_down = WL_MS(row->before)};

    g_assert_cmpint(wl_path_hold_down_after_failure(row->before ? &last : NULL, WL_MS(row->lasted)),
                    ==, WL_MS(row->after));
}

static void
test_failures(void)
{
    WlPeerPath path = {.promoted = NOW - WL_SEC(5)};
    WlEndpoint home = make_endpoint(1), cafe = make_endpoint(2);

    wl_path_hold_down_note_failure(&path, &home, NOW);
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &home), ==, NOW + WL_SEC(2));
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &cafe), ==, WL_LONG_AGO);

    /* each endpoint has its own history */
    wl_path_hold_down_note_failure(&path, &home, NOW + WL_SEC(1));
    wl_path_hold_down_note_failure(&path, &cafe, NOW + WL_SEC(2));
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &home), ==, NOW + WL_SEC(1 + 4));
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &cafe), ==, NOW + WL_SEC(2 + 2));

    /* the oldest one is forgotten, which a renewed failure is not */
    wl_path_hold_down_note_failure(&path, &home, NOW + WL_SEC(3));
    for (guint8 i = 0; i < WL_PATH_FAILURES - 1; i++) {
        WlEndpoint other = make_endpoint(10 + i);
        wl_path_hold_down_note_failure(&path, &other, NOW + WL_SEC(4 + i));
        g_assert_cmpint(wl_path_hold_down_ends_at(&path, &other), ==, NOW + WL_SEC(4 + i + 2));
    }
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &cafe), ==, WL_LONG_AGO);
    g_assert_cmpint(wl_path_hold_down_ends_at(&path, &home), ==, NOW + WL_SEC(3 + 8));

    /* of several that are equally old, the first one */
    for (guint8 i = 0; i < WL_PATH_FAILURES; i++)
        path.failures[i].when = NOW;
    wl_path_hold_down_note_failure(&path, &cafe, NOW + WL_SEC(60));
    g_assert_true(wl_endpoint_equal(&path.failures[0].endpoint, &cafe));
    path.failures[0].endpoint = home;

    path.agreement.probe_due = NOW + WL_SEC(60);
    WlPeer peer = {.path = path};
    wl_path_start_over(&peer, NOW);
    g_assert_cmpint(wl_path_hold_down_ends_at(&peer.path, &home), ==, WL_LONG_AGO);
    g_assert_cmpint(peer.path.agreement.probe_due, ==, NOW);
}

static void
test_promotions(void)
{
    WlPeerPath path = {0};

    for (guint i = 0; i < WL_PATH_PROMOTION_BURST; i++) {
        g_assert_cmpint(wl_path_hold_down_permits_at(&path, NOW), ==, NOW);
        wl_path_hold_down_note_promotion(&path, NOW);
    }
    g_assert_cmpint(path.promoted, ==, NOW);
    g_assert_cmpint(wl_path_hold_down_permits_at(&path, NOW + WL_SEC(5)), ==,
                    NOW + WL_PATH_PROMOTION_INTERVAL);
    wl_path_hold_down_note_promotion(&path, NOW + WL_PATH_PROMOTION_INTERVAL);
    g_assert_cmpint(wl_path_hold_down_permits_at(&path, NOW + WL_PATH_PROMOTION_INTERVAL), ==,
                    NOW + 2 * WL_PATH_PROMOTION_INTERVAL);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/path-decide/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    g_test_add_func("/path-decide/values for the next decision", test_kept);
    for (guint i = 0; i < G_N_ELEMENTS(soon_rows); i++) {
        g_autofree char *name = g_strdup_printf("/path-decide/%s", soon_rows[i].name);
        g_test_add_data_func(name, &soon_rows[i], test_soon);
    }
    g_test_add_func("/path-hold-down/each endpoint has its own failures", test_failures);
    for (guint i = 0; i < G_N_ELEMENTS(hold_down_rows); i++) {
        g_autofree char *name = g_strdup_printf("/path-hold-down/%s", hold_down_rows[i].name);
        g_test_add_data_func(name, &hold_down_rows[i], test_hold_down);
    }
    g_test_add_func("/path-decide/promotions", test_promotions);
    return g_test_run();
}
