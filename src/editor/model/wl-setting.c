/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-setting.h"

#include <string.h>

#include "wl-check.h"
#include "wl-labels.h"
#include "wl-model-private.h"
#include "wl-model.h"
#include "wl-peer.h"
#include "wl-profile-connection.h"
#include "wl-profile-import.h"
#include "wl-profile-value.h"
#include "wl-read.h"

typedef struct {
    WlEditorModel *model;
    GHashTable *peers; /* number to WlEditorPeer */
    gboolean secrets;
} Loader;

static WlEditorPeer *
get_peer(Loader *loader, guint number)
{
    WlEditorPeer *peer = g_hash_table_lookup(loader->peers, GUINT_TO_POINTER(number));

    if (peer)
        return peer;
    peer = wl_editor_peer_new();
    peer->number = number;
    peer->loaded_number = number;
    g_hash_table_insert(loader->peers, GUINT_TO_POINTER(number), peer);
    g_ptr_array_add(loader->model->peers, peer);
    return peer;
}

static void
load_item(const char *name, const char *value, gpointer user_data)
{
    Loader *loader = user_data;
    WlEditorFields *fields = &loader->model->fields;
    WlEditorPeer *peer = NULL;
    const WlProfileKey *key;
    const char *rest = name;
    guint number;

    if (wl_profile_keys_split_peer(name, &number, &rest)) {
        peer = get_peer(loader, number);
        fields = &peer->fields;
    }
    key = wl_profile_keys_find(fields->scope, rest);
    if (key && key->type == WL_KEY_TYPE_VERSION) {
        if (*value && !g_str_equal(value, "1")) {
            g_free(loader->model->version);
            loader->model->version = wl_profile_value_quote(value);
        }
    } else if (key) {
        guint row = wl_editor_fields_row(fields, rest);

        /* A value in the wrong one of data and secrets counts if the right one has none, and is
         * moved when the profile is saved. */
        if (key->secret == loader->secrets || !*fields->fields[row].text)
            wl_editor_fields_set(fields, row, value);
    } else if (peer) {
        g_hash_table_replace(loader->secrets ? peer->other_secrets : peer->other_data,
                             g_strdup(rest), g_strdup(value));
    } else if (!loader->secrets) {
        g_hash_table_replace(loader->model->other_data, g_strdup(rest), g_strdup(value));
    }
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlEditorPeer *peer_a = *(const WlEditorPeer *const *) a;
    const WlEditorPeer *peer_b = *(const WlEditorPeer *const *) b;

    return peer_a->number < peer_b->number ? -1 : peer_a->number > peer_b->number;
}

void
wl_editor_model_load(WlEditorModel *model, NMConnection *connection)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    NMSettingConnection *general = nm_connection_get_setting_connection(connection);
    g_autoptr(GHashTable) peers = g_hash_table_new(NULL, NULL);
    Loader loader = {.model = model, .peers = peers};

    wl_editor_fields_clear(&model->fields);
    wl_editor_fields_init(&model->fields, WL_KEY_OF_PROFILE);
    wl_editor_model_forget_removed(model);
    g_ptr_array_set_size(model->peers, 0);
    g_hash_table_remove_all(model->other_data);
    g_clear_pointer(&model->version, g_free);
    model->persistent = TRUE;
    model->n_users = general ? nm_setting_connection_get_num_permissions(general) : 0;
    if (setting && nm_setting_vpn_get_num_data_items(setting) > 0) {
        model->persistent = nm_setting_vpn_get_persistent(setting);
        nm_setting_vpn_foreach_data_item(setting, load_item, &loader);
        loader.secrets = TRUE;
        nm_setting_vpn_foreach_secret(setting, load_item, &loader);
    }
    g_ptr_array_sort(model->peers, compare_peers);

    model->loaded_persistent = model->persistent;
    wl_editor_fields_settle(&model->fields);
    g_ptr_array_set_size(model->loaded_order, 0);
    for (guint i = 0; i < model->peers->len; i++) {
        wl_editor_fields_settle(&((WlEditorPeer *) model->peers->pdata[i])->fields);
        g_ptr_array_add(model->loaded_order, model->peers->pdata[i]);
    }
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
}

/* Numbers are kept where the order allows it: the service and the user know peers by them. */
static void
number_peers(WlEditorModel *model)
{
    guint last = 0;

    for (guint i = 0; i < model->peers->len; i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (!peer->number)
            peer->number = last + 1;
        if (peer->number <= last || peer->number > WL_PROFILE_MAX_PEER_NUMBER) {
            for (guint j = 0; j < model->peers->len; j++)
                ((WlEditorPeer *) model->peers->pdata[j])->number = j + 1;
            return;
        }
        last = peer->number;
    }
}

/* Removes every key that the model holds. */
static void
clear(NMSettingVpn *setting, gboolean secrets)
{
    guint n_names = 0;
    const char **keys = secrets ? nm_setting_vpn_get_secret_keys(setting, &n_names)
                                : nm_setting_vpn_get_data_keys(setting, &n_names);
    g_auto(GStrv) names = g_strdupv((char **) keys);

    g_free(keys);
    for (guint i = 0; i < n_names; i++) {
        const char *rest;
        guint number;

        if (!wl_profile_keys_split_peer(names[i], &number, &rest) &&
            !wl_profile_keys_find(WL_KEY_OF_PROFILE, names[i]))
            continue;
        if (secrets)
            nm_setting_vpn_remove_secret(setting, names[i]);
        else
            nm_setting_vpn_remove_data_item(setting, names[i]);
    }
}

static void
save_item(NMSettingVpn *setting, gboolean secret, const char *prefix, const char *name,
          const char *value)
{
    g_autofree char *whole = g_strconcat(prefix, name, NULL);

    if (secret)
        nm_setting_vpn_add_secret(setting, whole, value);
    else
        nm_setting_vpn_add_data_item(setting, whole, value);
}

static void
save_fields(NMSettingVpn *setting, const WlEditorFields *fields, const char *prefix)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        char *value;

        if (keys[i].scope != fields->scope || !keys[i].name)
            continue;
        if (keys[i].type == WL_KEY_TYPE_VERSION)
            value = g_strdup("1");
        else
            value = wl_editor_fields_dup_value(fields, i);
        if (value)
            save_item(setting, keys[i].secret, prefix, keys[i].name, value);
        wl_profile_wipe_free(value);
    }
}

static void
save_others(NMSettingVpn *setting, gboolean secrets, const char *prefix, GHashTable *others)
{
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, others);
    while (g_hash_table_iter_next(&iter, &name, &value))
        save_item(setting, secrets, prefix, name, value);
}

/* The setting has those that were loaded from it, but not those of a file that was joined. */
static void
save_other_data(NMSettingVpn *setting, const WlEditorModel *model)
{
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, model->other_data);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        if (!nm_setting_vpn_get_data_item(setting, name))
            save_item(setting, FALSE, "", name, value);
    }
}

static void
save_peer(NMSettingVpn *setting, const WlEditorPeer *peer)
{
    g_autofree char *prefix = g_strdup_printf("peer-%u-", peer->number);
    g_autofree char *flags = g_strconcat(prefix, "preshared-key-flags", NULL);

    save_fields(setting, &peer->fields, prefix);
    save_others(setting, FALSE, prefix, peer->other_data);
    save_others(setting, TRUE, prefix, peer->other_secrets);
    /* Some programs ignore a secret without flags. */
    if (*wl_editor_fields_get(&peer->fields, "preshared-key")->text &&
        !nm_setting_vpn_get_data_item(setting, flags))
        nm_setting_vpn_add_data_item(setting, flags, "0");
}

/* "hub, Allowed IPs: ..." */
static void
set_error(const WlEditorModel *model, const WlEditorPeer *peer, const char *key, GError **error)
{
    g_autofree char *title = peer ? wl_editor_peer_dup_title(peer) : NULL;
    g_autofree char *label =
        key ? wl_editor_label_dup_plain(peer ? WL_KEY_OF_PEER : WL_KEY_OF_PROFILE, key) : NULL;

    g_set_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY, "%s%s%s%s%s",
                title ? title : "", title ? ", " : "", label ? label : "", label ? ": " : "",
                key ? wl_editor_model_get_problem(model, peer, key) : model->general_problem);
}

gboolean
wl_editor_model_apply(WlEditorModel *model, NMConnection *connection, GError **error)
{
    NMSettingVpn *old = nm_connection_get_setting_vpn(connection);
    g_autoptr(NMConnection) probe = nm_simple_connection_new();
    g_autoptr(WlProfile) profile = NULL;
    g_autoptr(GError) refused = NULL;
    const WlEditorPeer *peer;
    const char *key;
    NMSettingVpn *setting;

    if (!wl_editor_model_is_valid(model, &peer, &key)) {
        set_error(model, peer, key, error);
        return FALSE;
    }
    number_peers(model);
    setting = NM_SETTING_VPN(old ? nm_setting_duplicate(NM_SETTING(old)) : nm_setting_vpn_new());
    nm_connection_add_setting(probe, NM_SETTING(setting));
    g_object_set(setting, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE,
                 NM_SETTING_VPN_PERSISTENT, model->persistent, NULL);
    clear(setting, FALSE);
    clear(setting, TRUE);
    save_fields(setting, &model->fields, "");
    save_other_data(setting, model);
    if (!nm_setting_vpn_get_data_item(setting, "private-key-flags"))
        nm_setting_vpn_add_data_item(setting, "private-key-flags", "0");
    for (guint i = 0; i < model->peers->len; i++)
        save_peer(setting, model->peers->pdata[i]);

    /* The service decides: it refuses everything that this check refuses. */
    profile = wl_profile_from_connection(probe, WL_PROFILE_CHECK_STORED_SECRETS, &refused);
    if (!profile) {
        g_set_error_literal(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY,
                            refused->message);
        return FALSE;
    }
    nm_connection_add_setting(connection, g_object_ref(NM_SETTING(setting)));
    if (wl_editor_fields_is_changed(&model->fields, "full-tunnel"))
        wl_profile_ask_dns_everything(connection, profile->full_tunnel);
    return TRUE;
}
