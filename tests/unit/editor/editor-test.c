/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "editor-test.h"

#include <string.h>

NMConnection *
test_connection(const char *const *items)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSettingVpn *setting = NM_SETTING_VPN(nm_setting_vpn_new());

    g_object_set(setting, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE,
                 NM_SETTING_VPN_TIMEOUT, 77, NULL);
    nm_connection_add_setting(connection, NM_SETTING(setting));
    for (guint i = 0; items[i]; i++) {
        gboolean secret = items[i][0] == '!';
        const char *item = items[i] + secret;
        g_autofree char *key = g_strndup(item, strcspn(item, "="));
        const char *value = strchr(item, '=') + 1;

        if (secret)
            nm_setting_vpn_add_secret(setting, key, value);
        else
            nm_setting_vpn_add_data_item(setting, key, value);
    }
    return connection;
}

WlEditorModel *
test_model(const char *const *items)
{
    g_autoptr(NMConnection) connection = test_connection(items);
    WlEditorModel *model = wl_editor_model_new();

    wl_editor_model_load(model, connection);
    return model;
}

WlEditorModel *
test_model_of_two(void)
{
    static const char *const items[] = {
        "address=10.77.0.2/24",
        "!private-key=" PRIVATE_KEY,
        "peer-1-public-key=" HUB_KEY,
        "peer-1-name=hub",
        "peer-1-endpoint=hub.example.net:51820",
        "peer-1-allowed-ips=10.77.0.0/24",
        "peer-2-public-key=" LAPTOP_KEY,
        "peer-2-name=laptop",
        "peer-2-allowed-ips=10.77.0.3/32",
        NULL,
    };
    WlEditorModel *model = test_model(items);

    g_assert_true(wl_editor_model_is_valid(model, NULL, NULL));
    return model;
}

const char *
test_data(NMConnection *connection, const char *key)
{
    return nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), key);
}

const char *
test_secret(NMConnection *connection, const char *key)
{
    return nm_setting_vpn_get_secret(nm_connection_get_setting_vpn(connection), key);
}

void
test_assert_problem(WlEditorModel *model, WlEditorPeer *peer, const char *key, const char *part)
{
    const char *problem = wl_editor_model_get_problem(model, peer, key);

    g_test_message("%s: %s", key, problem ? problem : "no problem");
    if (!part) {
        g_assert_cmpstr(problem, ==, NULL);
        return;
    }
    g_assert_nonnull(problem);
    g_assert_nonnull(strstr(problem, part));
    g_assert_false(wl_editor_model_is_valid(model, NULL, NULL));
}
