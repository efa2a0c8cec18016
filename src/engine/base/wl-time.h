/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Units of engine time, which is in microseconds of a clock that never goes back. */
#define WL_MS(n)  ((gint64) (n) *1000)
#define WL_SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define WL_NEVER  G_MAXINT64

/* Before anything; times may be added to and subtracted from it. */
#define WL_LONG_AGO (G_MININT64 / 4)
