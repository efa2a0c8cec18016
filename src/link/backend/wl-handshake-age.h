/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Converts the wall clock time of a handshake to its age in µs. -1: no handshake (0.0). Otherwise
 * never negative, because the wall clock may have been set back. @now: µs of CLOCK_REALTIME.
 */
gint64 wl_handshake_age(gint64 seconds, gint64 nanoseconds, gint64 now);
