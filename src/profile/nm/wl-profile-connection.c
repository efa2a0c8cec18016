/* SPDX-License-Identifier: GPL-2.0-or-later */

/* WlProfile from and to the vpn setting of a connection. */

#include "wl-profile-connection.h"

#include <string.h>

#include "wl-profile-extra.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

/* vpn.data holds the values of libnm. */
G_STATIC_ASSERT((int) WL_SECRET_FLAG_AGENT_OWNED == (int) NM_SETTING_SECRET_FLAG_AGENT_OWNED);
G_STATIC_ASSERT((int) WL_SECRET_FLAG_NOT_SAVED == (int) NM_SETTING_SECRET_FLAG_NOT_SAVED);
G_STATIC_ASSERT((int) WL_SECRET_FLAG_NOT_REQUIRED == (int) NM_SETTING_SECRET_FLAG_NOT_REQUIRED);

typedef struct {
    NMSettingVpn *setting;
    WlProfile *profile;
    GHashTable *peers; /* number to WlProfilePeer, which profile->peers owns */
    gboolean secrets;  /* reading vpn.secrets, not vpn.data */
} Reader;

static void G_GNUC_PRINTF(2, 3) warn(Reader *reader, const char *format, ...)
{
    va_list args;

    if (reader->profile->warnings->len >= WL_PROFILE_MAX_EXTRA)
        return;
    va_start(args, format);
    g_ptr_array_add(reader->profile->warnings, g_strdup_vprintf(format, args));
    va_end(args);
}

/* The prefix of unknown file keys in vpn.data. */
static const char *
extra_prefix(WlProfileSection section)
{
    return section == WL_PROFILE_SECTION_INTERFACE  ? "extra-interface-"
           : section == WL_PROFILE_SECTION_WIRELINK ? "extra-wirelink-"
                                                    : "extra-";
}

/* Quotes the name, which any writer of the profile may choose. */
static void
warn_unknown(Reader *reader, const char *name)
{
    g_autofree char *shown = wl_profile_value_quote(name);

    warn(reader, "%s: unknown key, ignored; nm-settings-wirelink(5) lists the keys", shown);
}

static gboolean
read_extra(Reader *reader, WlProfileSection section, GPtrArray *extra, const char *name,
           const char *rest, const char *value)
{
    g_autofree char *shown = wl_profile_value_quote(name);
    const char *key;

    if (!g_str_has_prefix(rest, extra_prefix(section)))
        return FALSE;
    key = rest + strlen(extra_prefix(section));
    if (!wl_profile_extra_key_is_valid(key) || !wl_profile_extra_value_is_valid(value) ||
        !wl_profile_extra_add(extra, section, key, value))
        warn(reader, "%s: ignored, as it cannot be written to a file", shown);
    return TRUE;
}

/* Errors begin with @name. */
static gboolean
read_value(const WlProfileKey *key, const char *name, const char *text, gpointer structure,
           GError **error)
{
    g_autofree char *value = g_strdup(text);
    gsize length = strlen(value);
    gboolean ok;

    g_strstrip(value);
    /* nmcli cannot remove a key while it adds others, so an empty value means that the key is not
     * set. */
    ok = !*value || wl_profile_value_parse(key, value, FALSE, structure, error);
    explicit_bzero(value, length); /* the old length: stripping moved the text */
    if (!ok)
        g_prefix_error(error, "%s: ", name);
    return ok;
}

static WlProfilePeer *
get_peer(Reader *reader, guint number, GError **error)
{
    WlProfilePeer *peer = g_hash_table_lookup(reader->peers, GUINT_TO_POINTER(number));

    if (peer)
        return peer;
    if (reader->profile->peers->len == WL_PROFILE_MAX_PEERS) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                    "peer-%u-public-key: exceeds the limit of %u peers; remove some", number,
                    WL_PROFILE_MAX_PEERS);
        return NULL;
    }
    peer = wl_profile_peer_new();
    peer->number = number;
    g_hash_table_insert(reader->peers, GUINT_TO_POINTER(number), peer);
    g_ptr_array_add(reader->profile->peers, peer);
    return peer;
}

static gboolean
read_item(Reader *reader, const char *name, const char *value, GError **error)
{
    const WlProfileKey *key;
    const char *rest = name;
    gpointer structure = reader->profile;
    guint number = 0;

    if (wl_profile_keys_split_peer(name, &number, &rest)) {
        key = wl_profile_keys_find(WL_KEY_OF_PEER, rest);
    } else {
        key = wl_profile_keys_find(WL_KEY_OF_PROFILE, name);
    }
    if (key && key->secret != reader->secrets) {
        /* The value is not quoted: it may be a private key in the wrong place. */
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE, "%s: belongs in %s, not in %s",
                    name, key->secret ? "vpn.secrets" : "vpn.data",
                    key->secret ? "vpn.data" : "vpn.secrets");
        return FALSE;
    }
    if (!key && (reader->secrets || (number ? !g_str_has_prefix(rest, "extra-")
                                            : !g_str_has_prefix(name, "extra-")))) {
        warn_unknown(reader, name);
        return TRUE;
    }
    /* nmcli can remove the data of a peer, but not a secret that it does not have. */
    if (number && reader->secrets &&
        !g_hash_table_contains(reader->peers, GUINT_TO_POINTER(number))) {
        g_autofree char *shown = wl_profile_value_quote(name);
        warn(reader, "%s: ignored, as there is no such peer", shown);
        return TRUE;
    }
    if (number) {
        structure = get_peer(reader, number, error);
        if (!structure)
            return FALSE;
    }
    if (key)
        return read_value(key, name, value, structure, error);
    if (number) {
        read_extra(reader, WL_PROFILE_SECTION_PEER, ((WlProfilePeer *) structure)->extra, name,
                   rest, value);
    } else if (!read_extra(reader, WL_PROFILE_SECTION_INTERFACE, reader->profile->extra, name, name,
                           value) &&
               !read_extra(reader, WL_PROFILE_SECTION_WIRELINK, reader->profile->extra, name, name,
                           value)) {
        warn_unknown(reader, name);
    }
    return TRUE;
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlProfilePeer *peer_a = *(const WlProfilePeer *const *) a;
    const WlProfilePeer *peer_b = *(const WlProfilePeer *const *) b;

    return peer_a->number < peer_b->number ? -1 : peer_a->number > peer_b->number;
}

/* A preshared key without flags is stored by NetworkManager; without either there is none. */
static void
default_flags(WlProfilePeer *peer, NMSettingVpn *setting)
{
    g_autofree char *name = g_strdup_printf("peer-%u-preshared-key-flags", peer->number);
    const char *flags = nm_setting_vpn_get_data_item(setting, name);

    if ((!flags || !*flags) && peer->preshared_key)
        peer->preshared_key_flags = WL_SECRET_FLAG_NONE;
}

static gboolean
read_setting(Reader *reader, GError **error)
{
    guint n_names = 0;
    g_autofree const char **names = nm_setting_vpn_get_data_keys(reader->setting, &n_names);
    guint n_secrets = 0;
    g_autofree const char **secrets = nm_setting_vpn_get_secret_keys(reader->setting, &n_secrets);

    for (guint i = 0; i < n_names; i++) {
        if (!read_item(reader, names[i], nm_setting_vpn_get_data_item(reader->setting, names[i]),
                       error))
            return FALSE;
    }
    reader->secrets = TRUE;
    for (guint i = 0; i < n_secrets; i++) {
        if (!read_item(reader, secrets[i], nm_setting_vpn_get_secret(reader->setting, secrets[i]),
                       error))
            return FALSE;
    }
    return TRUE;
}

WlProfile *
wl_profile_from_connection(NMConnection *connection, WlProfileCheck flags, GError **error)
{
    g_autoptr(WlProfile) profile = wl_profile_new();
    g_autoptr(GHashTable) peers = g_hash_table_new(NULL, NULL);
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    const char *type = setting ? nm_setting_vpn_get_service_type(setting) : NULL;
    Reader reader = {.setting = setting, .profile = profile, .peers = peers};

    if (g_strcmp0(type, WL_PROFILE_SERVICE_TYPE) != 0) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_TYPE,
                    "not a wirelink connection; its vpn.service-type is %s, not %s",
                    type ? type : "missing", WL_PROFILE_SERVICE_TYPE);
        return NULL;
    }
    if (!read_setting(&reader, error))
        return NULL;
    g_ptr_array_sort(profile->peers, compare_peers);
    for (guint i = 0; i < profile->peers->len; i++)
        default_flags(profile->peers->pdata[i], setting);
    if (!wl_profile_check(profile, flags, error))
        return NULL;
    return g_steal_pointer(&profile);
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
        g_autofree char *name = g_strconcat(prefix, extra_prefix(item->section), item->key, NULL);

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
            known = wl_profile_keys_find(WL_KEY_OF_PROFILE, rest) ||
                    g_str_has_prefix(rest, extra_prefix(WL_PROFILE_SECTION_INTERFACE)) ||
                    g_str_has_prefix(rest, extra_prefix(WL_PROFILE_SECTION_WIRELINK));
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
