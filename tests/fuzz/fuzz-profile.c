/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes reading a profile from vpn.data and vpn.secrets, which NetworkManager does not check. An
 * input is lines `key=value`; a `!` before the key marks a secret. A profile is either refused with
 * an error or written in a form that reads the same. */

#include <string.h>

#include "fuzz.h"
#include "wl-profile-compare.h"
#include "wl-profile-connection.h"
#include "wl-profile-secrets.h"

static NMConnection *
build(const uint8_t *data, size_t size)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSettingVpn *vpn = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autofree char *text = size ? g_strndup((const char *) data, size) : g_strdup("");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE, NULL);
    for (guint i = 0; lines[i]; i++) {
        char *value = strchr(lines[i], '=');

        if (!value || value == lines[i] || !g_utf8_validate(lines[i], -1, NULL))
            continue; /* D-Bus strings are UTF-8 */
        *value++ = '\0';
        if (lines[i][0] != '!')
            nm_setting_vpn_add_data_item(vpn, lines[i], value);
        else if (lines[i][1] != '\0')
            nm_setting_vpn_add_secret(vpn, lines[i] + 1, value);
    }
    nm_connection_add_setting(connection, NM_SETTING(vpn));
    return connection;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(NMConnection) connection = build(data, size);
    g_autoptr(NMConnection) written = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, &error);
    g_autoptr(WlProfile) again = NULL;

    if (!profile) {
        g_assert_nonnull(error);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    g_assert_true(wl_profile_to_connection(profile, written, &error));
    g_assert_no_error(error);
    again = wl_profile_from_connection(written, WL_PROFILE_CHECK_DEFAULT, &error);
    g_assert_no_error(error);
    g_assert_true(wl_profile_equal(profile, again));
    return 0;
}
