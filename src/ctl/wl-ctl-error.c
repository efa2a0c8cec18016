/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-error.h"

#include "wl-ctl-output.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_REMOTE 300 /* columns of what a service says */

G_DEFINE_QUARK(wl - ctl - error - quark, wl_ctl_error)

static void
say(gboolean json, WlExit result, const char *message)
{
    JsonObject *object;

    if (!json) {
        wl_ctl_complain("%s", message);
        return;
    }
    object = json_object_new();
    json_object_set_string_member(object, "error", message);
    json_object_set_int_member(object, "exit_status", result);
    wl_ctl_print_json(object, TRUE);
}

WlExit
wl_ctl_fail(gboolean json, const GError *error)
{
    WlExit result = error->domain == WL_CTL_ERROR ? (WlExit) error->code : WL_EXIT_FAILURE;

    say(json, result, error->message);
    return result;
}

WlExit
wl_ctl_fail_usage(gboolean json, const char *command, const char *format, ...)
{
    g_autofree char *what = NULL;
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    message = g_strdup_printf("%s; see wirelinkctl %s --help", what, command);
    say(json, WL_EXIT_USAGE, message);
    return WL_EXIT_USAGE;
}

gboolean
wl_ctl_error_is_gone(const GError *remote)
{
    return g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           g_error_matches(remote, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
}

static gboolean
is_denied(const GError *remote)
{
    /* GLib has no code for the last one. */
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
           /* GIO's, for a reply of another type. */
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
wl_ctl_error_new_remote(const GError *remote, const char *who)
{
    g_autoptr(GError) copy = g_error_copy(remote);
    g_autofree char *said = NULL;

    if (is_denied(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                           "%s does not permit it: root and the users of the profile may read, and "
                           "an administrator may change; run this as root, as with sudo",
                           who);
    if (is_foreign(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_OTHER_VERSION,
                           "%s is of another version than this wirelinkctl (" WL_VERSION
                           ") and cannot be read: take the profile down and up again with nmcli, "
                           "which starts the service that is installed",
                           who);
    if (is_silent(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_FAILURE,
                           "%s does not answer: see journalctl -u NetworkManager, and take the "
                           "profile down and up again with nmcli",
                           who);
    if (wl_ctl_error_is_gone(remote))
        return g_error_new(WL_CTL_ERROR, WL_EXIT_NOTHING,
                           "%s has just ended: bring the profile up with nmcli connection up NAME",
                           who);
    g_dbus_error_strip_remote_error(copy);
    said = wl_ctl_quote(copy->message, MAX_REMOTE);
    return g_error_new(WL_CTL_ERROR, WL_EXIT_FAILURE, "%s fails: %s", who, said);
}
