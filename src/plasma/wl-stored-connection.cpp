/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-stored-connection.hpp"

#define BUS_NAME "org.freedesktop.NetworkManager"
#define SETTINGS_PATH "/org/freedesktop/NetworkManager/Settings"
#define TIMEOUT_MS 30000 /* a keyring may be opened for the secrets */

static GVariant *call(GDBusConnection *bus, const char *path, const char *interface, const char *method,
                      GVariant *arguments, const char *reply_type, GError **error)
{
    return g_dbus_connection_call_sync(bus, BUS_NAME, path, interface, method, arguments,
                                       G_VARIANT_TYPE(reply_type), G_DBUS_CALL_FLAGS_NONE,
                                       TIMEOUT_MS, nullptr, error);
}

NMConnection *wl_stored_connection(const QString &uuid, GError **error)
{
    const char *interface = BUS_NAME ".Settings.Connection";
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, nullptr, error);
    g_autoptr(GVariant) found = nullptr;
    g_autoptr(GVariant) reply = nullptr;
    g_autoptr(GVariant) secrets = nullptr;
    g_autoptr(GVariant) settings = nullptr;
    const char *path;

    if (!bus)
        return nullptr;
    found = call(bus, SETTINGS_PATH, BUS_NAME ".Settings", "GetConnectionByUuid",
                 g_variant_new("(s)", uuid.toUtf8().constData()), "(o)", error);
    if (!found)
        return nullptr;
    g_variant_get(found, "(&o)", &path);
    reply = call(bus, path, interface, "GetSettings", nullptr, "(a{sa{sv}})", error);
    if (!reply)
        return nullptr;
    settings = g_variant_get_child_value(reply, 0);
    NMConnection *connection = nm_simple_connection_new_from_dbus(settings, error);
    if (!connection)
        return nullptr;
    secrets = call(bus, path, interface, "GetSecrets", g_variant_new("(s)", NM_SETTING_VPN_SETTING_NAME),
                   "(a{sa{sv}})", nullptr);
    if (secrets) {
        g_autoptr(GVariant) values = g_variant_get_child_value(secrets, 0);

        nm_connection_update_secrets(connection, NM_SETTING_VPN_SETTING_NAME, values, nullptr);
    }
    return connection;
}
