/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-batch-delay.h"

#include "state/wl-timing.h"

gint64
wl_batch_delay(guint n, gint64 each)
{
    return n > WL_BATCH_PEERS ? (n - WL_BATCH_PEERS) * each : 0;
}
