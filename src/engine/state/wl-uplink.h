/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-inputs.h"

/** The uplink of this machine. Written by the inputs only. */
typedef struct {
    gboolean present;
    gint64 since; /* engine time of its last change; WL_LONG_AGO */
    WlConnectivity connectivity;
} WlUplink;
