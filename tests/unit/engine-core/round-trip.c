/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The estimate of a round trip. */
#include "wl-round-trip.h"

#include "wl-time.h"

#define UNKNOWN WL_SEC(1)
#define MIN_MS  WL_MS(50)
#define MAX_MS  WL_SEC(3)

typedef struct {
    const char *name;
    int measured[8]; /* milliseconds; 0: end */
    guint repeat;    /* how often the last one is repeated */
    int timeout;     /* expected, milliseconds */
} Row;

/* clang-format off */
static const Row rows[] = {
    {"nothing was measured", {0}, 0, 1000},
    {"the first one varies by half", {40}, 0, 40 + 4 * 20},
    {"the second one narrows it", {40, 40}, 0, 40 + 4 * 15},
    {"a steady path needs little more than its round trip", {400}, 60, 410},
    {"a path that becomes slower", {40, 80}, 0, 45 + 4 * 25},
    {"a path that becomes faster", {80, 40}, 0, 75 + 4 * 40},
    {"a queue that grows", {20, 100, 500, 1000}, 0, 1528},
    {"never shorter than the minimum", {1}, 60, 50},
    {"never longer than the maximum", {2900}, 0, 3000},
};
/* clang-format on */

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    WlRoundTrip trip = {0};
    gint64 timeout;

    for (guint i = 0; i < G_N_ELEMENTS(row->measured) && row->measured[i] != 0; i++) {
        gboolean last = row->measured[i + 1] == 0;
        for (guint n = 0; n <= (last ? row->repeat : 0); n++)
            wl_round_trip_add(&trip, WL_MS(row->measured[i]));
    }
    timeout = wl_round_trip_timeout(&trip, UNKNOWN, MIN_MS, MAX_MS);
    g_assert_cmpint((timeout + WL_MS(1) / 2) / WL_MS(1), ==, row->timeout);
}

/* A clock that does not advance between two events is no unknown round trip. */
static void
test_zero(void)
{
    WlRoundTrip trip = {0};

    wl_round_trip_add(&trip, 0);
    g_assert_cmpint(wl_round_trip_timeout(&trip, UNKNOWN, 0, MAX_MS), <, WL_MS(11));
    wl_round_trip_add(&trip, 0);
    g_assert_cmpint(wl_round_trip_timeout(&trip, UNKNOWN, 0, MAX_MS), <, WL_MS(11));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/round-trip/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    g_test_add_func("/round-trip/within one tick of the clock", test_zero);
    return g_test_run();
}
