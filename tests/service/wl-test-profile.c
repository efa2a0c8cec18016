/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile that the tests of the service activate. The caller owns the connections. */
#include "wl-test-profile.h"

NMConnection *
wl_test_profile_new(void)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSettingVpn *vpn = NM_SETTING_VPN(nm_setting_vpn_new());

    nm_connection_add_setting(
        connection, g_object_new(NM_TYPE_SETTING_CONNECTION, NM_SETTING_CONNECTION_ID, "laptop",
                                 NM_SETTING_CONNECTION_UUID, UUID, NM_SETTING_CONNECTION_TYPE,
                                 NM_SETTING_VPN_SETTING_NAME, NULL));
    g_object_set(vpn, NM_SETTING_VPN_SERVICE_TYPE, "org.freedesktop.NetworkManager.wirelink", NULL);
    nm_setting_vpn_add_data_item(vpn, "wirelink-version", "1");
    nm_setting_vpn_add_data_item(vpn, "address", "10.77.0.2/24 fd77::2/64 10.78.0.2/32");
    nm_setting_vpn_add_data_item(vpn, "listen-port", "51820");
    nm_setting_vpn_add_data_item(vpn, "peer-1-name", "hub");
    nm_setting_vpn_add_data_item(vpn, "peer-1-public-key", HUB_PUBLIC);
    nm_setting_vpn_add_data_item(vpn, "peer-1-endpoint", HUB_ENDPOINT);
    nm_setting_vpn_add_data_item(vpn, "peer-1-allowed-ips",
                                 "10.77.0.0/24 fd77::/64 10.79.0.0/16 fd79::/48");
    nm_setting_vpn_add_secret(vpn, "private-key", PRIVATE_KEY);
    nm_connection_add_setting(connection, NM_SETTING(vpn));
    return connection;
}

GVariant *
wl_test_profile_parameters(NMConnection *connection)
{
    return g_variant_new("(@a{sa{sv}})",
                         nm_connection_to_dbus(connection, NM_CONNECTION_SERIALIZE_ALL));
}

void
wl_test_profile_activate(WlTestBus *bus, NMConnection *connection)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL, ip6 = NULL;

    wl_test_bus_start_service(bus);
    reply = wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);
    g_assert_no_error(error);
    ip6 = wl_test_bus_wait_signal(bus, "Ip6Config");
}
