/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-abandoned.h"

#include <NetworkManager.h>
#include <string.h>

#define NUMBERED   ".Connection_"
#define ACTIVATION "/org/freedesktop/NetworkManager/ActiveConnection/"

struct _WlAbandoned {
    GDBusConnection *connection;
    WlAbandonedFunc func; /* NULL: told */
    gpointer user_data;
    GCancellable *cancellable;
    guint subscription;
};

static void
tell(WlAbandoned *self)
{
    WlAbandonedFunc func = g_steal_pointer(&self->func);

    if (func)
        func(self->user_data);
}

static void
on_state_changed(GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *signal, GVariant *parameters,
                 gpointer user_data)
{
    guint32 state = NM_ACTIVE_CONNECTION_STATE_UNKNOWN;

    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(uu)")))
        return;
    g_variant_get(parameters, "(uu)", &state, NULL);
    if (state >= NM_ACTIVE_CONNECTION_STATE_DEACTIVATED)
        tell(user_data);
}

/* It may have been over before we listened. */
static void
on_state(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
        tell(user_data);
}

WlAbandoned *
wl_abandoned_new(GDBusConnection *connection, const char *bus_name, WlAbandonedFunc func,
                 gpointer user_data)
{
    const char *number = g_strrstr(bus_name, NUMBERED);
    g_autofree char *path =
        number ? g_strconcat(ACTIVATION, number + strlen(NUMBERED), NULL) : NULL;
    WlAbandoned *self;

    if (!path || !g_variant_is_object_path(path))
        return NULL;
    self = g_new0(WlAbandoned, 1);
    self->connection = g_object_ref(connection);
    self->func = func;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    self->subscription = g_dbus_connection_signal_subscribe(
        connection, NM_DBUS_SERVICE, NM_DBUS_INTERFACE_ACTIVE_CONNECTION, "StateChanged", path,
        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_state_changed, self, NULL);
    g_dbus_connection_call(
        connection, NM_DBUS_SERVICE, path, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new("(ss)", NM_DBUS_INTERFACE_ACTIVE_CONNECTION, "State"), G_VARIANT_TYPE("(v)"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_state, self);
    return self;
}

void
wl_abandoned_free(WlAbandoned *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_object_unref(self->connection);
    g_free(self);
}
