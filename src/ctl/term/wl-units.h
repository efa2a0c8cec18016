/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** "0 B", "1.5 KiB"; to be freed. */
char *wl_units_bytes(guint64 bytes);
/** The time since @then: "never", "12 s", "3 min", "2 h", "5 d"; both in Unix seconds; to be freed.
 */
char *wl_units_age(gint64 then, gint64 now);
/** "12.3 ms", "-" for 0; @us in microseconds; to be freed. */
char *wl_units_round_trip(guint64 us);
