/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes stored profiles: vpn.data of NetworkManager with Update2(), which keeps the secrets that
 * it is not given, and files of wirelinkd, which it applies when they are replaced.
 */
#include "wl-profile-edit.h"

#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-check-manager.h"
#include "wl-display.h"
#include "wl-exit.h"
#include "wl-file-io.h"
#include "wl-host.h"
#include "wl-private-file.h"
#include "wl-profile-data.h"
#include "wl-profile-text.h"
#include "wl-remote-error.h"
#include "wl-section-edit.h"
#include "wl-wgquick.h"

#define CONNECTION WL_MANAGER_NAME ".Settings.Connection"
#define EXTENSION  ".wirelink"

#define MAX_NAME 80 /* columns */
#define POLL_MS  100
#define LIMIT_MS 5000

/* ---- loading ------------------------------------------------------------------------------- */

static void
edit_free(WlProfileEdit *self)
{
    g_free(self->id);
    g_free(self->path);
    wl_profile_wipe_free(self->text);
    wl_profile_free(self->profile);
    g_free(self);
}

void
wl_profile_edits_free(WlProfileEdits *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->edits, g_ptr_array_unref);
    g_clear_pointer(&self->stored, g_ptr_array_unref);
    g_object_unref(self->bus);
    g_free(self);
}

static void
add_stored(WlProfileEdits *self, const char *name)
{
    for (guint i = 0; i < self->stored->len; i++) {
        const WlStoredProfile *stored = self->stored->pdata[i];
        WlProfileEdit *edit;

        if (!stored->data ||
            (name && !g_str_equal(stored->id, name) && !g_str_equal(stored->uuid, name)))
            continue;
        edit = g_new0(WlProfileEdit, 1);
        edit->id = g_strdup(stored->id);
        edit->stored = stored;
        edit->profile = wl_profile_data_read(stored->data, NULL, WL_PROFILE_CHECK_DEFAULT, NULL);
        if (edit->profile)
            g_ptr_array_add(self->edits, edit);
        else
            edit_free(edit);
    }
}

static void
add_file(WlProfileEdits *self, const char *id, const char *path)
{
    gsize length;
    char *text = wl_file_load(path, &length, NULL);
    g_autoptr(WlProfileFile) file = text ? wl_wgquick_parse(text, length, id, NULL) : NULL;
    WlProfileEdit *edit;

    if (!file) {
        wl_profile_wipe_free(text);
        return;
    }
    edit = g_new0(WlProfileEdit, 1);
    edit->id = g_strdup(id);
    edit->path = g_strdup(path);
    edit->text = text;
    edit->profile = g_steal_pointer(&file->profile);
    file->profile = wl_profile_new();
    g_ptr_array_add(self->edits, edit);
}

static void
add_files(WlProfileEdits *self, const char *name)
{
    g_autofree char *folder = wl_host_path(WL_CONFIG_DIR);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *file;

    while (directory && (file = g_dir_read_name(directory))) {
        g_autofree char *path = g_build_filename(folder, file, NULL);
        g_autofree char *id = NULL;

        if (!g_str_has_suffix(file, EXTENSION))
            continue;
        id = g_strndup(file, strlen(file) - strlen(EXTENSION));
        if (!name || strcmp(id, name) == 0)
            add_file(self, id, path);
    }
}

WlProfileEdits *
wl_profile_edits_load(GDBusConnection *bus, const char *name, GError **error)
{
    g_autoptr(WlProfileEdits) self = g_new0(WlProfileEdits, 1);
    g_autofree char *shown = name ? wl_display_quote(name, MAX_NAME) : NULL;

    self->bus = g_object_ref(bus);
    self->stored = wl_stored_profiles_load(bus);
    self->edits = g_ptr_array_new_with_free_func((GDestroyNotify) edit_free);
    add_stored(self, name);
    add_files(self, name);
    if (self->edits->len > 0)
        return g_steal_pointer(&self);
    if (name)
        g_set_error(
            error, WL_CTL_ERROR, WL_EXIT_NOTHING,
            "no valid profile is named \"%s\" that this user may change: wirelinkctl doctor "
            "checks all profiles",
            shown);
    else
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                            "there is no valid profile that this user may change: wirelinkctl "
                            "doctor checks all profiles");
    return NULL;
}

/* ---- finding ------------------------------------------------------------------------------- */

typedef struct {
    WlProfileEdit *edit;
    const WlProfilePeer *peer;
} Match;

static GArray *
find_matches(const WlProfileEdits *self, const char *name, gboolean by_key)
{
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));

    for (guint i = 0; i < self->edits->len; i++) {
        WlProfileEdit *edit = self->edits->pdata[i];

        for (guint j = 0; j < edit->profile->peers->len; j++) {
            Match match = {edit, edit->profile->peers->pdata[j]};

            if (by_key ? g_str_has_prefix(match.peer->public_key, name)
                       : g_strcmp0(match.peer->name, name) == 0)
                g_array_append_val(matches, match);
        }
    }
    return matches;
}

static char *
list_matches(const GArray *matches)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        g_autofree char *key = wl_display_short_key(match->peer->public_key);
        g_autofree char *id = wl_display_quote(match->edit->id, MAX_NAME);

        g_string_append_printf(list, "%s%s of \"%s\"", i ? ", " : "", key, id);
    }
    return g_strdup(list->str);
}

const WlProfilePeer *
wl_profile_edits_find_peer(const WlProfileEdits *self, const char *name, WlProfileEdit **edit,
                           GError **error)
{
    g_autofree char *start =
        g_strndup(name, strlen(name) - (g_str_has_suffix(name, "…") ? strlen("…") : 0));
    g_autofree char *shown = wl_display_quote(name, MAX_NAME);

    for (guint i = 0; i < 2 && *start; i++) {
        g_autoptr(GArray) matches = find_matches(self, i ? start : name, i == 1);
        g_autofree char *list = list_matches(matches);

        if (matches->len == 1) {
            *edit = g_array_index(matches, Match, 0).edit;
            return g_array_index(matches, Match, 0).peer;
        }
        if (matches->len > 1) {
            g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                        "\"%s\" matches %s: name the profile with --profile", shown, list);
            return NULL;
        }
    }
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                "no profile of this machine names a peer \"%s\": what other members introduced is "
                "changed where it is in the profile, usually on the hub",
                shown);
    return NULL;
}

WlProfileEdit *
wl_profile_edits_find(const WlProfileEdits *self, const char *uuid, const char *id)
{
    for (guint i = 0; i < self->edits->len; i++) {
        WlProfileEdit *edit = self->edits->pdata[i];

        if (edit->stored ? strcmp(edit->stored->uuid, uuid) == 0 : strcmp(edit->id, id) == 0)
            return edit;
    }
    return NULL;
}

WlProfileEdit *
wl_profile_edits_get_only(const WlProfileEdits *self, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    if (self->edits->len == 1)
        return self->edits->pdata[0];
    for (guint i = 0; i < self->edits->len; i++) {
        const WlProfileEdit *edit = self->edits->pdata[i];
        g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);

        g_string_append_printf(names, "%s%s", i ? ", " : "", id);
    }
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                "there are several profiles, %s: name one with --profile", names->str);
    return NULL;
}

/* ---- NetworkManager ------------------------------------------------------------------------ */

static GHashTable *
dup_data(const WlProfileEdit *edit)
{
    GHashTable *data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, edit->stored->data);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(data, g_strdup(key), g_strdup(value));
    return data;
}

static WlCall *
call_connection(const WlProfileEdit *edit, const char *method, GVariant *parameters,
                const char *type)
{
    WlCall *call =
        wl_call_new(WL_MANAGER_NAME, edit->stored->path, CONNECTION, method, parameters, type);

    if (isatty(STDIN_FILENO))
        call->flags |= G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
    return call;
}

static gboolean
is_of_peer(const char *name, guint number)
{
    const char *rest;
    guint other;

    return wl_profile_keys_split_peer(name, &other, &rest) && other == number;
}

/* The stored secrets without those of peer @number, which a later peer with that number would get;
 * NULL if the peer has none. */
static GVariant *
secrets_without(const WlProfileEdits *self, const WlProfileEdit *edit, guint number)
{
    g_autoptr(WlCall) call =
        call_connection(edit, "GetSecrets", g_variant_new("(s)", "vpn"), "(a{sa{sv}})");
    g_autoptr(GVariant) reply = wl_call_one(self->bus, call, NULL);
    g_autoptr(GVariant) settings = reply ? g_variant_get_child_value(reply, 0) : NULL;
    g_autoptr(GVariant) vpn =
        settings ? g_variant_lookup_value(settings, "vpn", G_VARIANT_TYPE_VARDICT) : NULL;
    g_autoptr(GVariant) secrets =
        vpn ? g_variant_lookup_value(vpn, "secrets", G_VARIANT_TYPE("a{ss}")) : NULL;
    GVariantBuilder left;
    GVariantIter iter;
    const char *key, *value;
    gboolean dropped = FALSE;

    if (!secrets)
        return NULL;
    g_variant_builder_init(&left, G_VARIANT_TYPE("a{ss}"));
    g_variant_iter_init(&iter, secrets);
    while (g_variant_iter_next(&iter, "{&s&s}", &key, &value)) {
        if (is_of_peer(key, number))
            dropped = TRUE;
        else
            g_variant_builder_add(&left, "{ss}", key, value);
    }
    if (dropped)
        return g_variant_ref_sink(g_variant_builder_end(&left));
    g_variant_builder_clear(&left);
    return NULL;
}

static GVariant *
pack_data(GHashTable *data)
{
    GVariantBuilder packed;
    GHashTableIter iter;
    gpointer key, value;

    g_variant_builder_init(&packed, G_VARIANT_TYPE("a{ss}"));
    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_variant_builder_add(&packed, "{ss}", key, value);
    return g_variant_builder_end(&packed);
}

/* The settings as they are, with @data and @secrets (NULL: those that are stored). */
static GVariant *
pack_settings(const WlProfileEdit *edit, GHashTable *data, GVariant *secrets)
{
    GVariantBuilder settings;
    GVariantIter iter;
    GVariant *setting;
    const char *name;

    g_variant_builder_init(&settings, G_VARIANT_TYPE("a{sa{sv}}"));
    g_variant_iter_init(&iter, edit->stored->settings);
    while (g_variant_iter_loop(&iter, "{&s@a{sv}}", &name, &setting)) {
        GVariantDict dict;

        if (strcmp(name, "vpn") != 0) {
            g_variant_builder_add(&settings, "{s@a{sv}}", name, setting);
            continue;
        }
        g_variant_dict_init(&dict, setting);
        g_variant_dict_insert_value(&dict, "data", pack_data(data));
        if (secrets)
            g_variant_dict_insert_value(&dict, "secrets", secrets);
        g_variant_builder_add(&settings, "{s@a{sv}}", name, g_variant_dict_end(&dict));
    }
    return g_variant_builder_end(&settings);
}

static gboolean
check_data(GHashTable *data, const WlProfileEdit *edit, GError **error)
{
    g_autoptr(GError) invalid = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_data_read(data, NULL, WL_PROFILE_CHECK_DEFAULT, &invalid);
    g_autofree char *shown = wl_display_quote(edit->id, MAX_NAME);

    if (profile)
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE, "\"%s\" stays as it was: %s", shown,
                invalid->message);
    return FALSE;
}

static gboolean
store_data(const WlProfileEdits *self, const WlProfileEdit *edit, GHashTable *data,
           GVariant *secrets, GError **error)
{
    g_autoptr(WlCall) call = NULL;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) failure = NULL;

    if (!check_data(data, edit, error))
        return FALSE;
    call = call_connection(
        edit, "Update2",
        g_variant_new("(@a{sa{sv}}ua{sv})", pack_settings(edit, data, secrets), (guint32) 0, NULL),
        "(a{sv})");
    reply = wl_call_one(self->bus, call, &failure);
    if (!reply)
        g_propagate_error(error, wl_remote_error_new(failure, "NetworkManager"));
    return reply != NULL;
}

/* ---- files of wirelinkd --------------------------------------------------------------------- */

/* Takes @text, which may be NULL. */
static gboolean
store_text(WlProfileEdit *edit, char *text, GError **error)
{
    g_autofree char *shown = wl_display_quote(edit->id, MAX_NAME);
    g_autoptr(GError) failure = NULL;
    g_autoptr(WlProfileFile) checked =
        text ? wl_wgquick_parse(text, strlen(text), edit->id, &failure) : NULL;
    gboolean written = checked && wl_private_file_write(edit->path, text, strlen(text),
                                                        WL_PRIVATE_FILE_REPLACE, &failure);

    if (!written)
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE, "\"%s\" stays as it was: %s", shown,
                    failure ? failure->message : "its file has no such section");
    wl_profile_wipe_free(text);
    return written;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* A number that no peer has. */
static guint
next_number(const WlProfile *profile)
{
    guint number = 0;

    for (guint i = 0; i < profile->peers->len; i++)
        number = MAX(number, ((const WlProfilePeer *) profile->peers->pdata[i])->number);
    return number + 1;
}

gboolean
wl_profile_edit_add_peer(const WlProfileEdits *self, WlProfileEdit *edit, const WlProfilePeer *peer,
                         const char *section, GError **error)
{
    g_autoptr(GHashTable) data = NULL;

    if (!edit->stored)
        return store_text(edit,
                          g_strconcat(edit->text, g_str_has_suffix(edit->text, "\n") ? "" : "\n",
                                      "\n", section, NULL),
                          error);
    data = dup_data(edit);
    wl_profile_data_add_peer(data, peer, next_number(edit->profile));
    return store_data(self, edit, data, NULL, error);
}

gboolean
wl_profile_edit_remove_peer(const WlProfileEdits *self, WlProfileEdit *edit,
                            const WlProfilePeer *peer, GError **error)
{
    g_autoptr(GHashTable) data = NULL;
    g_autoptr(GVariant) secrets = NULL;
    GHashTableIter iter;
    gpointer key;

    if (!edit->stored)
        return store_text(edit, wl_section_edit_remove(edit->text, peer->public_key), error);
    data = dup_data(edit);
    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (is_of_peer(key, peer->number))
            g_hash_table_iter_remove(&iter);
    }
    if (!check_data(data, edit, error))
        return FALSE;
    secrets = secrets_without(self, edit, peer->number);
    return store_data(self, edit, data, secrets, error);
}

/* @edit's text with @settings; NULL if it has no such section. */
static char *
dup_text(const WlProfileEdit *edit, const WlProfileSetting *settings, gsize n)
{
    char *text = g_strdup(edit->text);

    for (gsize i = 0; text && i < n; i++) {
        const char *const values[] = {*settings[i].value ? settings[i].value : NULL, NULL};
        const WlProfilePeer *peer = settings[i].peer;
        char *changed =
            wl_section_edit_set(text, peer ? peer->public_key : NULL, settings[i].key, values);

        wl_profile_wipe_free(text);
        text = changed;
    }
    return text;
}

static void
set_item(GHashTable *data, const WlProfileSetting *setting)
{
    const WlProfileKey *known = wl_profile_keys_find_in_file(
        setting->peer ? WL_PROFILE_SECTION_PEER : WL_PROFILE_SECTION_WIRELINK, setting->key);
    char *name = setting->peer ? g_strdup_printf("peer-%u-%s", setting->peer->number, known->name)
                               : g_strdup(known->name);

    if (*setting->value) {
        g_hash_table_replace(data, name, g_strdup(setting->value));
        return;
    }
    g_hash_table_remove(data, name);
    g_free(name);
}

gboolean
wl_profile_edit_set_all(const WlProfileEdits *self, WlProfileEdit *edit,
                        const WlProfileSetting *settings, gsize n, GError **error)
{
    g_autoptr(GHashTable) data = NULL;

    if (!edit->stored)
        return store_text(edit, dup_text(edit, settings, n), error);
    data = dup_data(edit);
    for (gsize i = 0; i < n; i++)
        set_item(data, &settings[i]);
    return store_data(self, edit, data, NULL, error);
}

gboolean
wl_profile_edit_set(const WlProfileEdits *self, WlProfileEdit *edit, const WlProfilePeer *peer,
                    const char *key, const char *value, GError **error)
{
    const WlProfileSetting setting = {peer, key, (char *) value};

    return wl_profile_edit_set_all(self, edit, &setting, 1, error);
}

/* ---- effect -------------------------------------------------------------------------------- */

static const WlActiveProfile *
find_active(const WlActiveProfiles *profiles, const WlProfileEdit *edit)
{
    for (guint i = 0; profiles && i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = profiles->profiles->pdata[i];

        if (edit->stored ? strcmp(wl_property_string(active->link, "Uuid"), edit->stored->uuid) == 0
                         : strcmp(wl_property_string(active->link, "FrontEnd"), "wirelinkd") == 0 &&
                               strcmp(wl_property_string(active->link, "Id"), edit->id) == 0)
            return active;
    }
    return NULL;
}

WlEditEffect
wl_profile_edit_wait(const WlProfileEdits *self, const WlProfileEdit *edit,
                     gboolean (*is_done)(const WlActiveProfile *active, gpointer user_data),
                     gpointer user_data)
{
    gboolean was_active = edit->stored && edit->stored->activated;

    for (guint waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
        g_autoptr(WlActiveProfiles) profiles = wl_active_profiles_load(self->bus, NULL, NULL, NULL);
        const WlActiveProfile *active = find_active(profiles, edit);

        if (!active)
            return was_active ? WL_EDIT_PENDING : WL_EDIT_STORED;
        if (is_done(active, user_data))
            return WL_EDIT_APPLIED;
        was_active = TRUE;
        wl_bus_wait(POLL_MS);
    }
    return WL_EDIT_PENDING;
}
