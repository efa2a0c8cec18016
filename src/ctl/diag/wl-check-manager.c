/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of NetworkManager, and how the doctor reads a property of NetworkManager.
 */
#include "wl-check-manager.h"

#include <stdio.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-host.h"

#define MAX_VALUE 80 /* columns */
#define MIN_MAJOR 1
#define MIN_MINOR 42

GVariant *
wl_manager_get_property(GDBusConnection *bus, const char *path, const char *interface,
                        const char *name, GError **error)
{
    g_autoptr(WlCall) call = wl_call_new(WL_MANAGER_NAME, path, WL_MANAGER_PROPERTIES, "Get",
                                         g_variant_new("(ss)", interface, name), "(v)");
    g_autoptr(GVariant) reply = wl_call_one(bus, call, error);
    GVariant *value = NULL;

    if (reply)
        g_variant_get(reply, "(v)", &value);
    return value;
}

void
wl_check_manager(WlDoctor *doctor, GDBusConnection *bus)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) value =
        wl_manager_get_property(bus, WL_MANAGER_PATH, WL_MANAGER_NAME, "Version", &error);
    g_autofree char *shown = NULL;
    unsigned int major = 0, minor = 0;

    if (!value && wl_host_has_daemon()) {
        wl_doctor_add(doctor, "networkmanager", WL_CHECK_OK, NULL,
                      "NetworkManager is not running; wirelinkd serves profiles without it");
        return;
    }
    if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
        wl_doctor_add(doctor, "networkmanager", WL_CHECK_FAIL,
                      "start it with systemctl enable --now NetworkManager",
                      "NetworkManager is not running or does not answer");
        return;
    }
    shown = wl_display_quote(g_variant_get_string(value, NULL), MAX_VALUE);
    if (sscanf(shown, "%u.%u", &major, &minor) != 2 || major < MIN_MAJOR ||
        (major == MIN_MAJOR && minor < MIN_MINOR))
        wl_doctor_add(doctor, "networkmanager", WL_CHECK_FAIL, "upgrade to 1.42 or newer",
                      "NetworkManager %s is too old", shown);
    else
        wl_doctor_add(doctor, "networkmanager", WL_CHECK_OK, NULL, "NetworkManager %s is running",
                      shown);
}
