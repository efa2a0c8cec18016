/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the pure decisions of the engine, without an engine: the first byte selects one. Who owns
 * a prefix is compared with a slower rule; for paths and roaming no wake-up is in the past, what
 * was decided and carried out is not decided again, and silence ends. */

#include <string.h>

#include "fuzz.h"
#include "paths/wl-connect-decide.h"
#include "paths/wl-path-decide.h"
#include "paths/wl-path-hold-down.h"
#include "paths/wl-roaming-decide.h"
#include "state/wl-prefix-arbiter.h"
#include "state/wl-timing.h"
#include "view/wl-peer-status-decide.h"

#define MAX_CLAIMS 24
#define MAX_EVENTS 64
#define START      WL_SEC(5000)

typedef struct {
    const uint8_t *data;
    size_t left;
} Bytes;

static uint8_t
take(Bytes *bytes)
{
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return *bytes->data++;
}

/* ---- the owner of a prefix */

static gboolean
collide(const WlPrefixClaim *owner, const WlPrefixClaim *claim)
{
    if (wl_key_equal(owner->subject, claim->subject) ||
        !wl_prefix_overlaps(&owner->prefix, &claim->prefix))
        return FALSE;
    if (owner->prefix.length == claim->prefix.length)
        return TRUE;
    return owner->prefix.length < claim->prefix.length ? !owner->transit : !claim->transit;
}

static WlPrefixClaim
take_claim(Bytes *bytes, const WlKey *members, guint index)
{
    static const guint8 lengths[] = {8, 16, 20, 24, 25, 28, 31, 32};
    uint8_t kind = take(bytes), place = take(bytes);
    WlPrefix prefix = {.ip = {.family = WL_FAMILY_V4, .bytes = {10, place >> 6}},
                       .length = lengths[kind & 7]};

    prefix.ip.bytes[2] = place >> 3 & 7;
    prefix.ip.bytes[3] = (guint8) (place << 5);
    return (WlPrefixClaim){
        .prefix = wl_prefix_masked(&prefix),
        .subject = &members[kind >> 3 & 3],
        .transit = (kind >> 3 & 3) == 0,
        .vouched = kind >> 5 & 1,
        .stale = kind >> 6 & 1,
        .sequence = index * 7 % MAX_CLAIMS,
        .index = index,
    };
}

static void
check_arbiter(Bytes *bytes)
{
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(WlPrefixClaim));
    WlKey members[4];

    for (guint i = 0; i < G_N_ELEMENTS(members); i++)
        memset(&members[i], (int) i + 1, sizeof(members[i]));
    for (guint i = 0; i < MAX_CLAIMS && bytes->left > 0; i++) {
        WlPrefixClaim claim = take_claim(bytes, members, i);
        g_array_append_val(claims, claim);
    }
    wl_prefix_arbiter_decide(claims);
    for (guint i = 0; i < claims->len; i++) {
        const WlPrefixClaim *claim = &g_array_index(claims, WlPrefixClaim, i);
        WlVerdict expected = WL_VERDICT_ACCEPTED;

        if (i > 0)
            g_assert_cmpint(wl_prefix_arbiter_compare(claim - 1, claim), <, 0);
        for (guint j = 0; j < i; j++) {
            const WlPrefixClaim *owner = &g_array_index(claims, WlPrefixClaim, j);
            if (owner->verdict == WL_VERDICT_ACCEPTED && collide(owner, claim))
                expected = WL_VERDICT_TAKEN;
        }
        g_assert_cmpint(claim->verdict, ==, expected);
    }
}

/* ---- the path of a pair of native members */

static const WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, 1}},
                                    .port = 51820};

/* Carries a decision out, as paths/wl-path.c does. */
static void
carry_out(const WlPathDecision *decision, WlPathInput *input, WlPeerPath *path)
{
    WlPathAgreement *agreement = &path->agreement;
    gint64 heard = MAX(MAX(input->last_heard, input->rx_seen), input->handshake);

    agreement->watched_since = decision->watched_since;
    agreement->watched_until = decision->watched_until;
    agreement->check_until = decision->check_until;
    agreement->probe_due = decision->probe_due;
    agreement->unacked = decision->unacked;
    switch (decision->action) {
    case WL_PATH_STAY:
        g_assert_cmpint(decision->wake_at, >, input->now);
        break;
    case WL_PATH_PROBE:
        agreement->last_probe = input->now;
        agreement->unacked++;
        break;
    case WL_PATH_READ_DEVICE:
        g_assert_cmpint(input->snapshot, <, input->now);
        input->snapshot = input->now;
        break;
    case WL_PATH_FALL_BACK:
        g_assert_true(input->has_fallback);
        g_assert_cmpint(input->now - heard, >=, WL_PATH_SILENCE);
        wl_path_hold_down_note_failure(path, &endpoint, input->now);
        path->direct = agreement->direct = FALSE;
        path->fell_back = agreement->routed_since = agreement->probe_due = input->now;
        break;
    case WL_PATH_PROMOTE:
        g_assert_true(input->may_be_promoted);
        g_assert_cmpint(agreement->last_ack, >, path->fell_back);
        g_assert_cmpint(wl_path_hold_down_ends_at(path, &endpoint), <=, input->now);
        path->direct = agreement->direct = TRUE;
        path->promoted = input->now;
        agreement->unacked = 0;
        break;
    }
}

/* Decides until nothing is due; returns when the next time is. */
static gint64
settle(WlPathInput *input, WlPeerPath *path)
{
    for (guint i = 0; i < 6; i++) {
        WlPathDecision decision = wl_path_decide(input);

        carry_out(&decision, input, path);
        if (decision.action == WL_PATH_STAY)
            return decision.wake_at;
    }
    g_assert_not_reached();
}

static void
path_event(Bytes *bytes, WlPathInput *input, WlPeerPath *path)
{
    uint8_t event = take(bytes);

    switch (event & 7) {
    case 0:
        input->last_heard = input->now;
        break;
    case 1:
        input->last_heard = path->agreement.last_ack = input->now;
        break;
    case 2:
        input->rx_seen = input->now;
        break;
    case 3:
        input->handshake = input->now;
        break;
    case 4:
        input->flow_until = input->now + WL_SEC(event >> 3);
        break;
    case 5:
        input->has_fallback = event >> 3 & 1;
        break;
    case 6:
        input->may_be_promoted = event >> 3 & 1;
        break;
    default:
        path->agreement.check_until = input->now + WL_PATH_CHECK;
        break;
    }
}

/* Silence ends a direct path that is in use within 6 s, and an ack ends the hold-down. */
static void
check_silence(WlPathInput *input, WlPeerPath *path)
{
    gint64 end = input->now + WL_SEC(6);
    guint wakeups = 0;

    input->flow_until = input->now + WL_SEC(60);
    input->has_fallback = TRUE;
    while (path->agreement.direct) {
        gint64 next = settle(input, path);

        if (!path->agreement.direct)
            break;
        g_assert_cmpint(next, <=, end);
        g_assert_cmpuint(++wakeups, <, 60);
        input->now = next;
    }
}

static void
check_path(Bytes *bytes)
{
    WlPeerPath path = {.direct = TRUE, .promoted = START, .fell_back = WL_LONG_AGO};
    WlPathInput input = {.now = START,
                         .path = &path,
                         .endpoint = &endpoint,
                         .last_heard = START,
                         .handshake = START,
                         .rx_seen = START,
                         .snapshot = START,
                         .flow_until = WL_LONG_AGO,
                         .has_fallback = TRUE,
                         .may_be_promoted = TRUE};

    path.agreement = (WlPathAgreement){.direct = TRUE,
                                       .live = TRUE,
                                       .last_probe = WL_LONG_AGO,
                                       .last_ack = WL_LONG_AGO,
                                       .watched_since = WL_NEVER,
                                       .watched_until = WL_LONG_AGO,
                                       .check_until = WL_LONG_AGO};
    for (guint i = 0; i < MAX_EVENTS && bytes->left > 0; i++) {
        gint64 until = input.now + WL_MS(50) * take(bytes), next;

        while ((next = settle(&input, &path)) <= until)
            input.now = next;
        input.now = until;
        path_event(bytes, &input, &path);
    }
    check_silence(&input, &path);
}

/* ---- roaming, connect, status: what one decision may say */

static gint64
take_time(Bytes *bytes)
{
    uint8_t byte = take(bytes);

    if (byte == 0xff)
        return WL_NEVER;
    if (byte == 0xfe)
        return WL_LONG_AGO;
    return START + WL_MS(100) * (byte - 100);
}

/* What cannot be in the future. */
static gint64
take_past(Bytes *bytes)
{
    gint64 when = take_time(bytes);

    return MIN(when, START);
}

static void
check_roaming(Bytes *bytes)
{
    uint8_t flags = take(bytes), more = take(bytes);
    WlRoaming roaming = {.phase = flags % 3,
                         .suspect = more & 1,
                         .upgrading = more & 2,
                         .target_answered = more & 4,
                         .reasserts = more >> 3 & 7,
                         .has_baseline = more >> 6 & 1,
                         .baseline = 1000,
                         .started = take_time(bytes),
                         .due = take_time(bytes),
                         .retry = take_time(bytes)};
    WlRoamingInput input = {.now = START,
                            .roaming = &roaming,
                            .possible = flags & 4,
                            .can_upgrade = flags & 8,
                            .silent = flags & 16,
                            .at_original = flags & 32,
                            .last_heard = take_past(bytes),
                            .snapshot = take_past(bytes),
                            .rx = 1000u + (flags >> 7)};
    WlRoamingDecision decision = wl_roaming_decide(&input);

    if (decision.action == WL_ROAMING_STAY)
        g_assert_cmpint(decision.wake_at, >, input.now);
    g_assert_cmpint(decision.action == WL_ROAMING_ABANDON, ==, !input.possible);
    if (decision.action == WL_ROAMING_READ_DEVICE || decision.action == WL_ROAMING_READ_FOR_PEER)
        g_assert_cmpint(input.snapshot, <, input.now);
    if (decision.action == WL_ROAMING_REASSERT)
        g_assert_true(roaming.upgrading && roaming.reasserts < WL_ROAMING_REASSERTS);
    if (decision.action == WL_ROAMING_TRY_NEXT) /* nothing was heard, as the newest dump shows */
        g_assert_true(input.last_heard <= roaming.started && input.snapshot == input.now);
}

static void
check_connect(Bytes *bytes)
{
    uint8_t flags = take(bytes), more = take(bytes);
    WlConnect connect = {.phase = flags % (WL_CONNECT_SLOT + 1),
                         .restart = more & 1,
                         .crossed = more & 2,
                         .holds = more >> 4,
                         .due = take_time(bytes),
                         .tried = take_time(bytes)};
    WlConnectInput input = {.now = START,
                            .connect = &connect,
                            .possible = !(flags & 8),
                            .present = flags & 16,
                            .has_endpoint = flags & 32,
                            .snapshot = take_past(bytes),
                            .rx_time = take_past(bytes)};
    WlConnectStepInput step = {.now = START,
                               .results = take_time(bytes),
                               .round = more & 3,
                               .has_candidate = more & 4,
                               .best_anyway = more & 8,
                               .left_to_wireguard = more & 16};
    WlConnectDecision decision = wl_connect_decide(&input);

    g_assert_cmpint(decision.action == WL_CONNECT_DO_STOP, ==, !input.possible);
    if (decision.action == WL_CONNECT_DO_STAY || decision.action == WL_CONNECT_DO_HOLD)
        g_assert_cmpint(decision.due, >, input.now);
    if (decision.action == WL_CONNECT_DO_HOLD)
        g_assert_cmpuint(connect.holds, <, WL_CONNECT_HOLDS);
    if (decision.action == WL_CONNECT_DO_STEP) /* no session that a dump would show is dropped */
        g_assert_true(!input.present || input.snapshot == input.now);
    if (wl_connect_decide_step(&step) == WL_CONNECT_STEP_TRY)
        g_assert_true(step.has_candidate);
}

static void
check_status(Bytes *bytes)
{
    guint conditions = (guint) take(bytes) << 8;
    WlPeerStatusDecision decision;

    conditions |= take(bytes);
    decision = wl_peer_status_decide(conditions);
    g_assert_cmpint(decision.state, <=, WL_PEER_DIRECT_LAN);
    g_assert_cmpint(decision.reason, <=, WL_REASON_DIRECT);
    if (decision.state == WL_PEER_DIRECT || decision.state == WL_PEER_DIRECT_LAN)
        g_assert_true(conditions & WL_PEER_IF_HEALTHY);
    if (decision.state == WL_PEER_DIRECT_LAN)
        g_assert_true(conditions & WL_PEER_IF_ON_LINK);
    if (decision.state == WL_PEER_ROUTED)
        g_assert_true(conditions & WL_PEER_IF_VIA);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(Bytes *) = {check_arbiter, check_path, check_roaming,
                                              check_connect, check_status};
    Bytes bytes = {.data = data, .left = size};

    checks[take(&bytes) % G_N_ELEMENTS(checks)](&bytes);
    return 0;
}
