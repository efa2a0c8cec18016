/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to a program that may hang. A WlUapiQueue owns its requests and the exchange in
 * progress. Its time without an answer is bounded twice: what a caller waits, in ms of one main
 * loop iteration, and how many bytes may be pending.
 */
#include "wl-uapi-queue.h"

#include <errno.h>

#include "wl-fd-source.h"

/* ms that callers wait in an interval, all of them together: no other event waits longer than the
 * first for the main loop. wireguard-go answers within 1 ms. */
#define PATIENCE 60
#define INTERVAL 500

/* ms without an answer that count as a stall. */
#define STALL 2000

/* Bytes of pending requests; those of a thousand peers with ten allowed IPs each take 0.5 MB. */
#define MAX_PENDING (4 * 1024 * 1024)

typedef struct {
    WlUapiText *text;
    gsize size;
    WlUapiQueueFunc func;
    gpointer data;
} Request;

struct _WlUapiQueue {
    grefcount references; /* one while a function of a request may free it */
    gboolean closed;
    char *ifname;
    pid_t pid;
    void (*stalled)(gboolean stalled, gpointer user_data);
    gpointer user_data;
    GQueue requests;          /* of Request; the first is in progress */
    WlUapiExchange *exchange; /* of the first request; NULL: none is pending */
    GSource *source;          /* of the exchange */
    GSource *timer;           /* until it counts as a stall */
    gboolean is_stalled;
    gsize pending;         /* bytes */
    gint64 interval_start; /* µs */
    gint64 waited;         /* µs in the interval */
};

static void
request_free(Request *request)
{
    wl_uapi_text_free(request->text);
    g_free(request->data);
    g_free(request);
}

WlUapiQueue *
wl_uapi_queue_new(const char *ifname, pid_t pid,
                  void (*stalled)(gboolean stalled, gpointer user_data), gpointer user_data)
{
    WlUapiQueue *self = g_new0(WlUapiQueue, 1);

    g_ref_count_init(&self->references);
    self->ifname = g_strdup(ifname);
    self->pid = pid;
    self->stalled = stalled;
    self->user_data = user_data;
    g_queue_init(&self->requests);
    return self;
}

static void
unref(WlUapiQueue *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    g_free(self->ifname);
    g_free(self);
}

void
wl_uapi_queue_free(WlUapiQueue *self)
{
    if (!self)
        return;
    self->closed = TRUE;
    wl_source_clear(&self->source);
    wl_source_clear(&self->timer);
    g_clear_pointer(&self->exchange, wl_uapi_exchange_free);
    g_queue_clear_full(&self->requests, (GDestroyNotify) request_free);
    unref(self);
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static gboolean on_ready(gint fd, GIOCondition condition, gpointer user_data);

static void
set_stalled(WlUapiQueue *self, gboolean stalled)
{
    if (self->is_stalled == stalled)
        return;
    self->is_stalled = stalled;
    self->stalled(stalled, self->user_data);
}

static gboolean
on_stall(gpointer user_data)
{
    WlUapiQueue *self = user_data;

    wl_source_clear(&self->timer);
    set_stalled(self, TRUE);
    return G_SOURCE_REMOVE;
}

static void
watch_exchange(WlUapiQueue *self)
{
    GIOCondition condition;
    int fd;

    wl_source_clear(&self->source);
    wl_uapi_exchange_get_wait(self->exchange, &fd, &condition);
    self->source = wl_fd_source_new(fd, condition, on_ready, self);
    if (!self->timer)
        self->timer = wl_timeout_source_new(STALL, on_stall, self);
}

/* The first request has its reply. Its function may send further requests. */
static void
finish_first(WlUapiQueue *self)
{
    g_autoptr(WlUapiExchange) exchange = g_steal_pointer(&self->exchange);
    int result = wl_uapi_exchange_get_result(exchange);
    g_autoptr(WlUapiText) reply = result == 0 ? wl_uapi_exchange_steal_reply(exchange) : NULL;
    Request *request = g_queue_pop_head(&self->requests);

    wl_source_clear(&self->source);
    wl_source_clear(&self->timer);
    self->pending -= request->size;
    set_stalled(self, FALSE);
    if (request->func)
        request->func(result, reply, self->user_data, request->data);
    request_free(request);
}

/* Begins the first request and goes on until the program lets it wait. */
static void
advance(WlUapiQueue *self)
{
    g_ref_count_inc(&self->references);
    while (!self->closed && !g_queue_is_empty(&self->requests)) {
        Request *request = g_queue_peek_head(&self->requests);

        if (!self->exchange)
            self->exchange =
                wl_uapi_exchange_new(self->ifname, self->pid, g_steal_pointer(&request->text));
        if (!wl_uapi_exchange_run(self->exchange, 0)) {
            watch_exchange(self);
            break;
        }
        finish_first(self);
    }
    unref(self);
}

static gboolean
on_ready(gint fd, GIOCondition condition, gpointer user_data)
{
    advance(user_data);
    return G_SOURCE_CONTINUE;
}

/* ---- sending ----------------------------------------------------------------------------------
 */

/* How long the caller may wait, ms. */
static int
get_patience(WlUapiQueue *self, gint64 now)
{
    if (now - self->interval_start >= INTERVAL * (gint64) 1000) {
        self->interval_start = now;
        self->waited = 0;
    }
    return (int) MAX(PATIENCE - self->waited / 1000, 0);
}

static void
append(WlUapiQueue *self, WlUapiText *text, gsize size, WlUapiQueueFunc func, gpointer data)
{
    Request *request = g_new0(Request, 1);

    request->text = text;
    request->size = size;
    request->func = func;
    request->data = data;
    self->pending += size;
    g_queue_push_tail(&self->requests, request);
}

int
wl_uapi_queue_send(WlUapiQueue *self, WlUapiText *request, WlUapiText **reply, WlUapiQueueFunc func,
                   gpointer data)
{
    gint64 start = g_get_monotonic_time();
    gsize size = request->len;
    g_autoptr(WlUapiExchange) exchange = NULL;
    gboolean ended;
    int result;

    if (self->pending + size > MAX_PENDING && self->pending > 0) {
        wl_uapi_text_free(request);
        g_free(data);
        return -ENOBUFS;
    }
    if (wl_uapi_queue_is_busy(self)) {
        append(self, request, size, func, data);
        return WL_UAPI_PENDING;
    }
    exchange = wl_uapi_exchange_new(self->ifname, self->pid, request);
    ended = wl_uapi_exchange_run(exchange, get_patience(self, start));
    self->waited += g_get_monotonic_time() - start;
    if (!ended) {
        append(self, NULL, size, func, data);
        self->exchange = g_steal_pointer(&exchange);
        watch_exchange(self);
        return WL_UAPI_PENDING;
    }
    result = wl_uapi_exchange_get_result(exchange);
    if (result == 0 && reply)
        *reply = wl_uapi_exchange_steal_reply(exchange);
    g_free(data);
    return result;
}

gboolean
wl_uapi_queue_is_busy(const WlUapiQueue *self)
{
    return !g_queue_is_empty((GQueue *) &self->requests);
}
