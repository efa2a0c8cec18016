/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads the profile and its stored secrets after each Updated signal, at a limited rate. Times are
 * engine time. Secrets are cleared after the callback. */

#include "wl-profile-watch.h"

#include "wl-clock.h"
#include "wl-rate-limit.h"

#define NO_SECRETS "org.freedesktop.NetworkManager.AgentManager.NoSecrets"

/* Each GetSecrets call makes NetworkManager emit Updated without a change. Within this time after
 * the reply such a signal is attributed to our own call and does not cause another one. */
#define OWN_SIGNAL (G_USEC_PER_SEC / 2)

/* Two programs that call GetSecrets on each Updated would trigger each other forever. GetSettings
 * causes no signal and may be called often; GetSecrets is limited more strictly while the settings
 * are unchanged. */
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
    char *path; /* of the profile; NULL: not known yet */
    gboolean reading, again;
    GVariant *settings;   /* as last read; NULL: never read */
    NMConnection *stored; /* while its secrets are being read */
    guint n_updates;      /* Updated signals meanwhile */
    gboolean own_due;     /* one of them, or the next, is caused by our GetSecrets */
    gint64 last_read;     /* time of its reply; 0: never */
    gboolean secrets_due; /* secrets may have changed and are read later */
    WlRateLimit settings_reads, secrets_reads;
    WlTimer *timer;  /* NULL: not available */
    gint64 deadline; /* G_MAXINT64: none */
};

static void read_profile(WlProfileWatch *self);

static void
call(WlProfileWatch *self, const char *method, GVariant *arguments, GAsyncReadyCallback callback)
{
    g_dbus_connection_call(self->connection, NM_DBUS_SERVICE, self->path,
                           NM_DBUS_INTERFACE_SETTINGS_CONNECTION, method, arguments,
                           G_VARIANT_TYPE("(a{sa{sv}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->cancellable, callback, self);
}

static void
schedule_read(WlProfileWatch *self, gint64 deadline)
{
    self->deadline = MIN(self->deadline, deadline);
    if (self->timer)
        wl_timer_set(self->timer, self->deadline);
}

static void
finish(WlProfileWatch *self, const GError *error)
{
    g_autoptr(NMConnection) stored = g_steal_pointer(&self->stored);
    guint n_updates = self->n_updates;

    self->n_updates = 0;
    self->reading = FALSE;
    self->last_read = wl_clock_now();
    if (self->func(error ? NULL : stored, error, self->user_data))
        self->secrets_reads = (WlRateLimit){0};
    if (stored)
        nm_connection_clear_secrets(stored);
    if (self->again || n_updates > 0)
        read_profile(self);
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
    /* Of two signals one is another program's, which may have changed a secret only. */
    self->own_due = secrets && self->n_updates <= 1;
    /* Not an error: an agent may store all secrets. */
    if (error && has_no_secrets(error))
        g_clear_error(&error);
    if (error)
        g_prefix_error(&error, "failed to read the secrets: ");
    else if (secrets && g_variant_n_children(secrets) > 0)
        nm_connection_update_secrets(self->stored, NM_SETTING_VPN_SETTING_NAME, secrets, &error);
    finish(self, error);
}

static gboolean
is_as_before(const WlProfileWatch *self, GVariant *settings)
{
    return settings && self->settings && g_variant_equal(settings, self->settings);
}

/* Whether to read the secrets if nothing else has changed. */
static gboolean
may_read_secrets(WlProfileWatch *self)
{
    gint64 now = wl_clock_now();
    gboolean own = self->own_due && now < self->last_read + OWN_SIGNAL;

    self->own_due = FALSE;
    if (own && !self->secrets_due)
        return FALSE;
    self->secrets_due = TRUE;
    if (wl_rate_limit_take(&self->secrets_reads, now, SECRETS_INTERVAL, SECRETS_BURST))
        return TRUE;
    schedule_read(self,
                  wl_rate_limit_when(&self->secrets_reads, now, SECRETS_INTERVAL, SECRETS_BURST));
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
        self->reading = FALSE;
        if (self->again)
            read_profile(self);
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
    /* Returns the secrets that NetworkManager stores; agents are not asked. */
    call(self, "GetSecrets", g_variant_new("(s)", NM_SETTING_VPN_SETTING_NAME), on_secrets);
}

static void
read_profile(WlProfileWatch *self)
{
    gint64 now = wl_clock_now();

    self->again = self->reading;
    if (self->reading)
        return;
    if (!wl_rate_limit_take(&self->settings_reads, now, SETTINGS_INTERVAL, SETTINGS_BURST)) {
        schedule_read(self, wl_rate_limit_when(&self->settings_reads, now, SETTINGS_INTERVAL,
                                               SETTINGS_BURST));
        return;
    }
    self->reading = TRUE;
    call(self, "GetSettings", NULL, on_settings);
}

static gboolean
on_deadline(gpointer user_data)
{
    WlProfileWatch *self = user_data;

    self->deadline = G_MAXINT64;
    read_profile(self);
    return G_SOURCE_CONTINUE;
}

static void
on_updated(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
    WlProfileWatch *self = user_data;

    if (self->stored)
        self->n_updates++;
    else
        read_profile(self);
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
        g_info("changes of the profile are not detected: %s", error->message);
        return;
    }
    g_variant_get(reply, "(o)", &self->path);
    self->subscription = g_dbus_connection_signal_subscribe(
        self->connection, NM_DBUS_SERVICE, NM_DBUS_INTERFACE_SETTINGS_CONNECTION, "Updated",
        self->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_updated, self, NULL);
    read_profile(self);
}

WlProfileWatch *
wl_profile_watch_new(GDBusConnection *connection, const char *uuid, WlProfileWatchFunc func,
                     gpointer user_data)
{
    WlProfileWatch *self = g_new0(WlProfileWatch, 1);

    self->deadline = G_MAXINT64;
    self->timer = wl_timer_new(on_deadline, self);
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
