/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Compares the file with what is active and applies the difference to the session. */

#include "wl-file-reload.h"

#include "wl-engine-config-from-profile.h"
#include "wl-profile-compare.h"
#include "wl-profile-diff.h"
#include "wl-profile-keys.h"
#include "wl-profile-source.h"
#include "wl-profile-text.h"
#include "wl-session-reload.h"

#define MAX_NAMED 8 /* changes in one sentence */

struct _WlFileReload {
    WlSession *session;
    char *path;
    /* Both without secrets. */
    WlProfileFile *activated;
    WlProfileFile *loaded; /* as last read; NULL: as activated */
    char **pending;
    char *error;
};

/* ---- texts --------------------------------------------------------------------------------- */

/* "chatty, endpoint of hub and 3 more" */
static char *
list_names(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < names->len && i < MAX_NAMED; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *) names->pdata[i]);
    if (names->len > MAX_NAMED)
        g_string_append_printf(text, " and %u more", names->len - MAX_NAMED);
    return g_string_free(text, FALSE);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *) a, *(const char *const *) b);
}

static void
wipe(WlProfile *profile)
{
    g_clear_pointer(&profile->private_key, wl_profile_wipe_free);
    for (guint i = 0; i < profile->peers->len; i++) {
        WlProfilePeer *peer = profile->peers->pdata[i];

        g_clear_pointer(&peer->preshared_key, wl_profile_wipe_free);
    }
}

static gboolean
same_strings(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;

    for (guint i = 0; same && i < a->len; i++)
        same = g_str_equal(a->pdata[i], b->pdata[i]);
    return same;
}

static const WlProfileFile *
last(const WlFileReload *self)
{
    return self->loaded ? self->loaded : self->activated;
}

/* Also of a key that has its activated value again. */
static gboolean
needs_restart(const char *name)
{
    const WlProfileKey *key = wl_profile_keys_find(WL_KEY_OF_PROFILE, name);

    return key && key->needs_reactivation;
}

/* What differs from the file as last read and takes effect at once. */
static GPtrArray *
list_applied(const WlFileReload *self, const WlProfileFile *file, const WlProfileDiff *diff)
{
    g_autoptr(GPtrArray) all = wl_profile_list_changes(last(self)->profile, diff->profile);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < all->len; i++) {
        if (!needs_restart(all->pdata[i]))
            g_ptr_array_add(names, g_strdup(all->pdata[i]));
    }
    for (guint i = 0; i < diff->preshared_keys->len; i++)
        g_ptr_array_add(names, g_strdup(diff->preshared_keys->pdata[i]));
    if (!same_strings(last(self)->dns, file->dns))
        g_ptr_array_add(names, g_strdup("DNS"));
    if (last(self)->table != file->table)
        g_ptr_array_add(names, g_strdup("Table"));
    return names;
}

/* ---- results ------------------------------------------------------------------------------- */

static gboolean
update_error(WlFileReload *self, const char *error)
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

static gboolean
update_pending(WlFileReload *self, GPtrArray *names)
{
    g_autofree char *list = NULL;
    g_auto(GStrv) pending = NULL;

    g_ptr_array_sort(names, compare_names);
    list = list_names(names);
    g_ptr_array_add(names, NULL);
    pending = g_strdupv((char **) names->pdata);
    if (g_strv_equal((const char *const *) pending, (const char *const *) self->pending))
        return FALSE;
    if (*pending)
        g_message("profile changed (%s); takes effect at the next restart", list);
    else
        g_message("no change of the profile is pending");
    g_strfreev(self->pending);
    self->pending = g_steal_pointer(&pending);
    return TRUE;
}

/* ---- applying ------------------------------------------------------------------------------ */

static WlProfileDiff *
compare(WlFileReload *self, WlProfileFile *file, GError **error)
{
    const WlSessionSettings *settings = wl_session_get_settings(self->session);
    WlActiveProfile active = {
        .profile = self->activated->profile,
        .interface = settings->interface,
        .public_key = wl_engine_get_public_key(wl_session_get_engine(self->session)),
        .config = wl_session_get_config(self->session),
    };
    g_autofree char *link_name = wl_profile_dup_link_name(file->profile, settings->uuid);
    WlProfile *profile = g_steal_pointer(&file->profile);

    return wl_profile_diff_new(&active, profile, link_name, error);
}

static gboolean
apply(WlFileReload *self, WlProfileDiff *diff, GError **error)
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

    return wl_session_reload_profile(self->session, g_steal_pointer(&diff->config), &settings,
                                     error);
}

/* The file as read, with the profile that the comparison has wiped. */
static void
keep(WlFileReload *self, WlProfileFile *file, WlProfileDiff *diff)
{
    file->profile = g_steal_pointer(&diff->profile);
    wl_profile_file_free(self->loaded);
    self->loaded = file;
}

static gboolean
apply_file(WlFileReload *self, WlProfileFile *file, gboolean *changed, GError **error)
{
    g_autoptr(WlProfileDiff) diff = compare(self, file, error);
    g_autoptr(GPtrArray) names = diff ? list_applied(self, file, diff) : NULL;

    if (!diff || (names->len > 0 && !apply(self, diff, error)))
        return FALSE;
    *changed = update_error(self, "") || names->len > 0;
    if (names->len > 0) {
        g_autofree char *list = list_names(names);

        g_message("profile changed (%s); applied", list);
        for (guint i = 0; i < diff->profile->warnings->len; i++)
            g_warning("%s", (const char *) diff->profile->warnings->pdata[i]);
    }
    *changed |= update_pending(self, diff->pending);
    keep(self, file, diff);
    return TRUE;
}

gboolean
wl_file_reload_run(WlFileReload *self, gboolean *changed)
{
    g_autoptr(GError) error = NULL;
    WlProfileFile *file = wl_profile_source_load(self->path, &error);

    *changed = FALSE;
    if (file && apply_file(self, file, changed, &error))
        return TRUE;
    wl_profile_file_free(file);
    *changed = update_error(self, error->message);
    return FALSE;
}

/* ---- life ---------------------------------------------------------------------------------- */

WlFileReload *
wl_file_reload_new(WlSession *session, const char *path, WlProfileFile *file)
{
    WlFileReload *self = g_new0(WlFileReload, 1);

    wipe(file->profile);
    self->session = session;
    self->path = g_strdup(path);
    self->activated = file;
    self->pending = g_new0(char *, 1);
    self->error = g_strdup("");
    return self;
}

void
wl_file_reload_free(WlFileReload *self)
{
    if (!self)
        return;
    wl_profile_file_free(self->activated);
    wl_profile_file_free(self->loaded);
    g_strfreev(self->pending);
    g_free(self->error);
    g_free(self->path);
    g_free(self);
}

const WlProfileFile *
wl_file_reload_get_file(const WlFileReload *self)
{
    return last(self);
}

const char *const *
wl_file_reload_get_pending(const WlFileReload *self)
{
    return (const char *const *) self->pending;
}

const char *
wl_file_reload_get_error(const WlFileReload *self)
{
    return self->error;
}
