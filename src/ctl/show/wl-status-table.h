/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-page.h"

/**
 * Appends the table of @profile. @before: an earlier read of the same profile, to show traffic as a
 * rate; NULL: traffic in total. @now in Unix seconds.
 */
void wl_status_table_append(const WlActiveProfile *profile, const WlActiveProfile *before,
                            gint64 now, gboolean verbose, const WlPage *page, GString *out);
