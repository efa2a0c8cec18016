/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Errors and warnings about a profile. Every function that sets an error returns FALSE. Sentences
 * state cause and remedy and never contain a secret. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* A place in a file: "NAME:LINE", "NAME: PATH", or "NAME" alone. */
typedef struct {
    const char *name; /* of the file */
    guint line;       /* from 1; 0: none */
    const char *path; /* such as "peers[0].Trust"; NULL: none */
} WlProfilePlace;

gboolean wl_profile_fail(GError **error, WlProfileError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The same, with "PLACE: " before the sentence. */
gboolean wl_profile_fail_at(GError **error, WlProfileError code, const WlProfilePlace *place,
                            const char *format, ...) G_GNUC_PRINTF(4, 5);
/* WL_PROFILE_ERROR_VALUE with the translation of @format, which the editor displays. */
gboolean wl_profile_fail_value(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Puts "PLACE: KEY: " before the message of *@error. */
void wl_profile_prefix_at(GError **error, const WlProfilePlace *place, const char *key);

/* Appends "PLACE: sentence" to profile->warnings, up to WL_PROFILE_MAX_EXTRA of them. */
void wl_profile_warn_at(WlProfile *profile, const WlProfilePlace *place, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

G_END_DECLS
