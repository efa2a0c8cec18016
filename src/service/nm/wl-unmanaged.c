/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Sets the Managed property of the link's device to false. */

#include "wl-unmanaged.h"

#include <NetworkManager.h>

#define KNOWN "nmwl-" /* as in data/90-wirelink.conf */

struct _WlUnmanaged {
    GDBusConnection *connection;
    char *interface;
    GCancellable *cancellable;
    guint subscription;
};

gboolean
wl_unmanaged_is_known(const char *interface)
{
    return g_str_has_prefix(interface, KNOWN);
}

static gboolean
is_cancelled(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_set(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (!reply && !is_cancelled(error))
        g_warning("failed to make the link unmanaged in NetworkManager: %s", error->message);
}

static void
on_device(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    WlUnmanaged *self = user_data;
    const char *path;

    /* NetworkManager does not know the link yet; DeviceAdded follows. */
    if (!reply)
        return;
    g_variant_get(reply, "(&o)", &path);
    g_dbus_connection_call(
        self->connection, NM_DBUS_SERVICE, path, "org.freedesktop.DBus.Properties", "Set",
        g_variant_new("(ssv)", NM_DBUS_INTERFACE_DEVICE, "Managed", g_variant_new_boolean(FALSE)),
        NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_set, self);
}

static void
find_device(WlUnmanaged *self)
{
    g_dbus_connection_call(self->connection, NM_DBUS_SERVICE, NM_DBUS_PATH, NM_DBUS_INTERFACE,
                           "GetDeviceByIpIface", g_variant_new("(s)", self->interface),
                           G_VARIANT_TYPE("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->cancellable, on_device, self);
}

static void
on_device_added(GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
    find_device(user_data);
}

WlUnmanaged *
wl_unmanaged_new(GDBusConnection *connection, const char *interface)
{
    WlUnmanaged *self = g_new0(WlUnmanaged, 1);

    self->connection = g_object_ref(connection);
    self->interface = g_strdup(interface);
    self->cancellable = g_cancellable_new();
    self->subscription = g_dbus_connection_signal_subscribe(
        connection, NM_DBUS_SERVICE, NM_DBUS_INTERFACE, "DeviceAdded", NM_DBUS_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_device_added, self, NULL);
    find_device(self);
    return self;
}

void
wl_unmanaged_free(WlUnmanaged *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_object_unref(self->connection);
    g_free(self->interface);
    g_free(self);
}
