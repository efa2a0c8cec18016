/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit statuses of wirelinkctl, its error domain, and how a command fails: the message goes to
 * standard error, or with --json to standard output as an object.
 */
#include "wl-exit.h"

#include "wl-print.h"

G_DEFINE_QUARK(wl - ctl - error - quark, wl_ctl_error)

static void
print(gboolean json, WlExit result, const char *message)
{
    JsonObject *object;

    if (!json) {
        wl_print_error("%s", message);
        return;
    }
    object = json_object_new();
    json_object_set_string_member(object, "error", message);
    json_object_set_int_member(object, "exit_status", result);
    wl_print_json(object, TRUE);
}

WlExit
wl_exit_error(gboolean json, const GError *error)
{
    WlExit result = error->domain == WL_CTL_ERROR ? (WlExit) error->code : WL_EXIT_FAILURE;

    print(json, result, error->message);
    return result;
}

WlExit
wl_exit_usage(gboolean json, const char *command, const char *format, ...)
{
    g_autofree char *what = NULL;
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    message = g_strdup_printf("%s: %s; see wirelinkctl %s --help", command, what, command);
    print(json, WL_EXIT_USAGE, message);
    return WL_EXIT_USAGE;
}
