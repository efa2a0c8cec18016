/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of D-Bus calls, translated into errors of wirelinkctl that name the cause and the remedy.
 */
#include "wl-remote-error.h"

#include <string.h>

#include "wl-display.h"
#include "wl-exit.h"

#define MAX_REMOTE 300 /* columns of the message of a service */

gboolean
wl_remote_error_is_gone(const GError *remote)
{
    return g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
}

static gboolean
is_denied(const GError *remote)
{
    /* GLib has no code for the last of these. */
    static const char *const names[] = {
        "org.freedesktop.DBus.Error.AccessDenied",
        "org.freedesktop.DBus.Error.AuthFailed",
        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
        NULL,
    };
    g_autofree char *name = g_dbus_error_get_remote_error(remote);

    return name && g_strv_contains(names, name);
}

static gboolean
is_foreign(const GError *remote)
{
    return g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_SIGNATURE) ||
           /* From GIO, for a reply of another type. */
           g_error_matches(remote, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static gboolean
is_silent(const GError *remote)
{
    return g_error_matches(remote, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT);
}

GError *
wl_remote_error_new(const GError *remote, const char *subject)
{
    g_autoptr(GError) copy = g_error_copy(remote);
    g_autofree char *message = NULL;

    if (is_denied(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                           "%s denies access: root and the users of the profile may read "
                           "it, an administrator may change it; run the command with sudo",
                           subject);
    if (is_foreign(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_OTHER_VERSION,
                           "%s has another version than this wirelinkctl (" WL_VERSION
                           ") and cannot be read: reactivate the profile with wirelinkctl "
                           "down and up to start the installed service",
                           subject);
    if (is_silent(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_FAILURE,
                           "%s does not answer: see journalctl -u NetworkManager, then "
                           "reactivate the profile with wirelinkctl down and up",
                           subject);
    if (wl_remote_error_is_gone(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_NOTHING,
                           "%s has just stopped: activate the profile with wirelinkctl "
                           "up NAME",
                           subject);
    g_dbus_error_strip_remote_error(copy);
    message = wl_display_quote(copy->message, MAX_REMOTE);
    return g_error_new(WL_CTL_ERROR, WL_EXIT_FAILURE, "%s failed: %s", subject, message);
}
