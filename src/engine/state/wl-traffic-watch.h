/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Overlay traffic of the peers that could use another path, and of on-demand peers. Written by
 * paths/wl-traffic.c; times are engine times. */
typedef struct {
    guint peers;          /* number of watched peers */
    GPtrArray *on_demand; /* of WlPeer */
    enum {
        WL_TRAFFIC_WATCH_NONE,
        WL_TRAFFIC_WATCH_SOME, /* the link reports the first packet for one of `wanted` */
        WL_TRAFFIC_WATCH_ANY,  /* the link reports the first packet */
    } watching;
    GArray *wanted;  /* of WlPrefix */
    gboolean active; /* traffic flows: the counters are polled */
    gint64 poll_due, rest;
} WlTraffic;
