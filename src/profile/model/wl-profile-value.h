/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Converts the value of a key from text and to text. */

#include "wl-profile-keys.h"
#include "wl-profile-text.h"

G_BEGIN_DECLS

/* Reads @text into the field of @key in @structure (a WlProfile, WlProfilePeer or WlProfileFile, as
 * key->scope says) and replaces its value; with @append items are added to a list. Nothing changes
 * on error. Errors state cause and remedy without the key, and never quote a secret or a text that
 * looks like one. */
gboolean wl_profile_value_parse(const WlProfileKey *key, const char *text, gboolean append,
                                gpointer structure, GError **error);

/* The field as text for wl_profile_value_parse(), the items of a list joined by @separator; NULL if
 * it is empty, off, or 0 in the sense of not set. Free secrets with wl_profile_wipe_free(). */
char *wl_profile_value_format(const WlProfileKey *key, gconstpointer structure,
                              const char *separator);

gboolean wl_profile_value_equal(const WlProfileKey *key, gconstpointer a, gconstpointer b);

#define wl_profile_value_field(key, structure, type)                                               \
    ((type *) (void *) ((guint8 *) (structure) + (key)->offset))

G_END_DECLS
