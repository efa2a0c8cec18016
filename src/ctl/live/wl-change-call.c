/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus calls that change something in a service and that polkit authorizes. Calls and errors
 * belong to the caller; errors are of WL_CTL_ERROR.
 */
#include "wl-change-call.h"

#include <unistd.h>

#include "wl-remote-error.h"

WlCall *
wl_change_call_new(const WlActiveProfile *profile, const char *method, GVariant *parameters)
{
    WlCall *call = wl_call_new(profile->service, WL_BUS_LINK_PATH, WL_BUS_LINK_INTERFACE, method,
                               parameters, "()");

    if (isatty(STDIN_FILENO))
        call->flags |= G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
    return call;
}

GError *
wl_change_call_get_error(const WlActiveProfile *profile, const WlCall *call)
{
    g_autofree char *label = wl_active_profile_label(profile);
    g_autofree char *subject = g_strdup_printf("the service of \"%s\"", label);

    return call->error ? wl_remote_error_new(call->error, subject) : NULL;
}
