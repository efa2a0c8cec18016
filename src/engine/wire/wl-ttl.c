/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ttl.h"

/* Limits how long a wrong fact lives. */
#define TTL_CAP WL_SEC(3600)

guint16
wl_ttl_from_expiry(gint64 expires, gint64 now)
{
    /* Unsigned: the difference may exceed the range of gint64. */
    return MIN(((guint64) MAX(expires, now) - (guint64) now) / G_USEC_PER_SEC, WL_TTL_MAX);
}

gint64
wl_ttl_to_expiry(guint16 ttl, gint64 now)
{
    return now + MIN((gint64) ttl * G_USEC_PER_SEC, TTL_CAP);
}
