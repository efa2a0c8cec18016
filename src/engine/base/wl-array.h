/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A new, empty GArray of @Type without a terminator. g_array_set_size() sets new elements to zero.
 * Release it with g_array_unref(). */
#define wl_array_new(Type) g_array_new(FALSE, TRUE, sizeof(Type))
