/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-watch.h"

#include "wl-profile.h"

#define MAX_NAMED 8 /* keys in one sentence */

struct _WlProfileWatch {
    GDBusConnection *connection;
    GCancellable *cancellable;
    guint subscription;
    char *path; /* of the profile; NULL: not found yet */
    gboolean asking, again;
    NMConnection *running; /* as it was when it was first read; NULL: not read yet */
    char *said;
};

/* ---- comparing ----------------------------------------------------------------------------- */

static void
add_names(GPtrArray *names, NMSettingVpn *of, NMSettingVpn *other, gboolean only_missing)
{
    guint n_keys;
    g_autofree const char **keys = nm_setting_vpn_get_data_keys(of, &n_keys);

    for (guint i = 0; i < n_keys; i++) {
        const char *there = nm_setting_vpn_get_data_item(other, keys[i]);

        if (only_missing ? !there
                         : g_strcmp0(nm_setting_vpn_get_data_item(of, keys[i]), there) != 0)
            g_ptr_array_add(names, g_strdup(keys[i]));
    }
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *) a, *(const char *const *) b);
}

/* "mtu, peer-1-endpoint and 3 more" */
static char *
list_names(GPtrArray *names)
{
    GString *text = g_string_new(NULL);

    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len && i < MAX_NAMED; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *) names->pdata[i]);
    if (names->len > MAX_NAMED)
        g_string_append_printf(text, " and %u more", names->len - MAX_NAMED);
    return g_string_free(text, FALSE);
}

char *
wl_profile_watch_compare(NMConnection *running, NMConnection *changed, gboolean *usable)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    NMSettingVpn *before = nm_connection_get_setting_vpn(running);
    NMSettingVpn *after = nm_connection_get_setting_vpn(changed);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(changed, WL_PROFILE_CHECK_DEFAULT, &error);
    g_autofree char *list = NULL;

    *usable = profile != NULL;
    if (!profile)
        return g_strdup_printf("the profile was changed and cannot be used as it is now; what runs "
                               "stays as it was: %s",
                               error->message);
    if (!before)
        return NULL;
    add_names(names, after, before, FALSE);
    add_names(names, before, after, TRUE);
    if (!names->len)
        return NULL;
    list = list_names(names);
    return g_strdup_printf("the profile was changed (%s); what runs stays as it was until it is "
                           "brought up again",
                           list);
}

/* ---- following ----------------------------------------------------------------------------- */

static void
take(WlProfileWatch *self, NMConnection *profile)
{
    g_autofree char *sentence = NULL;
    gboolean usable;

    if (!self->running) {
        self->running = g_object_ref(profile);
        return;
    }
    sentence = wl_profile_watch_compare(self->running, profile, &usable);
    /* NetworkManager tells of every change, and most are none of ours. */
    if (g_strcmp0(sentence, self->said) == 0)
        return;
    if (!sentence)
        g_message("the profile is again what runs");
    else if (usable)
        g_message("%s", sentence);
    else
        g_warning("%s", sentence);
    g_free(self->said);
    self->said = g_steal_pointer(&sentence);
}

static void ask(WlProfileWatch *self);

static void
on_settings(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) settings = reply ? g_variant_get_child_value(reply, 0) : NULL;
    g_autoptr(NMConnection) profile = NULL;
    WlProfileWatch *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    self->asking = FALSE;
    if (settings)
        profile = nm_simple_connection_new_from_dbus(settings, &error);
    if (profile)
        take(self, profile);
    else
        g_info("reading the profile again: %s", error->message);
    if (self->again)
        ask(self);
}

static void
ask(WlProfileWatch *self)
{
    self->again = self->asking;
    if (self->asking)
        return;
    self->asking = TRUE;
    g_dbus_connection_call(self->connection, NM_DBUS_SERVICE, self->path,
                           NM_DBUS_INTERFACE_SETTINGS_CONNECTION, "GetSettings", NULL,
                           G_VARIANT_TYPE("(a{sa{sv}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->cancellable, on_settings, self);
}

static void
on_updated(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
    ask(user_data);
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
wl_profile_watch_new(GDBusConnection *connection, const char *uuid)
{
    WlProfileWatch *self = g_new0(WlProfileWatch, 1);

    self->connection = g_object_ref(connection);
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
    g_clear_object(&self->running);
    g_free(self->path);
    g_free(self->said);
    g_free(self);
}
