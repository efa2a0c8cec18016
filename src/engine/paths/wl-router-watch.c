/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-router-watch.h"

static WlRouterWatchDecision
make(WlRouterWatchAction action, gint64 wake_at)
{
    return (WlRouterWatchDecision){.action = action, .wake_at = wake_at};
}

WlRouterWatchDecision
wl_router_watch_decide(const WlRouterWatchInput *input)
{
    gboolean flows = input->flow_until > input->now;
    gint64 quiet = input->heard + (flows ? MIN(WL_PATH_QUIET, input->rest) : input->rest);
    gint64 next = input->asked + WL_PATH_PROBE_INTERVAL;

    /* While questions are open the others follow at once. */
    if (input->unanswered == 0 && input->now < quiet)
        return make(WL_ROUTER_WATCH_STAY, quiet);
    if (input->unanswered >= WL_PATH_PROBES && input->now >= next &&
        input->now >= input->since + WL_PATH_SILENCE)
        return make(input->snapshot < input->now ? WL_ROUTER_WATCH_READ_DEVICE
                                                 : WL_ROUTER_WATCH_LOST,
                    WL_NEVER);
    if (input->now >= next)
        return make(WL_ROUTER_WATCH_ASK, input->now + WL_PATH_PROBE_INTERVAL);
    return make(WL_ROUTER_WATCH_STAY, next);
}
