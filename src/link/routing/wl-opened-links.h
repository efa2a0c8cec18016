/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * A record of the interfaces that forward because this process enabled it, so that what a killed
 * process left can be reset: a file for each profile and network namespace beside the locks
 * (wl-lock-file.h).
 */

/** Stores the record. @opened4, @opened6: of int, indexes; 0: all interfaces. Without interfaces
 * the record is removed. A failure is logged. */
void wl_opened_links_store(const char *uuid, const GArray *opened4, const GArray *opened6);

/** Whether the record of the profile @uuid stays. */
typedef gboolean (*WlOpenedLinksKeep)(const char *uuid, gpointer user_data);

/** Resets what the records say, except those that @keep accepts, and removes them. Returns the
 * number of interfaces. */
guint wl_opened_links_cleanup(WlOpenedLinksKeep keep, gpointer user_data);
