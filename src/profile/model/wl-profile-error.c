/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-error.h"

#include <glib/gi18n-lib.h>

static char *
describe_place(const WlProfilePlace *place)
{
    if (place->line)
        return g_strdup_printf("%s:%u", place->name, place->line);
    if (place->path)
        return g_strdup_printf("%s: %s", place->name, place->path);
    return g_strdup(place->name);
}

gboolean
wl_profile_fail(GError **error, WlProfileError code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(WL_PROFILE_ERROR, (int) code, format, args));
    va_end(args);
    return FALSE;
}

gboolean
wl_profile_fail_at(GError **error, WlProfileError code, const WlProfilePlace *place,
                   const char *format, ...)
{
    g_autofree char *described = describe_place(place);
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(WL_PROFILE_ERROR, (int) code, format, args));
    va_end(args);
    g_prefix_error(error, "%s: ", described);
    return FALSE;
}

gboolean
wl_profile_fail_value(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(
        error, g_error_new_valist(WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE, _(format), args));
    va_end(args);
    return FALSE;
}

void
wl_profile_prefix_at(GError **error, const WlProfilePlace *place, const char *key)
{
    g_autofree char *described = describe_place(place);

    g_prefix_error(error, "%s: %s: ", described, key);
}

void
wl_profile_warn_at(WlProfile *profile, const WlProfilePlace *place, const char *format, ...)
{
    g_autofree char *described = describe_place(place);
    g_autofree char *sentence = NULL;
    va_list args;

    if (profile->warnings->len >= WL_PROFILE_MAX_EXTRA)
        return;
    va_start(args, format);
    sentence = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(profile->warnings, g_strdup_printf("%s: %s", described, sentence));
}
