/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A string or an object path. */
const char *wl_property_string(GVariant *properties, const char *name);
/** An unsigned number of 16, 32 or 64 bits. */
guint64 wl_property_uint(GVariant *properties, const char *name);
/** A signed number of 64 bits. */
gint64 wl_property_int(GVariant *properties, const char *name);
gboolean wl_property_boolean(GVariant *properties, const char *name);
/** A value of @type; to be freed with g_variant_unref(). */
GVariant *wl_property_value(GVariant *properties, const char *name, const char *type);
/** The sentences of an array of pairs (id, sentence); to be freed with g_strfreev(). */
char **wl_property_sentences(GVariant *properties, const char *name);
/** An array of strings, joined with @separator; "" for an empty one; to be freed. */
char *wl_property_list(GVariant *properties, const char *name, const char *separator);
/** The counters of a dictionary a{st} that are not 0 and whose names begin with @prefix, which is
 * left out: "address 12, word 3"; "" if there is none; to be freed. */
char *wl_property_counters(GVariant *properties, const char *name, const char *prefix);
/** One of them; 0 if it is missing. */
guint64 wl_property_counter(GVariant *properties, const char *name, const char *counter);
