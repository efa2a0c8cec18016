/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect-decide.h"

gint64
wl_connect_peer_handshake_over(gint64 rx_time, gint64 handshake)
{
    /* WireGuard has responded to the initiation but has a session only when the peer confirms it, a
     * round trip later. Without a session only initiations arrive, so the snapshot in which the
     * received bytes last grew shows when it began. */
    return rx_time + handshake;
}

gboolean
wl_connect_has_peer_handshake(gint64 now, gint64 rx_time, gint64 handshake, guint holds)
{
    return wl_connect_peer_handshake_over(rx_time, handshake) > now && holds < WL_CONNECT_HOLDS;
}

/* The initiation of the peer arrived in the slot of a try. */
static gboolean
is_answered(const WlConnectInput *input)
{
    return input->connect->phase == WL_CONNECT_SLOT && !input->connect->crossed &&
           input->snapshot == input->now && input->rx_time > input->connect->tried &&
           input->has_endpoint;
}

WlConnectDecision
wl_connect_decide(const WlConnectInput *input)
{
    const WlConnect *connect = input->connect;
    gboolean holds =
        wl_connect_has_peer_handshake(input->now, input->rx_time, input->handshake, connect->holds);
    gint64 over = wl_connect_peer_handshake_over(input->rx_time, input->handshake);
    WlConnectDecision decision = {.due = connect->due};

    if (!input->possible) {
        decision.action = WL_CONNECT_DO_STOP;
        return decision;
    }
    if (connect->phase == WL_CONNECT_IDLE || connect->restart) {
        decision.action = WL_CONNECT_DO_RESTART;
        return decision;
    }
    if (is_answered(input)) {
        decision.action = holds ? WL_CONNECT_DO_HOLD : WL_CONNECT_DO_CROSS;
        decision.early = TRUE;
        decision.due =
            MAX(connect->due,
                holds ? over : input->now + MAX(WL_CONNECT_CROSSED_WAIT, 2 * input->handshake));
        return decision;
    }
    if (connect->phase == WL_CONNECT_NEIGHBORS) /* a result may have arrived */
        decision.due = input->now;
    if (decision.due > input->now) {
        decision.action = WL_CONNECT_DO_STAY;
    } else if (input->present && input->snapshot < input->now) {
        decision.action = WL_CONNECT_DO_READ_DEVICE;
    } else if (holds) {
        decision.action = WL_CONNECT_DO_HOLD;
        decision.due = over;
    } else {
        decision.action = WL_CONNECT_DO_STEP;
    }
    return decision;
}

WlConnectStep
wl_connect_decide_step(const WlConnectStepInput *input)
{
    if (input->results > input->now && !(input->has_candidate && input->best_anyway))
        return WL_CONNECT_STEP_NEIGHBORS;
    if (input->has_candidate)
        return WL_CONNECT_STEP_TRY;
    if (input->round < WL_FAST_ROUNDS || input->left_to_wireguard)
        return WL_CONNECT_STEP_ROUND;
    return WL_CONNECT_STEP_PAUSE;
}
