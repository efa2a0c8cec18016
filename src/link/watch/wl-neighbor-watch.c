/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pending neighbor requests, their results and their timeouts. Owns its sockets, which exist from
 * the first request on, and joins the multicast group only while a request is pending. Times are in
 * µs of g_get_monotonic_time().
 */
#include "wl-neighbor-watch.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-netlink-watch.h"
#include "wl-rtnl-neighbor.h"

/* By default the kernel tries three times, 1 s apart (mcast_solicit and retrans_time_ms, man 7
 * arp). */
#define RESOLVE_TIMEOUT (5 * G_USEC_PER_SEC)

typedef struct {
    WlIp address;
    guint32 ifindex;
    gint64 deadline;
} Request;

struct _WlNeighborWatch {
    WlNeighborFunc func;
    gpointer user_data;
    WlNetlink *route;      /* for requests to the kernel; NULL before the first one */
    WlNetlinkWatch *watch; /* NULL: no request is pending */
    GArray *requests;      /* of Request, oldest first */
    GSource *timer;        /* of the oldest request */
};

static void set_timer(WlNeighborWatch *self);

static gboolean
find(const WlNeighborWatch *self, const WlIp *address, guint32 ifindex, guint *position)
{
    for (guint i = 0; i < self->requests->len; i++) {
        const Request *request = &g_array_index(self->requests, Request, i);

        if (request->ifindex != ifindex || !wl_ip_equal(&request->address, address))
            continue;
        *position = i;
        return TRUE;
    }
    return FALSE;
}

/* Leaves the multicast group with the last request. The callback may add requests. */
static void
report(WlNeighborWatch *self, guint position, gboolean reachable)
{
    Request request = g_array_index(self->requests, Request, position);

    g_array_remove_index(self->requests, position);
    if (self->requests->len == 0)
        g_clear_pointer(&self->watch, wl_netlink_watch_free);
    set_timer(self);
    self->func(&request.address, request.ifindex, reachable, self->user_data);
}

typedef enum {
    PENDING,
    REACHABLE,
    UNREACHABLE,
} Result;

static Result
result_of_state(guint16 state)
{
    /* A stale entry counts as reachable; the kernel verifies it. */
    if (state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP))
        return REACHABLE;
    return state & NUD_FAILED ? UNREACHABLE : PENDING;
}

static Result
read_result(WlNeighborWatch *self, const Request *request)
{
    guint16 state;
    int result =
        wl_rtnl_get_neighbor(self->route, (int) request->ifindex, &request->address, &state);

    if (result == 0)
        return result_of_state(state);
    /* A point-to-point link has one entry for all addresses; kernels before 5.0 return no single
     * entry. */
    return REACHABLE;
}

static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlNeighborWatch *self = user_data;
    WlRtnlNeighbor neighbor;
    Result outcome;
    guint position;

    if (!message) {
        /* Messages were lost. A callback may remove requests meanwhile. */
        g_autoptr(GArray) requests = g_array_copy(self->requests);

        for (guint i = 0; i < requests->len; i++) {
            const Request *request = &g_array_index(requests, Request, i);

            outcome = read_result(self, request);
            if (outcome != PENDING && find(self, &request->address, request->ifindex, &position))
                report(self, position, outcome == REACHABLE);
        }
        return;
    }
    if (!wl_rtnl_parse_neighbor(message, &neighbor) ||
        !find(self, &neighbor.address, (guint32) neighbor.ifindex, &position))
        return;
    /* A deleted entry gets no reply any more. */
    outcome = message->nlmsg_type == RTM_DELNEIGH ? UNREACHABLE : result_of_state(neighbor.state);
    if (outcome != PENDING)
        report(self, position, outcome == REACHABLE);
}

static gboolean
on_timer(gpointer user_data)
{
    WlNeighborWatch *self = user_data;

    if (g_array_index(self->requests, Request, 0).deadline <= g_get_monotonic_time())
        report(self, 0, FALSE);
    else
        set_timer(self);
    return G_SOURCE_REMOVE;
}

static void
set_timer(WlNeighborWatch *self)
{
    gint64 wait;

    wl_source_clear(&self->timer);
    if (self->requests->len == 0)
        return;
    wait = g_array_index(self->requests, Request, 0).deadline - g_get_monotonic_time();
    self->timer = wl_timeout_source_new((guint) (MAX(wait, 0) / 1000 + 1), on_timer, self);
}

/* Joins the multicast group before the request, so that the reply is not missed. */
static gboolean
listen_to_kernel(WlNeighborWatch *self, GError **error)
{
    static const guint groups[] = {RTNLGRP_NEIGH, 0};

    if (!self->route)
        self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (self->route && !self->watch)
        self->watch = wl_netlink_watch_new(groups, on_message, self, error);
    return self->watch != NULL;
}

static Result
request_from_kernel(WlNeighborWatch *self, const Request *request)
{
    g_autoptr(GError) error = NULL;
    int result;

    if (!listen_to_kernel(self, &error)) {
        wl_limitation_add("neighbors", "every on-link address counts as reachable: %s",
                          error->message);
        return REACHABLE;
    }
    result = wl_rtnl_use_neighbor(self->route, (int) request->ifindex, &request->address);
    if (result == 0)
        return read_result(self, request);
    /* The interface was deleted, is down, or has no IPv6. */
    if (result == -ENODEV || result == -ENETDOWN || result == -EINVAL)
        return UNREACHABLE;
    if (result == -EPERM || result == -EACCES)
        wl_limitation_add("neighbors",
                          "every on-link address counts as reachable: cannot resolve a "
                          "neighbor: %s",
                          g_strerror(-result));
    g_info("the kernel does not resolve a neighbor: %s", g_strerror(-result));
    return REACHABLE;
}

void
wl_neighbor_watch_resolve(WlNeighborWatch *self, const WlIp *address, guint32 ifindex)
{
    Request request = {*address, ifindex, g_get_monotonic_time() + RESOLVE_TIMEOUT};
    Result outcome;
    guint position;

    if (find(self, address, ifindex, &position))
        g_array_remove_index(self->requests, position);
    else if (self->requests->len >= WL_NEIGHBOR_WATCH_MAX)
        report(self, 0, FALSE);
    g_array_append_val(self->requests, request);
    set_timer(self);
    outcome = request_from_kernel(self, &request);
    if (outcome != PENDING && find(self, address, ifindex, &position))
        report(self, position, outcome == REACHABLE);
}

gboolean
wl_neighbor_watch_is_listening(const WlNeighborWatch *self)
{
    return self->watch != NULL;
}

WlNeighborWatch *
wl_neighbor_watch_new(WlNeighborFunc func, gpointer user_data)
{
    WlNeighborWatch *self = g_new0(WlNeighborWatch, 1);

    self->func = func;
    self->user_data = user_data;
    self->requests = g_array_new(FALSE, TRUE, sizeof(Request));
    return self;
}

void
wl_neighbor_watch_free(WlNeighborWatch *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    g_array_set_size(self->requests, 0);
    set_timer(self);
    g_array_unref(self->requests);
    wl_netlink_free(self->route);
    g_free(self);
}
