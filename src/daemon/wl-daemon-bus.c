/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Connects to the system bus in the background. Not the shared connection of GIO: that one ends the
 * process with the bus. */

#include "wl-daemon-bus.h"

#include "wl-bus-name.h"

#define RETRY_S 10 /* between attempts to connect */

struct _WlDaemonBus {
    char *name;
    const WlDaemonBusEvents *events;
    gpointer user_data;
    GCancellable *cancellable;
    GDBusConnection *connection; /* NULL: not connected */
    gulong closed_id;
    guint retry_id;
    gboolean logged; /* that there is no bus */
};

char *
wl_daemon_bus_dup_name(const char *name)
{
    GString *text = g_string_new(WL_BUS_NAME_BASE ".Unit_");

    for (const char *p = name; *p; p++) {
        if (g_ascii_isalnum(*p) || *p == '-')
            g_string_append_c(text, *p);
        else
            g_string_append_printf(text, "_%02x", (guint) (guchar) *p);
    }
    return g_string_free(text, FALSE);
}

static void connect_again(WlDaemonBus *self);

static gboolean
on_retry(gpointer user_data)
{
    WlDaemonBus *self = user_data;

    self->retry_id = 0;
    connect_again(self);
    return G_SOURCE_REMOVE;
}

static void
retry(WlDaemonBus *self, const char *reason)
{
    if (!self->logged)
        g_message("no system bus (%s); wirelinkctl does not show this profile until there is one",
                  reason);
    self->logged = TRUE;
    self->retry_id = g_timeout_add_seconds(RETRY_S, on_retry, self);
}

static void
drop_connection(WlDaemonBus *self)
{
    g_clear_signal_handler(&self->closed_id, self->connection);
    g_clear_object(&self->connection);
}

static void
on_closed(GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
          gpointer user_data)
{
    WlDaemonBus *self = user_data;

    self->events->lost(self->user_data);
    drop_connection(self);
    retry(self, "it was stopped");
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection =
        g_dbus_connection_new_for_address_finish(result, &error);
    WlDaemonBus *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* freed */
    if (!connection || !wl_bus_name_own(connection, self->name, &error)) {
        retry(self, error->message);
        return;
    }
    self->logged = FALSE;
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    self->connection = g_steal_pointer(&connection);
    self->closed_id = g_signal_connect(self->connection, "closed", G_CALLBACK(on_closed), self);
    self->events->connected(self->connection, self->user_data);
}

static void
connect_again(WlDaemonBus *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, &error);

    if (address)
        g_dbus_connection_new_for_address(address,
                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                          NULL, self->cancellable, on_connected, self);
    else
        retry(self, error->message);
}

WlDaemonBus *
wl_daemon_bus_new(const char *name, const WlDaemonBusEvents *events, gpointer user_data)
{
    WlDaemonBus *self = g_new0(WlDaemonBus, 1);

    self->name = wl_daemon_bus_dup_name(name);
    self->events = events;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    connect_again(self);
    return self;
}

void
wl_daemon_bus_free(WlDaemonBus *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_clear_handle_id(&self->retry_id, g_source_remove);
    if (self->connection) {
        g_dbus_connection_flush_sync(self->connection, NULL, NULL);
        drop_connection(self);
    }
    g_free(self->name);
    g_free(self);
}
