/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-inputs.h"
#include "wl-round-trip.h"

/** The uplink of this machine. Written by the inputs only; `round_trip` added to by
 * exchange/wl-acks.c and paths/wl-health.c. */
typedef struct {
    gboolean present;
    gint64 since; /* engine time of its last change; WL_LONG_AGO */
    WlConnectivity connectivity;
    WlRoundTrip round_trip; /* to native routers, which tells how far others are */
} WlUplink;
