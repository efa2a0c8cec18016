/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-start.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>

#include "wl-check.h"
#include "wl-key-pair.h"
#include "wl-model-private.h"
#include "wl-model.h"
#include "wl-network.h"
#include "wl-profile-data.h"
#include "wl-profile-error.h"
#include "wl-profile-import.h"
#include "wl-profile-value.h"
#include "wl-setting.h"

/* 10.64.0.0 to 10.127.255.0: routers at home, companies and container engines use the ends of
 * 10.0.0.0/8. For IPv6 as RFC 4193 demands. */
char *
wl_editor_start_suggest_networks(void)
{
    guint8 random[7];

    randombytes_buf(random, sizeof(random));
    return g_strdup_printf("10.%u.%u.0/24, fd%02x:%02x%02x:%02x%02x::/64", 64 + random[0] % 64,
                           random[1], random[2], random[3], random[4], random[5], random[6]);
}

/* The texts of the fields, from @file. */
static void
take_fields(WlEditorModel *model, const WlProfileFile *file)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        char *value;

        if (keys[i].scope != WL_KEY_OF_PROFILE || keys[i].type == WL_KEY_TYPE_FLAGS ||
            keys[i].type == WL_KEY_TYPE_VERSION || !keys[i].name)
            continue;
        value = wl_profile_value_format(&keys[i], file->profile, ", ");
        if (value)
            wl_editor_fields_set(&model->fields, i, value);
        wl_profile_wipe_free(value);
    }
    for (guint i = 0; i < file->profile->extra->len; i++) {
        const WlProfileExtra *extra = file->profile->extra->pdata[i];

        g_hash_table_replace(
            model->other_data,
            g_strconcat(wl_profile_data_extra_prefix(extra->section), extra->key, NULL),
            g_strdup(extra->value));
    }
}

gboolean
wl_editor_start_create(WlEditorModel *model, const char *name, const char *endpoint,
                       const char *networks, GError **error)
{
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autofree char *whole = NULL;
    g_autoptr(WlProfileFile) file = NULL;
    char *key;

    if (!wl_network_check_name(name, error) || !wl_network_parse(networks, prefixes, error))
        return FALSE;
    if (!*endpoint)
        return wl_profile_fail(error, WL_PROFILE_ERROR_MISSING,
                               _("enter a name or an address of this machine that other members "
                                 "can reach, such as hub.example.net"));
    whole = wl_network_endpoint(endpoint, error);
    if (!whole)
        return FALSE;
    key = wl_key_pair_generate();
    file = wl_network_hub(key, name, prefixes, whole);
    wl_profile_wipe_free(key);
    take_fields(model, file);
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_FIELD);
    return TRUE;
}

/* DNS servers are in settings of the connection that the editor of a VPN cannot change. */
static gboolean
has_dns(NMConnection *connection)
{
    NMSettingIPConfig *settings[] = {nm_connection_get_setting_ip4_config(connection),
                                     nm_connection_get_setting_ip6_config(connection)};

    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (settings[i] && nm_setting_ip_config_get_num_dns(settings[i]) > 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_editor_start_join(WlEditorModel *model, const char *path, GError **error)
{
    g_autoptr(NMConnection) connection = wl_profile_import(path, error);
    guint n_users = model->n_users;

    if (!connection)
        return FALSE;
    if (has_dns(connection))
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_REFUSED,
            _("this file contains DNS servers, which only an import keeps; close "
              "this window and import the file as a new VPN"));
    wl_editor_model_load(model, connection);
    model->n_users = n_users;
    return TRUE;
}
