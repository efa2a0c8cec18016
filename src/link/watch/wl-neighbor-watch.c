/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-neighbor-watch.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "wl-fd-source.h"
#include "wl-netlink-watch.h"
#include "wl-rtnl-neighbor.h"

/* The kernel asks three times, a second apart, unless the machine's settings say otherwise. */
#define PATIENCE (5 * G_USEC_PER_SEC)

typedef struct {
    WlIp address;
    guint32 ifindex;
    gint64 until;
} Question;

struct _WlNeighborWatch {
    WlNeighborFunc func;
    gpointer user_data;
    WlNetlink *route;      /* for requests; NULL: nothing was asked yet */
    WlNetlinkWatch *watch; /* NULL: nothing is waited for */
    GArray *questions;     /* of Question, the oldest first */
    GSource *timer;        /* of the oldest */
};

static void set_timer(WlNeighborWatch *self);

static gboolean
find(const WlNeighborWatch *self, const WlIp *address, guint32 ifindex, guint *position)
{
    for (guint i = 0; i < self->questions->len; i++) {
        const Question *question = &g_array_index(self->questions, Question, i);

        if (question->ifindex != ifindex || !wl_ip_equal(&question->address, address))
            continue;
        *position = i;
        return TRUE;
    }
    return FALSE;
}

/* The last answer ends the listening. The function may ask again. */
static void
answer(WlNeighborWatch *self, guint position, gboolean reachable)
{
    Question question = g_array_index(self->questions, Question, position);

    g_array_remove_index(self->questions, position);
    if (self->questions->len == 0)
        g_clear_pointer(&self->watch, wl_netlink_watch_free);
    set_timer(self);
    self->func(&question.address, question.ifindex, reachable, self->user_data);
}

typedef enum {
    NOT_KNOWN,
    THERE,
    NOBODY,
} Verdict;

static Verdict
judge(guint16 state)
{
    /* What was there a while ago counts; whether it still is the kernel asks behind our back. */
    if (state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP))
        return THERE;
    return state & NUD_FAILED ? NOBODY : NOT_KNOWN;
}

static Verdict
look_up(WlNeighborWatch *self, const Question *question)
{
    guint16 state;
    int result =
        wl_rtnl_get_neighbor(self->route, (int) question->ifindex, &question->address, &state);

    if (result == 0)
        return judge(state);
    /* On a point-to-point link the kernel has one entry for all; and before 5.0 it gives none. */
    return THERE;
}

static void
take_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlNeighborWatch *self = user_data;
    WlRtnlNeighbor neighbour;
    Verdict verdict;
    guint position;

    if (!message) {
        /* Some were lost. Those answered meanwhile are not in the list any more. */
        g_autoptr(GArray) questions = g_array_copy(self->questions);

        for (guint i = 0; i < questions->len; i++) {
            const Question *question = &g_array_index(questions, Question, i);

            verdict = look_up(self, question);
            if (verdict != NOT_KNOWN &&
                find(self, &question->address, question->ifindex, &position))
                answer(self, position, verdict == THERE);
        }
        return;
    }
    if (!wl_rtnl_parse_neighbor(message, &neighbour) ||
        !find(self, &neighbour.address, (guint32) neighbour.ifindex, &position))
        return;
    /* An entry that is taken away without an answer will not get one. */
    verdict = message->nlmsg_type == RTM_DELNEIGH ? NOBODY : judge(neighbour.state);
    if (verdict != NOT_KNOWN)
        answer(self, position, verdict == THERE);
}

static gboolean
on_timer(gpointer user_data)
{
    WlNeighborWatch *self = user_data;

    if (g_array_index(self->questions, Question, 0).until <= g_get_monotonic_time())
        answer(self, 0, FALSE);
    else
        set_timer(self);
    return G_SOURCE_REMOVE;
}

static void
set_timer(WlNeighborWatch *self)
{
    gint64 wait;

    if (self->timer)
        g_source_destroy(self->timer);
    g_clear_pointer(&self->timer, g_source_unref);
    if (self->questions->len == 0)
        return;
    wait = g_array_index(self->questions, Question, 0).until - g_get_monotonic_time();
    self->timer = g_timeout_source_new((guint) (MAX(wait, 0) / 1000 + 1));
    g_source_set_callback(self->timer, on_timer, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
}

/* Listening begins before the question, so that the answer cannot fall in between. */
static gboolean
listen_to_kernel(WlNeighborWatch *self, GError **error)
{
    static const guint groups[] = {RTNLGRP_NEIGH, 0};

    if (!self->route)
        self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (self->route && !self->watch)
        self->watch = wl_netlink_watch_new(groups, take_message, self, error);
    return self->watch != NULL;
}

static Verdict
ask_kernel(WlNeighborWatch *self, const Question *question)
{
    g_autoptr(GError) error = NULL;
    int result;

    if (!listen_to_kernel(self, &error)) {
        g_warning("neighbours are taken to be there: %s", error->message);
        return THERE;
    }
    result = wl_rtnl_use_neighbor(self->route, (int) question->ifindex, &question->address);
    if (result == 0)
        return look_up(self, question);
    /* The interface is gone, is down, or has no IPv6. */
    if (result == -ENODEV || result == -ENETDOWN || result == -EINVAL)
        return NOBODY;
    g_info("the kernel does not look for a neighbour: %s", g_strerror(-result));
    return THERE;
}

void
wl_neighbor_watch_resolve(WlNeighborWatch *self, const WlIp *address, guint32 ifindex)
{
    Question question = {*address, ifindex, g_get_monotonic_time() + PATIENCE};
    Verdict verdict;
    guint position;

    if (find(self, address, ifindex, &position))
        g_array_remove_index(self->questions, position);
    else if (self->questions->len >= WL_NEIGHBOR_WATCH_MAX)
        answer(self, 0, FALSE);
    g_array_append_val(self->questions, question);
    set_timer(self);
    verdict = ask_kernel(self, &question);
    if (verdict != NOT_KNOWN && find(self, address, ifindex, &position))
        answer(self, position, verdict == THERE);
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
    self->questions = g_array_new(FALSE, TRUE, sizeof(Question));
    return self;
}

void
wl_neighbor_watch_free(WlNeighborWatch *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    g_array_set_size(self->questions, 0);
    set_timer(self);
    g_array_unref(self->questions);
    wl_netlink_free(self->route);
    g_free(self);
}
