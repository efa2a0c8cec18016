/* SPDX-License-Identifier: GPL-2.0-or-later */

/* WlProfile from and to the vpn setting of a connection. */

#include "wl-profile-connection.h"

#include <string.h>

#include "wl-profile-data.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

/* vpn.data holds the values of libnm. */
G_STATIC_ASSERT((int) WL_SECRET_FLAG_AGENT_OWNED == (int) NM_SETTING_SECRET_FLAG_AGENT_OWNED);
G_STATIC_ASSERT((int) WL_SECRET_FLAG_NOT_SAVED == (int) NM_SETTING_SECRET_FLAG_NOT_SAVED);
G_STATIC_ASSERT((int) WL_SECRET_FLAG_NOT_REQUIRED == (int) NM_SETTING_SECRET_FLAG_NOT_REQUIRED);

/* Both borrow the strings of @setting. */
static GHashTable *
list_items(NMSettingVpn *setting, gboolean secrets)
{
    GHashTable *items = g_hash_table_new(g_str_hash, g_str_equal);
    guint n_names = 0;
    g_autofree const char **names = secrets ? nm_setting_vpn_get_secret_keys(setting, &n_names)
                                            : nm_setting_vpn_get_data_keys(setting, &n_names);

    for (guint i = 0; i < n_names; i++)
        g_hash_table_insert(items, (gpointer) names[i],
                            (gpointer) (secrets ? nm_setting_vpn_get_secret(setting, names[i])
                                                : nm_setting_vpn_get_data_item(setting, names[i])));
    return items;
}

WlProfile *
wl_profile_from_connection(NMConnection *connection, WlProfileCheck flags, GError **error)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    const char *type = setting ? nm_setting_vpn_get_service_type(setting) : NULL;
    g_autoptr(GHashTable) data = NULL;
    g_autoptr(GHashTable) secrets = NULL;

    if (g_strcmp0(type, WL_PROFILE_SERVICE_TYPE) != 0) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_TYPE,
                    "not a wirelink connection; its vpn.service-type is %s, not %s",
                    type ? type : "missing", WL_PROFILE_SERVICE_TYPE);
        return NULL;
    }
    data = list_items(setting, FALSE);
    secrets = list_items(setting, TRUE);
    return wl_profile_data_read(data, secrets, flags, error);
}

static void
write_item(NMSettingVpn *setting, const WlProfileKey *key, const char *name,
           gconstpointer structure)
{
    char *value = wl_profile_value_format(key, structure, " ");

    if (value && key->secret)
        nm_setting_vpn_add_secret(setting, name, value);
    else if (value)
        nm_setting_vpn_add_data_item(setting, name, value);
    wl_profile_wipe_free(value);
}

static void
write_extra(NMSettingVpn *setting, const char *prefix, const GPtrArray *extra)
{
    for (guint i = 0; i < extra->len; i++) {
        const WlProfileExtra *item = extra->pdata[i];
        g_autofree char *name =
            g_strconcat(prefix, wl_profile_data_extra_prefix(item->section), item->key, NULL);

        nm_setting_vpn_add_data_item(setting, name, item->value);
    }
}

/* The numbers of the peers in their order. Existing ones are kept if they are ascending, so that
 * unknown keys stay with their peer. */
static GArray *
number_peers(const WlProfile *profile)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    guint last = 0;

    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];
        guint number = peer->number ? peer->number : last + 1;

        if (number <= last || number > WL_PROFILE_MAX_PEER_NUMBER)
            break;
        g_array_append_val(numbers, number);
        last = number;
    }
    if (numbers->len < profile->peers->len) {
        g_array_set_size(numbers, 0);
        for (guint number = 1; number <= profile->peers->len; number++)
            g_array_append_val(numbers, number);
    }
    return numbers;
}

static gboolean
has_number(const GArray *numbers, guint number)
{
    for (guint i = 0; i < numbers->len; i++) {
        if (g_array_index(numbers, guint, i) == number)
            return TRUE;
    }
    return FALSE;
}

/* Removes every key that is written again, and all keys of removed peers. */
static void
clear(NMSettingVpn *setting, const GArray *numbers, gboolean secrets)
{
    guint n_names = 0;
    const char **keys = secrets ? nm_setting_vpn_get_secret_keys(setting, &n_names)
                                : nm_setting_vpn_get_data_keys(setting, &n_names);
    g_auto(GStrv) names = g_strdupv((char **) keys);

    g_free(keys);
    for (guint i = 0; i < n_names; i++) {
        const char *rest = names[i];
        gboolean known;
        guint number;

        if (wl_profile_keys_split_peer(names[i], &number, &rest))
            known = !has_number(numbers, number) || wl_profile_keys_find(WL_KEY_OF_PEER, rest) ||
                    g_str_has_prefix(rest, "extra-");
        else
            known =
                wl_profile_keys_find(WL_KEY_OF_PROFILE, rest) ||
                g_str_has_prefix(rest,
                                 wl_profile_data_extra_prefix(WL_PROFILE_SECTION_INTERFACE)) ||
                g_str_has_prefix(rest, wl_profile_data_extra_prefix(WL_PROFILE_SECTION_WIRELINK));
        if (known && secrets)
            nm_setting_vpn_remove_secret(setting, names[i]);
        else if (known)
            nm_setting_vpn_remove_data_item(setting, names[i]);
    }
}

static void
write_peer(NMSettingVpn *setting, const WlProfilePeer *peer, guint number)
{
    g_autofree char *prefix = g_strdup_printf("peer-%u-", number);
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        g_autofree char *name = NULL;

        if (keys[i].scope != WL_KEY_OF_PEER)
            continue;
        if (keys[i].type == WL_KEY_TYPE_FLAGS && !peer->preshared_key &&
            peer->preshared_key_flags == WL_SECRET_FLAG_NOT_REQUIRED)
            continue;
        name = g_strconcat(prefix, keys[i].name, NULL);
        write_item(setting, &keys[i], name, peer);
    }
    write_extra(setting, prefix, peer->extra);
}

gboolean
wl_profile_to_connection(const WlProfile *profile, NMConnection *connection, GError **error)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);
    g_autoptr(GArray) numbers = NULL;

    if (!wl_profile_check(profile, WL_PROFILE_CHECK_DEFAULT, error))
        return FALSE;
    numbers = number_peers(profile);
    if (!setting) {
        setting = NM_SETTING_VPN(nm_setting_vpn_new());
        nm_connection_add_setting(connection, NM_SETTING(setting));
    }
    g_object_set(setting, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE, NULL);
    clear(setting, numbers, FALSE);
    clear(setting, numbers, TRUE);

    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].scope == WL_KEY_OF_PROFILE)
            write_item(setting, &keys[i], keys[i].name, profile);
    }
    write_extra(setting, "", profile->extra);
    for (guint i = 0; i < profile->peers->len; i++)
        write_peer(setting, profile->peers->pdata[i], g_array_index(numbers, guint, i));
    return TRUE;
}

char *
wl_profile_get_link_name(const WlProfile *profile, NMConnection *connection)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    const char *name = setting ? nm_setting_connection_get_interface_name(setting) : NULL;
    const char *uuid = nm_connection_get_uuid(connection);

    return name ? g_strdup(name) : wl_profile_dup_link_name(profile, uuid ? uuid : "");
}
