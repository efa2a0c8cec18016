/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of systemd's D-Bus interface (org.freedesktop.systemd1(5)): starts and stops the units
 * of profiles. Errors are of WL_CTL_ERROR.
 */
#include "wl-unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-host.h"
#include "wl-property.h"
#include "wl-remote-error.h"

#define SYSTEMD      "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER      "org.freedesktop.systemd1.Manager"
#define UNIT         "org.freedesktop.systemd1.Unit"

#define POLL_MS  100
#define LIMIT_MS (100 * 1000) /* systemd itself gives up after 90 s */
#define MAX_NAME 80           /* columns */

WlUnitFile
wl_unit_find_file(const char *name)
{
    g_autofree char *file = g_strconcat(WL_CONFIG_DIR "/", name, ".wirelink", NULL);
    g_autofree char *path = wl_host_path(file);

    /* A name with a slash is none. */
    if (strchr(name, '/'))
        return WL_UNIT_FILE_MISSING;
    if (access(path, F_OK) == 0)
        return WL_UNIT_FILE_EXISTS;
    return errno == EACCES ? WL_UNIT_FILE_HIDDEN : WL_UNIT_FILE_MISSING;
}

static char *
unit_name(const char *name)
{
    return g_strdup_printf("wirelinkd@%s.service", name);
}

static GVariant *
call_manager(GDBusConnection *bus, const char *method, GVariant *parameters, GError **error)
{
    g_autoptr(WlCall) call = wl_call_new(SYSTEMD, MANAGER_PATH, MANAGER, method, parameters, "(o)");

    if (isatty(STDIN_FILENO))
        call->flags |= G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
    return wl_call_one(bus, call, error);
}

/* The properties a{sv} of the unit; NULL with *error of GIO. */
static GVariant *
read_unit(GDBusConnection *bus, const char *path, GError **error)
{
    g_autoptr(WlCall) call = wl_call_new(SYSTEMD, path, "org.freedesktop.DBus.Properties", "GetAll",
                                         g_variant_new("(s)", UNIT), "(a{sv})");
    g_autoptr(GVariant) reply = wl_call_one(bus, call, error);

    return reply ? g_variant_get_child_value(reply, 0) : NULL;
}

static gboolean
has_job(GVariant *unit)
{
    g_autoptr(GVariant) job = wl_property_value(unit, "Job", "(uo)");
    guint32 id = 0;

    if (job)
        g_variant_get(job, "(u&o)", &id, NULL);
    return id != 0;
}

/* Waits until the unit has no job any more, and returns its state ("active", "failed", ...), to be
 * freed; NULL with *error of GIO. */
static char *
wait_for_state(GDBusConnection *bus, const char *unit, GError **error)
{
    g_autoptr(GVariant) reply = call_manager(bus, "LoadUnit", g_variant_new("(s)", unit), error);
    const char *path;

    if (!reply)
        return NULL;
    g_variant_get(reply, "(&o)", &path);
    for (guint waited = 0;; waited += POLL_MS) {
        g_autoptr(GVariant) properties = read_unit(bus, path, error);

        if (!properties)
            return NULL;
        if (!has_job(properties) || waited >= LIMIT_MS)
            return g_strdup(wl_property_string(properties, "ActiveState"));
        wl_bus_wait(POLL_MS);
    }
}

/* @method: of the manager. NULL with *error of WL_CTL_ERROR. */
static char *
run_job(GDBusConnection *bus, const char *method, const char *unit, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GVariant) job =
        call_manager(bus, method, g_variant_new("(ss)", unit, "replace"), &failure);
    char *state = job ? wait_for_state(bus, unit, &failure) : NULL;

    if (failure && wl_remote_error_is_gone(failure))
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                            "systemd is not running; start \"wirelinkd NAME\" in another way");
    else if (failure)
        g_propagate_error(error, wl_remote_error_new(failure, "systemd"));
    return state;
}

gboolean
wl_unit_start(GDBusConnection *bus, const char *name, GError **error)
{
    g_autofree char *unit = unit_name(name);
    g_autofree char *state = run_job(bus, "StartUnit", unit, error);
    g_autofree char *shown = wl_display_quote(name, MAX_NAME);

    if (!state || strcmp(state, "active") == 0)
        return state != NULL;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                "wirelinkd did not bring up \"%s\": see journalctl -u wirelinkd@%s", shown, shown);
    return FALSE;
}

gboolean
wl_unit_stop(GDBusConnection *bus, const char *name, GError **error)
{
    g_autofree char *unit = unit_name(name);
    g_autofree char *state = run_job(bus, "StopUnit", unit, error);
    g_autofree char *shown = wl_display_quote(name, MAX_NAME);

    if (!state || strcmp(state, "active") != 0)
        return state != NULL;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                "wirelinkd@%s did not stop: see journalctl -u wirelinkd@%s", shown, shown);
    return FALSE;
}
