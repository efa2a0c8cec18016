/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/* The endpoints at which one peer had a session, latest first (docs/engine.md "Endpoint
 * candidates"). Times are engine times in microseconds. */

/** Endpoints of one peer that are remembered. */
#define WL_MAX_HISTORY 8

typedef struct {
    WlEndpoint endpoint;
    gint64 seen; /* the last time of the session */
} WlPastEndpoint;

/** A new, empty history. Free with g_array_unref(). */
GArray *wl_endpoint_history_new(void);
/** There was a session at @endpoint at @seen. It takes the place of others that it makes unlikely:
 * of an IPv4 address with another port, and of the third one in a /64 of IPv6; else of the one seen
 * longest ago if the history is full. */
void wl_endpoint_history_note(GArray *self, const WlEndpoint *endpoint, gint64 seen);
/** The session at the latest endpoint still lasts. */
void wl_endpoint_history_renew(GArray *self, gint64 now);
/** FALSE: it had no @endpoint. */
gboolean wl_endpoint_history_forget(GArray *self, const WlEndpoint *endpoint);
