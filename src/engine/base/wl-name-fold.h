/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * The text by which names that look alike compare as equal, whatever the font: without case,
 * without blank and invisible characters, and with the letters of other scripts that have the shape
 * of an ASCII character. "" if nothing of @name is visible. A pure function; @name is valid UTF-8.
 * Free with g_free().
 */
char *wl_name_fold(const char *name);
