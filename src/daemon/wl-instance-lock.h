/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Makes this process the only one that serves the profile @name in its network namespace, until it
 * ends: two would remove each other's link. Returns a file descriptor to be kept open; -1 with
 * *error if another process serves it.
 */
int wl_instance_lock(const char *name, GError **error);
