/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** What a gateway last said about the time since it lost its mappings. A zeroed value knows
 * nothing. */
typedef struct {
    gboolean known;
    guint32 seconds;
    gint64 heard; /* µs */
} WlGatewayEpoch;

/** Takes note of @seconds, heard at @now (µs). TRUE if the gateway has lost its mappings since the
 * last time: its clock and ours went apart (RFC 6887, section 8.5). */
gboolean wl_gateway_epoch_update(WlGatewayEpoch *self, guint32 seconds, gint64 now);
