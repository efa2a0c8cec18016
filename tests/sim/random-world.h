/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A scenario with 3 to 30 members of mixed kinds, NATs and faults, which checks properties. The
 * same seed gives the same text. Free with g_free(). */
char *random_world_new(guint32 seed);
