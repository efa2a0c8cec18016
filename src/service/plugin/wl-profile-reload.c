/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-reload.h"

#include "wl-profile-diff.h"
#include "wl-profile-connection.h"
#include "wl-profile-watch.h"
#include "wl-session-reload.h"

#define MAX_NAMED 8 /* keys in one sentence */

struct _WlProfileReload {
    WlSession *session;
    void (*changed)(gpointer user_data);
    gpointer user_data;
    WlProfileWatch *watch;
    WlProfile *activated;
    NMConnection *applied; /* as last applied; what waits of it is not */
    char **waiting;
    char *error;
};

/* ---- naming keys */

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

static gboolean
has_prefix(gconstpointer prefix, gconstpointer name)
{
    return g_str_has_prefix(name, prefix);
}

static gboolean
waits(const WlProfileDiff *change, const char *name)
{
    return g_ptr_array_find_with_equal_func(change->waiting, name, g_str_equal, NULL) ||
           g_ptr_array_find_with_equal_func(change->left_out, name, has_prefix, NULL);
}

/* What @stored says otherwise than what was applied last, but for what waits. */
static GPtrArray *
changed_names(const WlProfileReload *self, NMConnection *stored, const WlProfileDiff *change)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    NMSettingVpn *before = nm_connection_get_setting_vpn(self->applied);
    NMSettingVpn *after = nm_connection_get_setting_vpn(stored);

    add_names(all, after, before, FALSE);
    add_names(all, before, after, TRUE);
    for (guint i = 0; i < all->len; i++) {
        if (!waits(change, all->pdata[i]))
            g_ptr_array_add(names, g_strdup(all->pdata[i]));
    }
    for (guint i = 0; i < change->keys->len; i++)
        g_ptr_array_add(names, g_strdup(change->keys->pdata[i]));
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* "chatty, peer-1-endpoint and 3 more" */
static char *
list_names(const char *const *names, guint n)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n && i < MAX_NAMED; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", names[i]);
    if (n > MAX_NAMED)
        g_string_append_printf(text, " and %u more", n - MAX_NAMED);
    return g_string_free(text, FALSE);
}

/* ---- telling, each thing once */

static gboolean
tell_error(WlProfileReload *self, const char *error)
{
    if (g_str_equal(self->error, error))
        return FALSE;
    g_free(self->error);
    self->error = g_strdup(error);
    if (*error)
        g_warning("the profile was changed and cannot be used as it is now; what runs stays as it "
                  "was: %s",
                  error);
    else
        g_message("the profile can be used again");
    return TRUE;
}

/* Of a key that cannot be had more is to be said than that it waits. */
static void
tell_missing_keys(const WlProfileReload *self, char **waiting)
{
    for (char **name = waiting; *name; name++) {
        if (g_str_has_suffix(*name, "-preshared-key") &&
            !g_strv_contains((const char *const *) self->waiting, *name))
            g_message("%s: NetworkManager does not keep this key; a peer that is new waits for it "
                      "until the profile is brought up again",
                      *name);
    }
}

static gboolean
tell_waiting(WlProfileReload *self, GPtrArray *names)
{
    g_auto(GStrv) waiting = NULL;
    g_autofree char *list = NULL;

    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    waiting = g_strdupv((char **) names->pdata);
    if (g_strv_equal((const char *const *) waiting, (const char *const *) self->waiting))
        return FALSE;
    list = list_names((const char *const *) waiting, g_strv_length(waiting));
    if (*waiting)
        g_message("the profile was changed (%s); that counts when it is brought up again", list);
    else
        g_message("nothing in the profile waits any more");
    tell_missing_keys(self, waiting);
    g_strfreev(self->waiting);
    self->waiting = g_steal_pointer(&waiting);
    return TRUE;
}

/* ---- applying */

static void
set_item(NMSettingVpn *setting, const char *name, const char *value)
{
    if (value)
        nm_setting_vpn_add_data_item(setting, name, value);
    else
        nm_setting_vpn_remove_data_item(setting, name);
}

/* @stored, but for what waits: of that what was applied before. */
static NMConnection *
without_waiting(const WlProfileReload *self, NMConnection *stored, const WlProfileDiff *change)
{
    NMConnection *applied = nm_simple_connection_new_clone(stored);
    NMSettingVpn *before = nm_connection_get_setting_vpn(self->applied);
    NMSettingVpn *now = nm_connection_get_setting_vpn(applied);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    nm_connection_clear_secrets(applied);
    add_names(names, now, before, FALSE);
    add_names(names, before, now, TRUE);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        if (waits(change, name))
            set_item(now, name, nm_setting_vpn_get_data_item(before, name));
    }
    return applied;
}

static gboolean
apply(WlProfileReload *self, NMConnection *stored, WlProfileDiff *change, GError **error)
{
    g_autofree const char **hide = wl_profile_strings_view(change->profile->hide_interfaces);
    g_autofree const char **announce =
        wl_profile_strings_view(change->profile->announce_interfaces);
    WlSessionSettings settings = {
        .forwarding = change->profile->forwarding,
        .hide_interfaces = hide,
        .announce_interfaces = announce,
    };
    NMConnection *applied;

    if (!wl_session_reload_profile(self->session, g_steal_pointer(&change->config), &settings,
                                   error))
        return FALSE;
    applied = without_waiting(self, stored, change);
    g_object_unref(self->applied);
    self->applied = applied;
    return TRUE;
}

static gboolean
take(WlProfileReload *self, NMConnection *stored)
{
    WlRunning running = {
        .profile = self->activated,
        .interface = wl_session_get_settings(self->session)->interface,
        .public_key = wl_engine_get_public_key(wl_session_get_engine(self->session)),
        .config = wl_session_get_config(self->session),
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileDiff) change = wl_profile_diff_new(&running, stored, &error);
    g_autoptr(GPtrArray) names = change ? changed_names(self, stored, change) : NULL;
    gboolean news;

    /* NetworkManager tells of every change, and most are none of ours. */
    if (change && names->len > 0 && !apply(self, stored, change, &error))
        g_clear_pointer(&change, wl_profile_diff_free);
    news = tell_error(self, change ? "" : error->message);
    if (change && names->len > 0) {
        g_autofree char *list = list_names((const char *const *) names->pdata, names->len);

        g_message("the profile was changed (%s), and runs so from now on", list);
        for (guint i = 0; i < change->profile->warnings->len; i++)
            g_warning("%s", (const char *) change->profile->warnings->pdata[i]);
        news = TRUE;
    }
    if (change)
        news |= tell_waiting(self, change->waiting);
    return news;
}

static gboolean
on_stored(NMConnection *stored, const GError *error, gpointer user_data)
{
    WlProfileReload *self = user_data;
    gboolean news = stored ? take(self, stored) : tell_error(self, error->message);

    if (news)
        self->changed(self->user_data);
    return news;
}

WlProfileReload *
wl_profile_reload_new(GDBusConnection *connection, WlSession *session, NMConnection *activated,
                      void (*changed)(gpointer user_data), gpointer user_data)
{
    WlProfileReload *self = g_new0(WlProfileReload, 1);

    self->session = session;
    self->changed = changed;
    self->user_data = user_data;
    self->applied = nm_simple_connection_new_clone(activated);
    nm_connection_clear_secrets(self->applied);
    self->activated = wl_profile_from_connection(self->applied, WL_PROFILE_CHECK_DEFAULT, NULL);
    self->waiting = g_new0(char *, 1);
    self->error = g_strdup("");
    self->watch =
        wl_profile_watch_new(connection, wl_session_get_settings(session)->uuid, on_stored, self);
    return self;
}

void
wl_profile_reload_free(WlProfileReload *self)
{
    if (!self)
        return;
    wl_profile_watch_free(self->watch);
    g_object_unref(self->applied);
    wl_profile_free(self->activated);
    g_strfreev(self->waiting);
    g_free(self->error);
    g_free(self);
}

const char *const *
wl_profile_reload_get_pending(const WlProfileReload *self)
{
    return (const char *const *) self->waiting;
}

const char *
wl_profile_reload_get_error(const WlProfileReload *self)
{
    return self->error;
}
