/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Applies changes of the stored profile to the session and keeps track of pending ones. */

#include "wl-profile-reload.h"
#include "wl-engine-config-from-profile.h"

#include "wl-profile-connection.h"
#include "wl-profile-diff.h"
#include "wl-profile-watch.h"
#include "wl-session-reload.h"

#define MAX_NAMED 8 /* keys in one sentence */

struct _WlProfileReload {
    WlSession *session;
    void (*changed)(gpointer user_data);
    void (*seen)(NMConnection *stored, gpointer user_data);
    gpointer user_data;
    WlProfileWatch *watch;
    WlProfile *activated;
    NMConnection *applied; /* as last applied, without pending changes */
    char **pending;
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
is_pending(const WlProfileDiff *diff, const char *name)
{
    return g_ptr_array_find_with_equal_func(diff->pending, name, g_str_equal, NULL) ||
           g_ptr_array_find_with_equal_func(diff->skipped_peers, name, has_prefix, NULL);
}

/* Keys of @stored that differ from the applied profile and are not pending. */
static GPtrArray *
changed_names(const WlProfileReload *self, NMConnection *stored, const WlProfileDiff *diff)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    NMSettingVpn *before = nm_connection_get_setting_vpn(self->applied);
    NMSettingVpn *after = nm_connection_get_setting_vpn(stored);

    add_names(all, after, before, FALSE);
    add_names(all, before, after, TRUE);
    for (guint i = 0; i < all->len; i++) {
        if (!is_pending(diff, all->pdata[i]))
            g_ptr_array_add(names, g_strdup(all->pdata[i]));
    }
    for (guint i = 0; i < diff->preshared_keys->len; i++)
        g_ptr_array_add(names, g_strdup(diff->preshared_keys->pdata[i]));
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

/* ---- logging each change once */

static gboolean
update_error(WlProfileReload *self, const char *error)
{
    if (g_str_equal(self->error, error))
        return FALSE;
    g_free(self->error);
    self->error = g_strdup(error);
    if (*error)
        g_warning("the changed profile is not valid; keeping the active configuration: %s", error);
    else
        g_message("the profile is valid again");
    return TRUE;
}

/* Explains keys that are pending because they are not available. */
static void
log_missing_keys(const WlProfileReload *self, char **pending)
{
    for (char **name = pending; *name; name++) {
        if (g_str_has_suffix(*name, "-preshared-key") &&
            !g_strv_contains((const char *const *) self->pending, *name))
            g_message("%s: NetworkManager does not store this key; a new peer is added at the next "
                      "activation",
                      *name);
    }
}

static gboolean
update_pending(WlProfileReload *self, GPtrArray *names)
{
    g_auto(GStrv) pending = NULL;
    g_autofree char *list = NULL;

    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    pending = g_strdupv((char **) names->pdata);
    if (g_strv_equal((const char *const *) pending, (const char *const *) self->pending))
        return FALSE;
    list = list_names((const char *const *) pending, g_strv_length(pending));
    if (*pending)
        g_message("profile changed (%s); takes effect at the next activation", list);
    else
        g_message("no change of the profile is pending");
    log_missing_keys(self, pending);
    g_strfreev(self->pending);
    self->pending = g_steal_pointer(&pending);
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

/* @stored with the previous values of pending keys. */
static NMConnection *
without_pending(const WlProfileReload *self, NMConnection *stored, const WlProfileDiff *diff)
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

        if (is_pending(diff, name))
            set_item(now, name, nm_setting_vpn_get_data_item(before, name));
    }
    return applied;
}

static gboolean
apply(WlProfileReload *self, NMConnection *stored, WlProfileDiff *diff, GError **error)
{
    g_autofree const char **hide = wl_profile_strings_view(diff->profile->hide_interfaces);
    g_autofree const char **announce = wl_profile_strings_view(diff->profile->announce_interfaces);
    g_autoptr(GArray) shared = wl_prefixes_from_profile(diff->profile->shared_networks);
    WlSessionSettings settings = {
        .full_tunnel = diff->profile->full_tunnel,
        .kill_switch = diff->profile->kill_switch,
        .forwarding = diff->profile->forwarding,
        .offer_exit = diff->profile->offer_exit,
        .shared_networks = shared,
        .hide_interfaces = hide,
        .announce_interfaces = announce,
    };
    NMConnection *applied;

    if (!wl_session_reload_profile(self->session, g_steal_pointer(&diff->config), &settings, error))
        return FALSE;
    applied = without_pending(self, stored, diff);
    g_object_unref(self->applied);
    self->applied = applied;
    return TRUE;
}

static WlProfileDiff *
compare(const WlActiveProfile *active, NMConnection *stored, GError **error)
{
    WlProfile *profile = wl_profile_from_connection(stored, WL_PROFILE_CHECK_DEFAULT, error);
    g_autofree char *link_name = profile ? wl_profile_get_link_name(profile, stored) : NULL;

    return profile ? wl_profile_diff_new(active, profile, link_name, error) : NULL;
}

static gboolean
apply_stored(WlProfileReload *self, NMConnection *stored)
{
    WlActiveProfile active = {
        .profile = self->activated,
        .interface = wl_session_get_settings(self->session)->interface,
        .public_key = wl_engine_get_public_key(wl_session_get_engine(self->session)),
        .config = wl_session_get_config(self->session),
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileDiff) diff = compare(&active, stored, &error);
    g_autoptr(GPtrArray) names = diff ? changed_names(self, stored, diff) : NULL;
    gboolean changed;

    /* NetworkManager reports all changes, most of which do not concern wirelink. */
    if (diff && names->len > 0 && !apply(self, stored, diff, &error))
        g_clear_pointer(&diff, wl_profile_diff_free);
    changed = update_error(self, diff ? "" : error->message);
    if (diff && names->len > 0) {
        g_autofree char *list = list_names((const char *const *) names->pdata, names->len);

        g_message("profile changed (%s); applied", list);
        for (guint i = 0; i < diff->profile->warnings->len; i++)
            g_warning("%s", (const char *) diff->profile->warnings->pdata[i]);
        changed = TRUE;
    }
    if (diff)
        changed |= update_pending(self, diff->pending);
    return changed;
}

static gboolean
on_stored(NMConnection *stored, const GError *error, gpointer user_data)
{
    WlProfileReload *self = user_data;
    gboolean changed = stored ? apply_stored(self, stored) : update_error(self, error->message);

    if (stored)
        self->seen(stored, self->user_data);
    if (changed)
        self->changed(self->user_data);
    return changed;
}

WlProfileReload *
wl_profile_reload_new(GDBusConnection *connection, WlSession *session, NMConnection *activated,
                      void (*changed)(gpointer user_data),
                      void (*seen)(NMConnection *stored, gpointer user_data), gpointer user_data)
{
    WlProfileReload *self = g_new0(WlProfileReload, 1);

    self->session = session;
    self->changed = changed;
    self->seen = seen;
    self->user_data = user_data;
    self->applied = nm_simple_connection_new_clone(activated);
    nm_connection_clear_secrets(self->applied);
    self->activated = wl_profile_from_connection(self->applied, WL_PROFILE_CHECK_DEFAULT, NULL);
    self->pending = g_new0(char *, 1);
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
    g_strfreev(self->pending);
    g_free(self->error);
    g_free(self);
}

const char *const *
wl_profile_reload_get_pending(const WlProfileReload *self)
{
    return (const char *const *) self->pending;
}

const char *
wl_profile_reload_get_error(const WlProfileReload *self)
{
    return self->error;
}
