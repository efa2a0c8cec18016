/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-watch.h"

#define NO_SECRETS "org.freedesktop.NetworkManager.AgentManager.NoSecrets"

/* Asked for secrets and giving them, NetworkManager tells of a change, which is none: once for each
 * question. Without knowing that we would ask for ever. It comes this soon, or not at all. */
#define OWN_SIGNAL (G_USEC_PER_SEC / 2)

struct _WlProfileWatch {
    GDBusConnection *connection;
    WlProfileWatchFunc func;
    gpointer user_data;
    GCancellable *cancellable;
    guint subscription;
    char *path; /* of the profile; NULL: not found yet */
    gboolean asking, again;
    GVariant *settings;   /* as last read; NULL: never */
    NMConnection *stored; /* while its secrets are asked for */
    guint told;           /* signals meanwhile */
    gboolean own_due;     /* one of them, or the next, comes of the question */
    gint64 read_at;       /* when that was answered; 0: never */
};

static void ask(WlProfileWatch *self);

static void
call(WlProfileWatch *self, const char *method, GVariant *arguments, GAsyncReadyCallback callback)
{
    g_dbus_connection_call(self->connection, NM_DBUS_SERVICE, self->path,
                           NM_DBUS_INTERFACE_SETTINGS_CONNECTION, method, arguments,
                           G_VARIANT_TYPE("(a{sa{sv}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->cancellable, callback, self);
}

static void
finish(WlProfileWatch *self, const GError *error)
{
    g_autoptr(NMConnection) stored = g_steal_pointer(&self->stored);
    guint told = self->told;

    self->told = 0;
    self->asking = FALSE;
    self->read_at = g_get_monotonic_time();
    self->func(error ? NULL : stored, error, self->user_data);
    if (stored)
        nm_connection_clear_secrets(stored);
    if (self->again || told > 0)
        ask(self);
}

static gboolean
has_no_secrets(const GError *error)
{
    g_autofree char *name = g_dbus_error_get_remote_error(error);

    return g_strcmp0(name, NO_SECRETS) == 0;
}

static void
on_secrets(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) secrets = reply ? g_variant_get_child_value(reply, 0) : NULL;
    WlProfileWatch *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    /* With two one of them is somebody else's, who may have changed nothing but a secret. */
    self->own_due = secrets && self->told <= 1;
    /* None at all is no error: all of them may be the user's to keep. */
    if (error && has_no_secrets(error))
        g_clear_error(&error);
    if (error)
        g_prefix_error(&error, "its secrets cannot be read: ");
    else if (secrets && g_variant_n_children(secrets) > 0)
        nm_connection_update_secrets(self->stored, NM_SETTING_VPN_SETTING_NAME, secrets, &error);
    finish(self, error);
}

static void
on_settings(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) settings = reply ? g_variant_get_child_value(reply, 0) : NULL;
    WlProfileWatch *self = user_data;
    gboolean own;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    own = self->own_due && g_get_monotonic_time() < self->read_at + OWN_SIGNAL;
    self->own_due = FALSE;
    if (own && settings && g_variant_equal(settings, self->settings)) {
        self->asking = FALSE;
        if (self->again)
            ask(self);
        return;
    }
    g_clear_pointer(&self->settings, g_variant_unref);
    if (settings) {
        self->settings = g_variant_ref(settings);
        self->stored = nm_simple_connection_new_from_dbus(settings, &error);
    }
    if (!self->stored) {
        finish(self, error);
        return;
    }
    /* Of those that NetworkManager keeps root is told; nobody is asked for the others. */
    call(self, "GetSecrets", g_variant_new("(s)", NM_SETTING_VPN_SETTING_NAME), on_secrets);
}

static void
ask(WlProfileWatch *self)
{
    self->again = self->asking;
    if (self->asking)
        return;
    self->asking = TRUE;
    call(self, "GetSettings", NULL, on_settings);
}

static void
on_updated(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
    WlProfileWatch *self = user_data;

    if (self->stored)
        self->told++;
    else
        ask(self);
}

static void
on_path(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    WlProfileWatch *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!reply) {
        g_info("changes of the profile go unnoticed: %s", error->message);
        return;
    }
    g_variant_get(reply, "(o)", &self->path);
    self->subscription = g_dbus_connection_signal_subscribe(
        self->connection, NM_DBUS_SERVICE, NM_DBUS_INTERFACE_SETTINGS_CONNECTION, "Updated",
        self->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_updated, self, NULL);
    ask(self);
}

WlProfileWatch *
wl_profile_watch_new(GDBusConnection *connection, const char *uuid, WlProfileWatchFunc func,
                     gpointer user_data)
{
    WlProfileWatch *self = g_new0(WlProfileWatch, 1);

    self->connection = g_object_ref(connection);
    self->func = func;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    g_dbus_connection_call(connection, NM_DBUS_SERVICE, NM_DBUS_PATH_SETTINGS,
                           NM_DBUS_INTERFACE_SETTINGS, "GetConnectionByUuid",
                           g_variant_new("(s)", uuid), G_VARIANT_TYPE("(o)"),
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_path, self);
    return self;
}

void
wl_profile_watch_free(WlProfileWatch *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    if (self->subscription)
        g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_object_unref(self->connection);
    if (self->stored)
        nm_connection_clear_secrets(self->stored);
    g_clear_object(&self->stored);
    g_clear_pointer(&self->settings, g_variant_unref);
    g_free(self->path);
    g_free(self);
}
