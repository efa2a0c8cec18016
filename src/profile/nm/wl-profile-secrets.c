/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-secrets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wl-profile-value.h"

void
wl_profile_secret_free(WlProfileSecret *secret)
{
    g_free(secret->name);
    g_free(secret->peer_name);
    g_free(secret);
}

static void
secret_free(gpointer secret)
{
    wl_profile_secret_free(secret);
}

static NMSettingSecretFlags
read_flags(NMSettingVpn *setting, const char *secret)
{
    g_autofree char *name = g_strconcat(secret, "-flags", NULL);
    const char *text = nm_setting_vpn_get_data_item(setting, name);
    guint64 flags;

    if (!text || !wl_profile_value_parse_number(text, G_MAXINT, &flags))
        return NM_SETTING_SECRET_FLAG_NONE;
    return (NMSettingSecretFlags) flags;
}

static WlProfileSecret *
secret_new(NMSettingVpn *setting, guint peer)
{
    WlProfileSecret *secret = g_new0(WlProfileSecret, 1);

    secret->peer = peer;
    if (peer) {
        g_autofree char *key = g_strdup_printf("peer-%u-name", peer);
        const char *name = nm_setting_vpn_get_data_item(setting, key);

        secret->name = g_strdup_printf("peer-%u-preshared-key", peer);
        secret->peer_name = name && *name ? wl_profile_value_quote(name) : NULL;
    } else {
        secret->name = g_strdup("private-key");
    }
    secret->flags = read_flags(setting, secret->name);
    secret->value = nm_setting_vpn_get_secret(setting, secret->name);
    if (secret->value && !*secret->value)
        secret->value = NULL;
    return secret;
}

/* Adds the number of each peer for which @names has "peer-<n>-@what" with a value. */
static void
add_peers(GArray *numbers, NMSettingVpn *setting, const char **names, guint n_names,
          const char *what, const char *(*get)(NMSettingVpn *, const char *) )
{
    for (guint i = 0; i < n_names; i++) {
        const char *rest, *value;
        guint number;

        if (!wl_profile_keys_split_peer(names[i], &number, &rest) || !g_str_equal(rest, what))
            continue;
        value = get(setting, names[i]);
        if (value && *value)
            g_array_append_val(numbers, number);
    }
}

static int
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint number_a = *(const guint *) a, number_b = *(const guint *) b;

    return number_a < number_b ? -1 : number_a > number_b;
}

GPtrArray *
wl_profile_list_secrets(NMSettingVpn *setting)
{
    GPtrArray *secrets = g_ptr_array_new_with_free_func(secret_free);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    guint n_data, n_secrets, last = 0;
    g_autofree const char **data = nm_setting_vpn_get_data_keys(setting, &n_data);
    g_autofree const char **given = nm_setting_vpn_get_secret_keys(setting, &n_secrets);

    /* Without the secrets only the flags show that a peer has a preshared key. */
    add_peers(numbers, setting, data, n_data, "preshared-key-flags", nm_setting_vpn_get_data_item);
    add_peers(numbers, setting, given, n_secrets, "preshared-key", nm_setting_vpn_get_secret);
    g_array_sort(numbers, compare_numbers);

    g_ptr_array_add(secrets, secret_new(setting, 0));
    for (guint i = 0; i < numbers->len; i++) {
        guint number = g_array_index(numbers, guint, i);

        if (number != last)
            g_ptr_array_add(secrets, secret_new(setting, number));
        last = number;
    }
    return secrets;
}

gboolean
wl_profile_secret_is_missing(const WlProfileSecret *secret)
{
    const NMSettingSecretFlags of_user =
        NM_SETTING_SECRET_FLAG_AGENT_OWNED | NM_SETTING_SECRET_FLAG_NOT_SAVED;
    g_autofree char *value = NULL;
    gboolean is_key;

    if (!secret->value)
        return !(secret->flags & NM_SETTING_SECRET_FLAG_NOT_REQUIRED);
    if (!(secret->flags & of_user))
        return FALSE;
    value = g_strdup(secret->value); /* pasted keys often come with spaces */
    is_key = wl_profile_value_is_key(g_strstrip(value));
    explicit_bzero(value, strlen(secret->value));
    return !is_key;
}

char *
wl_profile_missing_secret(NMConnection *connection)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    g_autoptr(GPtrArray) secrets = setting ? wl_profile_list_secrets(setting) : NULL;

    for (guint i = 0; secrets && i < secrets->len; i++) {
        const WlProfileSecret *secret = secrets->pdata[i];

        if (wl_profile_secret_is_missing(secret))
            return g_strdup(secret->name);
    }
    return NULL;
}

char *
wl_profile_secret_label(const WlProfileSecret *secret)
{
    if (!secret->peer)
        return g_strdup(_("Private key"));
    if (secret->peer_name)
        return g_strdup_printf(_("Preshared key of %s"), secret->peer_name);
    return g_strdup_printf(_("Preshared key of peer %u"), secret->peer);
}
