/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-watch.h"

#include "wl-rate-limit.h"
#include "wl-clock.h"

#define NO_SECRETS "org.freedesktop.NetworkManager.AgentManager.NoSecrets"

/* Asked for secrets and giving them, NetworkManager tells of a change, which is none: once for each
 * question. Without knowing that we would ask for ever. It comes this soon, or not at all. */
#define OWN_SIGNAL (G_USEC_PER_SEC / 2)

/* Somebody else who asks for secrets whenever he is told of a change would be told of ours, and we
 * of his, for ever. What the profile says may be read often, for nobody is told of that; its
 * secrets, as long as there is nothing new, only so often. */
#define SETTINGS_BURST    8
#define SETTINGS_INTERVAL (G_USEC_PER_SEC / 4)
#define SECRETS_BURST     4
#define SECRETS_INTERVAL  (15 * G_USEC_PER_SEC)

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
    gboolean secrets_due; /* they may have changed, and are read later */
    WlRateLimit settings_reads, secrets_reads;
    WlTimer *timer;  /* NULL: there is none to be had */
    gint64 deadline; /* G_MAXINT64: none */
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
ask_at(WlProfileWatch *self, gint64 deadline)
{
    self->deadline = MIN(self->deadline, deadline);
    if (self->timer)
        wl_timer_set(self->timer, self->deadline);
}

static void
finish(WlProfileWatch *self, const GError *error)
{
    g_autoptr(NMConnection) stored = g_steal_pointer(&self->stored);
    guint told = self->told;

    self->told = 0;
    self->asking = FALSE;
    self->read_at = wl_clock_now();
    if (self->func(error ? NULL : stored, error, self->user_data))
        self->secrets_reads = (WlRateLimit){0};
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

static gboolean
is_as_before(const WlProfileWatch *self, GVariant *settings)
{
    return settings && self->settings && g_variant_equal(settings, self->settings);
}

/* Whether secrets are to be asked for where nothing else has changed. */
static gboolean
may_read_secrets(WlProfileWatch *self)
{
    gint64 now = wl_clock_now();
    gboolean own = self->own_due && now < self->read_at + OWN_SIGNAL;

    self->own_due = FALSE;
    if (own && !self->secrets_due)
        return FALSE;
    self->secrets_due = TRUE;
    if (wl_rate_limit_take(&self->secrets_reads, now, SECRETS_INTERVAL, SECRETS_BURST))
        return TRUE;
    ask_at(self, wl_rate_limit_when(&self->secrets_reads, now, SECRETS_INTERVAL, SECRETS_BURST));
    return FALSE;
}

static void
on_settings(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) settings = reply ? g_variant_get_child_value(reply, 0) : NULL;
    WlProfileWatch *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (is_as_before(self, settings) && !may_read_secrets(self)) {
        self->asking = FALSE;
        if (self->again)
            ask(self);
        return;
    }
    self->secrets_due = FALSE;
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
    gint64 now = wl_clock_now();

    self->again = self->asking;
    if (self->asking)
        return;
    if (!wl_rate_limit_take(&self->settings_reads, now, SETTINGS_INTERVAL, SETTINGS_BURST)) {
        ask_at(self,
               wl_rate_limit_when(&self->settings_reads, now, SETTINGS_INTERVAL, SETTINGS_BURST));
        return;
    }
    self->asking = TRUE;
    call(self, "GetSettings", NULL, on_settings);
}

static gboolean
on_deadline(gpointer user_data)
{
    WlProfileWatch *self = user_data;

    self->deadline = G_MAXINT64;
    ask(self);
    return G_SOURCE_CONTINUE;
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
    g_autoptr(GError) error = NULL;

    self->deadline = G_MAXINT64;
    self->timer = wl_timer_new(on_deadline, self, &error);
    if (!self->timer)
        g_warning("changes of the profile may go unnoticed: %s", error->message);
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
    g_clear_pointer(&self->timer, wl_timer_free);
    g_free(self->path);
    g_free(self);
}
