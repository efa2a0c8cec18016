/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Requests bus names. Synchronous: only the bus itself is called. */

#include "wl-bus-name.h"

#include <string.h>

#define DO_NOT_QUEUE 4u /* D-Bus specification, RequestName */

static GVariant *
call_bus(GDBusConnection *connection, const char *method, GVariant *parameters, const char *type,
         GError **error)
{
    return g_dbus_connection_call_sync(
        connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
        parameters, G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
}

static gboolean
request(GDBusConnection *connection, const char *name, guint32 flags, GError **error)
{
    g_autoptr(GVariant) reply =
        call_bus(connection, "RequestName", g_variant_new("(su)", name, flags), "(u)", error);

    return reply != NULL;
}

gboolean
wl_bus_name_check(GDBusConnection *connection, const char *name, GError **error)
{
    g_autoptr(GVariant) reply =
        call_bus(connection, "GetNameOwner", g_variant_new("(s)", name), "(s)", error);
    const char *owner;

    if (!reply)
        return FALSE;
    g_variant_get(reply, "(&s)", &owner);
    if (strcmp(owner, g_dbus_connection_get_unique_name(connection)) == 0)
        return TRUE;
    g_set_error(
        error, G_IO_ERROR, G_IO_ERROR_EXISTS,
        "the bus name %s is owned by another process (%s); stop that process or use another "
        "name with --bus-name",
        name, owner);
    return FALSE;
}

gboolean
wl_bus_name_queue(GDBusConnection *connection, GError **error)
{
    return request(connection, WL_BUS_NAME_BASE, 0, error);
}

gboolean
wl_bus_name_own(GDBusConnection *connection, const char *name, GError **error)
{
    return request(connection, name, DO_NOT_QUEUE, error) &&
           wl_bus_name_check(connection, name, error) && wl_bus_name_queue(connection, error);
}
