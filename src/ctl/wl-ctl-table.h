/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

/**
 * Prints a profile for people on standard output. @width is that of the terminal in columns: where
 * a table is too wide the reasons go below their rows, and where that is too wide each peer gets a
 * paragraph. @now in unix seconds.
 */
void wl_ctl_table_print(const WlCtlProfile *profile, guint width, gint64 now);
