/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Overlay traffic: of the peers that could take another path, and of those that are only tried on
 * demand. Written by paths/wl-traffic.c. */
typedef struct {
    guint peers;         /* that are watched */
    GPtrArray *sleepers; /* of WlPeer: tried on demand */
    enum {
        WL_ASKED_NOTHING,
        WL_ASKED_SOME, /* the link reports the first packet for one of `wanted` */
        WL_ASKED_ANY,  /* the link reports the first packet */
    } asked;
    GArray *wanted;  /* of WlPrefix */
    gboolean active; /* it flows: the counters are polled */
    gint64 look, rest;
} WlTraffic;
