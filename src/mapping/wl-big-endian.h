/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* Numbers in network byte order, at any alignment. */

static inline guint16
wl_get_be16(const guint8 *from)
{
    return (guint16) (from[0] << 8 | from[1]);
}

static inline guint32
wl_get_be32(const guint8 *from)
{
    return (guint32) wl_get_be16(from) << 16 | wl_get_be16(from + 2);
}

static inline void
wl_put_be16(guint8 *to, guint16 value)
{
    guint16 big = GUINT16_TO_BE(value);

    memcpy(to, &big, sizeof big);
}

static inline void
wl_put_be32(guint8 *to, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);

    memcpy(to, &big, sizeof big);
}
