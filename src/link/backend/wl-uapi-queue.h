/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-uapi-client.h"

/**
 * Requests to the program of an interface, answered one after the other in their order. A program
 * that does not answer in time never blocks: its replies are received from the main loop. Main
 * context: the thread-default one.
 */
typedef struct _WlUapiQueue WlUapiQueue;

/** The result of wl_uapi_queue_send() if the reply comes later. */
#define WL_UAPI_PENDING 1

/** @ifname, @pid: as for wl_uapi_exchange_new(). @stalled: the program has not answered for some
 * seconds (TRUE), or answers again (FALSE). */
WlUapiQueue *wl_uapi_queue_new(const char *ifname, pid_t pid,
                               void (*stalled)(gboolean stalled, gpointer user_data),
                               gpointer user_data);
/** Drops all requests without calling their functions. */
void wl_uapi_queue_free(WlUapiQueue *self);

/** @result: 0 or a negative errno. @reply: NULL on an error; valid during the call. */
typedef void (*WlUapiQueueFunc)(int result, WlUapiText *reply, gpointer user_data, gpointer data);

/**
 * Takes ownership of @request and @data (freed with g_free()). Waits a moment for the reply, unless
 * others are pending: returns 0 or a negative errno, and *reply (may be NULL). Returns
 * WL_UAPI_PENDING if that did not suffice; @func (may be NULL) is called later, with the
 * @user_data of the queue. -ENOBUFS: too many are pending.
 */
int wl_uapi_queue_send(WlUapiQueue *self, WlUapiText *request, WlUapiText **reply,
                       WlUapiQueueFunc func, gpointer data);
/** Whether replies are pending. */
gboolean wl_uapi_queue_is_busy(const WlUapiQueue *self);
