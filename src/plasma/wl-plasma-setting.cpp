/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-plasma-setting.hpp"

#include "wl-profile-connection.h"

NMSettingVpn *wl_plasma_setting_to_libnm(const NMStringMap &data, const NMStringMap &secrets)
{
    auto setting = NM_SETTING_VPN(nm_setting_vpn_new());

    g_object_set(setting, NM_SETTING_VPN_SERVICE_TYPE, WL_PROFILE_SERVICE_TYPE, nullptr);
    for (auto item = data.cbegin(); item != data.cend(); ++item)
        if (!item.key().isEmpty() && !item.value().isEmpty())
            nm_setting_vpn_add_data_item(setting, item.key().toUtf8(), item.value().toUtf8());
    for (auto item = secrets.cbegin(); item != secrets.cend(); ++item)
        if (!item.key().isEmpty() && !item.value().isEmpty())
            nm_setting_vpn_add_secret(setting, item.key().toUtf8(), item.value().toUtf8());
    return setting;
}

QString wl_plasma_setting_error(const NMStringMap &data, const NMStringMap &secrets)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = nullptr;

    nm_connection_add_setting(connection, NM_SETTING(wl_plasma_setting_to_libnm(data, secrets)));
    WlProfile *profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_STORED_SECRETS, &error);
    if (!profile)
        return QString::fromUtf8(error->message);
    wl_profile_free(profile);
    return {};
}
