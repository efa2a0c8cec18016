/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * A hash of @length bytes with a random key of this process, for tables whose keys others choose:
 * no member can choose keys that share a bucket. Differs from process to process, so nothing may
 * depend on its value or on the order of a table that uses it.
 */
guint wl_hash(gconstpointer data, gsize length);
/** The same of a string, in place of g_str_hash(). */
guint wl_hash_string(gconstpointer text);
