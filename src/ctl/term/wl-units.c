/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quantities as text: bytes, ages and round trips. Pure functions; results belong to the caller.
 */
#include "wl-units.h"

char *
wl_units_bytes(guint64 bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double) bytes / 1024;
    guint unit = 0;

    if (bytes < 1024)
        return g_strdup_printf("%u B", (guint) bytes);
    /* A value that rounds to 1024.0 belongs to the next unit. */
    while (value >= 1023.95 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1024;
        unit++;
    }
    return g_strdup_printf("%.1f %s", value, units[unit]);
}

char *
wl_units_age(gint64 then, gint64 now)
{
    gint64 age = MAX(now - then, 0);

    if (then <= 0)
        return g_strdup("never");
    if (age < 120)
        return g_strdup_printf("%d s", (int) age);
    if (age < 120 * 60)
        return g_strdup_printf("%d min", (int) (age / 60));
    if (age < 48 * 3600)
        return g_strdup_printf("%d h", (int) (age / 3600));
    return g_strdup_printf("%" G_GINT64_FORMAT " d", age / 86400);
}

char *
wl_units_round_trip(guint64 us)
{
    if (us == 0)
        return g_strdup("-");
    return g_strdup_printf(us < 100 * 1000 ? "%.1f ms" : "%.0f ms", (double) us / 1000);
}
