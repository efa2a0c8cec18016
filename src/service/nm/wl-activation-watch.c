/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Watches the state of the active connection and the age of the NetworkManager process. */

#include "wl-activation-watch.h"

#include <NetworkManager.h>
#include <string.h>
#include <unistd.h>

#define NUMBERED   ".Connection_"
#define ACTIVATION "/org/freedesktop/NetworkManager/ActiveConnection/"

struct _WlActivationWatch {
    GDBusConnection *connection;
    WlActivationWatchFunc func; /* NULL: called already */
    gpointer user_data;
    GCancellable *cancellable;
    guint subscription; /* 0: the bus name contains no number */
};

static void
report(WlActivationWatch *self)
{
    WlActivationWatchFunc func = g_steal_pointer(&self->func);

    if (func)
        func(self->user_data);
}

static void
take_state(WlActivationWatch *self, guint32 state)
{
    if (state >= NM_ACTIVE_CONNECTION_STATE_DEACTIVATED)
        report(self);
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
    take_state(user_data, state);
}

/* The activation may have ended before the subscription. Its object remains for a moment. */
static void
on_state(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) state = NULL;

    if (reply) {
        g_variant_get(reply, "(v)", &state);
        if (g_variant_is_of_type(state, G_VARIANT_TYPE_UINT32))
            take_state(user_data, g_variant_get_uint32(state));
    } else if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)) {
        report(user_data);
    }
}

/* Start time of a process in ticks since boot; 0: unknown. This is field 22 in proc(5), counted
 * after the name, which may contain blanks and parentheses. */
static guint64
start_of(pid_t pid)
{
    enum { AFTER_NAME = 20 };
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) pid);
    g_autofree char *text = NULL;
    g_auto(GStrv) fields = NULL;
    const char *name_end;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    name_end = strrchr(text, ')');
    fields = g_strsplit(name_end ? name_end + 1 : "", " ", AFTER_NAME + 2);
    return g_strv_length(fields) > AFTER_NAME ? g_ascii_strtoull(fields[AFTER_NAME], NULL, 10) : 0;
}

/* A NetworkManager younger than this process is not the one that started it. The parent process
 * does not tell, because NetworkManager starts services through an intermediate process. */
static void
on_manager_pid(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    guint32 pid = 0;

    if (!reply)
        return;
    g_variant_get(reply, "(u)", &pid);
    if (start_of((pid_t) pid) > start_of(getpid()))
        report(user_data);
}

static void
query(WlActivationWatch *self, const char *name, const char *path, const char *interface,
      const char *method, GVariant *parameters, const char *type, GAsyncReadyCallback callback)
{
    g_dbus_connection_call(self->connection, name, path, interface, method, parameters,
                           G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->cancellable, callback, self);
}

WlActivationWatch *
wl_activation_watch_new(GDBusConnection *connection, const char *bus_name,
                        WlActivationWatchFunc func, gpointer user_data)
{
    const char *number = g_strrstr(bus_name, NUMBERED);
    g_autofree char *path =
        number ? g_strconcat(ACTIVATION, number + strlen(NUMBERED), NULL) : NULL;
    WlActivationWatch *self = g_new0(WlActivationWatch, 1);

    self->connection = g_object_ref(connection);
    self->func = func;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    query(self, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
          "GetConnectionUnixProcessID", g_variant_new("(s)", NM_DBUS_SERVICE), "(u)",
          on_manager_pid);
    if (!path || !g_variant_is_object_path(path))
        return self;
    self->subscription = g_dbus_connection_signal_subscribe(
        connection, NM_DBUS_SERVICE, NM_DBUS_INTERFACE_ACTIVE_CONNECTION, "StateChanged", path,
        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_state_changed, self, NULL);
    query(self, NM_DBUS_SERVICE, path, "org.freedesktop.DBus.Properties", "Get",
          g_variant_new("(ss)", NM_DBUS_INTERFACE_ACTIVE_CONNECTION, "State"), "(v)", on_state);
    return self;
}

void
wl_activation_watch_free(WlActivationWatch *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    if (self->subscription)
        g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_object_unref(self->connection);
    g_free(self);
}
