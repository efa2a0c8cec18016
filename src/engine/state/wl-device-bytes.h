/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Bytes that WireGuard adds to a padded IP packet; also the size of a keepalive. */
#define WL_DATA_OVERHEAD 32
#define WL_FACT_HEADERS  (40 + 8)

/** The bytes that WireGuard counts for a datagram of facts of @length bytes. */
static inline guint64
wl_datagram_size_in_device(gsize length)
{
    return WL_DATA_OVERHEAD + ((WL_FACT_HEADERS + length + 15) & ~(gsize) 15);
}
