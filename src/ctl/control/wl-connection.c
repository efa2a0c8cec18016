/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of NetworkManager: activates and deactivates profiles. Errors are of WL_CTL_ERROR.
 */
#include "wl-connection.h"

#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-check-manager.h"
#include "wl-display.h"
#include "wl-property.h"
#include "wl-remote-error.h"

#define ACTIVE WL_MANAGER_NAME ".Connection.Active"

#define POLL_MS         100
#define LIMIT_MS        (120 * 1000) /* NetworkManager itself gives up after 60 s */
#define MAX_CONNECTIONS 256
#define MAX_NAME        80 /* columns */

enum { STATE_ACTIVATED = 2, STATE_DEACTIVATED = 4 }; /* NMActiveConnectionState */

/* ---- active connections -------------------------------------------------------------------- */

/* The properties a{sv} of an active connection; NULL if it is gone. */
static GVariant *
read_active(GDBusConnection *bus, const char *path)
{
    g_autoptr(WlCall) call = wl_call_new(WL_MANAGER_NAME, path, WL_MANAGER_PROPERTIES, "GetAll",
                                         g_variant_new("(s)", ACTIVE), "(a{sv})");
    g_autoptr(GVariant) reply = wl_call_one(bus, call, NULL);

    return reply ? g_variant_get_child_value(reply, 0) : NULL;
}

/* The paths of the active connections, to be freed; empty if there are none. */
static GStrv
list_active(GDBusConnection *bus)
{
    g_autoptr(GVariant) value =
        wl_manager_get_property(bus, WL_MANAGER_PATH, WL_MANAGER_NAME, "ActiveConnections", NULL);

    if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE_OBJECT_PATH_ARRAY))
        return g_new0(char *, 1);
    return g_variant_dup_objv(value, NULL);
}

/* Its path, to be freed; NULL if it is not active. */
static char *
find_active(GDBusConnection *bus, const char *uuid)
{
    g_auto(GStrv) paths = list_active(bus);

    for (guint i = 0; paths[i] && i < MAX_CONNECTIONS; i++) {
        g_autoptr(GVariant) properties = read_active(bus, paths[i]);

        if (properties && strcmp(wl_property_string(properties, "Uuid"), uuid) == 0 &&
            wl_property_uint(properties, "State") <= STATE_ACTIVATED)
            return g_strdup(paths[i]);
    }
    return NULL;
}

/* ---- the base of a VPN ---------------------------------------------------------------------- */

typedef struct {
    char *device, *connection; /* object paths; "/": NetworkManager chooses */
} Base;

static void
base_clear(Base *base)
{
    g_free(base->device);
    g_free(base->connection);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Base, base_clear)

static gboolean
has_primary(GDBusConnection *bus)
{
    g_autoptr(GVariant) value =
        wl_manager_get_property(bus, WL_MANAGER_PATH, WL_MANAGER_NAME, "PrimaryConnection", NULL);

    return value && g_variant_is_of_type(value, G_VARIANT_TYPE_OBJECT_PATH) &&
           strcmp(g_variant_get_string(value, NULL), "/") != 0;
}

/* How well an active connection serves as the base; 0: not at all. The loopback connection stays
 * when an uplink goes. */
static guint
rate(GVariant *properties)
{
    if (wl_property_uint(properties, "State") != STATE_ACTIVATED ||
        wl_property_boolean(properties, "Vpn"))
        return 0;
    return strcmp(wl_property_string(properties, "Type"), "loopback") == 0 ? 2 : 1;
}

static void
take_base(Base *base, const char *path, GVariant *properties)
{
    g_autoptr(GVariant) devices = wl_property_value(properties, "Devices", "ao");
    const char *device = "/";

    if (devices && g_variant_n_children(devices) > 0)
        g_variant_get_child(devices, 0, "&o", &device);
    base_clear(base);
    base->device = g_strdup(device);
    base->connection = g_strdup(path);
}

static gboolean
find_base(GDBusConnection *bus, Base *base, GError **error)
{
    g_auto(GStrv) paths = list_active(bus);
    guint best = 0;

    *base = (Base){g_strdup("/"), g_strdup("/")};
    if (has_primary(bus))
        return TRUE;
    for (guint i = 0; paths[i] && i < MAX_CONNECTIONS; i++) {
        g_autoptr(GVariant) properties = read_active(bus, paths[i]);
        guint rating = properties ? rate(properties) : 0;

        if (rating > best)
            take_base(base, paths[i], properties);
        best = MAX(best, rating);
    }
    if (best > 0)
        return TRUE;
    g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                        "NetworkManager has no active connection that could be the base of the "
                        "profile, not even loopback: run nmcli device set lo managed yes, or serve "
                        "the profile with wirelinkd");
    return FALSE;
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Waits until the active connection reaches @state; FALSE if it ends in another way. */
static gboolean
wait_for_state(GDBusConnection *bus, const char *path, guint64 state)
{
    for (guint waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
        g_autoptr(GVariant) properties = read_active(bus, path);
        guint64 now = properties ? wl_property_uint(properties, "State") : STATE_DEACTIVATED;

        if (now == state || now == STATE_DEACTIVATED)
            return now == state;
        wl_bus_wait(POLL_MS);
    }
    return FALSE;
}

static GVariant *
call_manager(GDBusConnection *bus, const char *method, GVariant *parameters, const char *type,
             GError **error)
{
    g_autoptr(WlCall) call =
        wl_call_new(WL_MANAGER_NAME, WL_MANAGER_PATH, WL_MANAGER_NAME, method, parameters, type);
    g_autoptr(GError) failure = NULL;
    GVariant *reply;

    if (isatty(STDIN_FILENO))
        call->flags |= G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
    reply = wl_call_one(bus, call, &failure);
    if (failure)
        g_propagate_error(error, wl_remote_error_new(failure, "NetworkManager"));
    return reply;
}

gboolean
wl_connection_activate(GDBusConnection *bus, const WlStoredProfile *profile, GError **error)
{
    g_autofree char *shown = wl_display_quote(profile->id, MAX_NAME);
    g_autoptr(GVariant) reply = NULL;
    g_auto(Base) base = {0};
    g_autofree char *before = find_active(bus, profile->uuid);
    const char *path;

    if (before && wait_for_state(bus, before, STATE_ACTIVATED))
        return TRUE; /* it was active, or another program had just activated it */
    if (!find_base(bus, &base, error))
        return FALSE;
    reply = call_manager(bus, "ActivateConnection",
                         g_variant_new("(ooo)", profile->path, base.device, base.connection), "(o)",
                         error);
    if (!reply)
        return FALSE;
    g_variant_get(reply, "(&o)", &path);
    if (wait_for_state(bus, path, STATE_ACTIVATED))
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                "NetworkManager did not activate \"%s\": see journalctl -u NetworkManager; if keys "
                "are not stored, use nmcli --ask connection up",
                shown);
    return FALSE;
}

gboolean
wl_connection_deactivate(GDBusConnection *bus, const WlStoredProfile *profile, GError **error)
{
    g_autofree char *path = find_active(bus, profile->uuid);
    g_autofree char *shown = wl_display_quote(profile->id, MAX_NAME);
    g_autoptr(GVariant) reply = NULL;

    if (!path) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING, "\"%s\" is not active", shown);
        return FALSE;
    }
    reply = call_manager(bus, "DeactivateConnection", g_variant_new("(o)", path), "()", error);
    if (!reply)
        return FALSE;
    if (wait_for_state(bus, path, STATE_DEACTIVATED))
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                "NetworkManager did not deactivate \"%s\": see journalctl -u NetworkManager",
                shown);
    return FALSE;
}
