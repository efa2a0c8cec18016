/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The age of a handshake, from the time that WireGuard reports. A pure function; both backends that
 * read a device use it. Ages are in µs.
 */
#include "wl-handshake-age.h"

gint64
wl_handshake_age(gint64 seconds, gint64 nanoseconds, gint64 now)
{
    gint64 then;

    if (seconds < 0 || (seconds == 0 && nanoseconds <= 0))
        return -1;
    if (seconds > G_MAXINT64 / G_USEC_PER_SEC - 1)
        return 0;
    then = seconds * G_USEC_PER_SEC + CLAMP(nanoseconds, 0, 999999999) / 1000;
    return then < now ? now - then : 0;
}
