/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A scenario with 3 to 30 members of mixed kinds, NATs and faults, whose properties are to be
 * checked: the same seed, the same text. To be freed. */
char *random_world_new(guint32 seed);
