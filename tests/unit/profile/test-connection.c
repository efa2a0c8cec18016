/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Profiles from and to vpn.data and vpn.secrets. */

#include <string.h>

#include "test-keys.h"
#include "wl-profile-check.h"
#include "wl-profile-compare.h"
#include "wl-profile-connection.h"
#include "wl-profile-keys.h"
#include "wl-profile-secrets.h"

/* A connection with the items "key=value"; "!key=value" is a secret; later items replace earlier
 * ones. */
static NMConnection *
make_connection(const char *const *items, const char *const *more)
{
    NMConnection *connection = nm_simple_connection_new();
    NMSetting *setting = nm_setting_connection_new();

    g_object_set(setting, "id", "test", "uuid", "1234abcd-0000-4000-8000-000000000000", "type",
                 "vpn", NULL);
    nm_connection_add_setting(connection, setting);
    setting = nm_setting_vpn_new();
    g_object_set(setting, "service-type", WL_PROFILE_SERVICE_TYPE, "timeout", 77, "persistent",
                 TRUE, NULL);
    nm_connection_add_setting(connection, setting);
    for (guint pass = 0; pass < 2; pass++) {
        const char *const *list = pass ? more : items;

        for (guint i = 0; list && list[i]; i++) {
            gboolean secret = list[i][0] == '!';
            g_auto(GStrv) pair = g_strsplit(list[i] + secret, "=", 2);

            if (secret)
                nm_setting_vpn_add_secret(NM_SETTING_VPN(setting), pair[0], pair[1]);
            else if (*pair[1])
                nm_setting_vpn_add_data_item(NM_SETTING_VPN(setting), pair[0], pair[1]);
            else
                nm_setting_vpn_remove_data_item(NM_SETTING_VPN(setting), pair[0]);
        }
    }
    return connection;
}

static const char *const minimal[] = {
    "!private-key=" PRIVATE_KEY,
    "address=10.77.0.2/24",
    "peer-1-public-key=" HUB_KEY,
    NULL,
};

static const char *
get_data(NMConnection *connection, const char *key)
{
    return nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), key);
}

static void
test_defaults(void)
{
    g_autoptr(NMConnection) connection = make_connection(minimal, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
    const WlProfilePeer *peer;

    g_assert_no_error(error);
    g_assert_cmpstr(profile->private_key, ==, PRIVATE_KEY);
    g_assert_cmpint(profile->private_key_flags, ==, WL_SECRET_FLAG_NONE);
    g_assert_cmpuint(profile->addresses->len, ==, 1);
    g_assert_cmpuint(profile->listen_port, ==, 0);
    g_assert_cmpuint(profile->fact_port, ==, 51821);
    g_assert_cmpuint(profile->mtu, ==, 0);
    g_assert_null(profile->interface_name);
    g_assert_null(profile->name);
    g_assert_cmpint(profile->role, ==, WL_PROFILE_ROLE_AUTOMATIC);
    g_assert_false(profile->chatty);
    g_assert_false(profile->autostart);
    g_assert_cmpuint(profile->networks->len, ==, 0);
    g_assert_cmpuint(profile->warnings->len, ==, 0);
    g_assert_cmpuint(profile->peers->len, ==, 1);
    peer = profile->peers->pdata[0];
    g_assert_cmpuint(peer->number, ==, 1);
    g_assert_cmpstr(peer->public_key, ==, HUB_KEY);
    g_assert_cmpuint(peer->endpoints->len, ==, 0);
    g_assert_cmpint(peer->preshared_key_flags, ==, WL_SECRET_FLAG_NOT_REQUIRED);
    g_assert_cmpint(peer->trust, ==, WL_PROFILE_TRUST_UNSET);
    g_assert_false(peer->basic || peer->fact_exchanger);
}

static const char *const full[] = {
    "wirelink-version=1",
    "!private-key=" PRIVATE_KEY,
    "private-key-flags=0",
    "address=10.77.0.2/24, fd77::2/64",
    "listen-port=50001",
    "fact-port=51900",
    "link-name=wl0",
    "mtu=1400",
    "role=router",
    "member-name=laptop",
    "chatty=true",
    "autostart=yes",
    "networks=10.77.0.0/16;fd77::/48",
    "hide-interfaces=docker* virbr*",
    "announce-interfaces=eth*",
    "peer-2-public-key=" HUB_KEY,
    "peer-2-endpoint=hub.example.net:51820 [2001:db8::1]:51820",
    "peer-2-allowed-ips=10.77.0.1/24",
    "peer-2-keepalive=25",
    "peer-2-name=hub",
    "peer-2-trust=Membership",
    "peer-2-fact-exchanger=1",
    "!peer-2-preshared-key=" PRESHARED_KEY,
    "peer-10-public-key=" LAPTOP_KEY,
    "peer-10-basic=yes",
    "peer-10-extra-Weight=4",
    "extra-interface-Color=blue\nred",
    "extra-wirelink-Future=1",
    NULL,
};

static void
test_full(void)
{
    g_autoptr(NMConnection) connection = make_connection(full, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
    const WlProfilePeer *peer;
    const WlProfileExtra *extra;

    g_assert_no_error(error);
    g_assert_cmpuint(profile->warnings->len, ==, 0);
    g_assert_cmpuint(profile->addresses->len, ==, 2);
    g_assert_cmpstr(profile->addresses->pdata[1], ==, "fd77::2/64");
    g_assert_cmpuint(profile->listen_port, ==, 50001);
    g_assert_cmpuint(profile->fact_port, ==, 51900);
    g_assert_cmpuint(profile->mtu, ==, 1400);
    g_assert_cmpstr(profile->interface_name, ==, "wl0");
    g_assert_cmpstr(profile->name, ==, "laptop");
    g_assert_cmpint(profile->role, ==, WL_PROFILE_ROLE_ROUTER);
    g_assert_true(profile->chatty);
    g_assert_true(profile->autostart);
    g_assert_cmpuint(profile->networks->len, ==, 2);
    g_assert_cmpuint(profile->hide_interfaces->len, ==, 2);
    g_assert_cmpuint(profile->announce_interfaces->len, ==, 1);
    g_assert_cmpuint(profile->extra->len, ==, 2);
    extra = profile->extra->pdata[0];
    g_assert_cmpint(extra->section, ==, WL_PROFILE_SECTION_INTERFACE);
    g_assert_cmpstr(extra->key, ==, "Color");
    g_assert_cmpstr(extra->value, ==, "blue\nred");

    /* In numerical, not alphabetical order. */
    g_assert_cmpuint(profile->peers->len, ==, 2);
    peer = profile->peers->pdata[0];
    g_assert_cmpuint(peer->number, ==, 2);
    g_assert_cmpstr(peer->name, ==, "hub");
    g_assert_cmpuint(peer->endpoints->len, ==, 2);
    g_assert_cmpstr(peer->allowed_ips->pdata[0], ==, "10.77.0.0/24");
    g_assert_cmpuint(peer->keepalive, ==, 25);
    g_assert_cmpint(peer->trust, ==, WL_PROFILE_TRUST_MEMBERSHIP);
    g_assert_cmpstr(wl_profile_trust_to_string(peer->trust), ==, "Membership");
    g_assert_true(peer->fact_exchanger);
    g_assert_cmpstr(peer->preshared_key, ==, PRESHARED_KEY);
    g_assert_cmpint(peer->preshared_key_flags, ==, WL_SECRET_FLAG_NONE);
    peer = profile->peers->pdata[1];
    g_assert_cmpuint(peer->number, ==, 10);
    g_assert_true(peer->basic);
    g_assert_cmpuint(peer->extra->len, ==, 1);
}

typedef struct {
    const char *item;
    const char *fragment;
    WlProfileError code;
} Bad;

/* Each item is added to the minimal profile. */
static const Bad bad[] = {
    {"address=", "address: is missing", WL_PROFILE_ERROR_MISSING},
    {"address=10.77.0.2/33", "address: \"10.77.0.2/33\" has no valid", WL_PROFILE_ERROR_VALUE},
    {"address=10.77.0.2/24 10.77.0.2/32", "address: 10.77.0.2 is listed twice",
     WL_PROFILE_ERROR_CONFLICT},
    {"peer-1-public-key=", "peer-1-public-key: is missing; a profile needs",
     WL_PROFILE_ERROR_MISSING},
    {"peer-1-public-key=x", "peer-1-public-key: \"x\" is not a WireGuard key",
     WL_PROFILE_ERROR_VALUE},
    {"peer-1-public-key=" PRIVATE_KEY, "peer-1-public-key: is the private key of this profile",
     WL_PROFILE_ERROR_CONFLICT},
    {"peer-3-public-key=" OWN_KEY,
     "peer-3-public-key: is the public key of this machine; enter the key of the other",
     WL_PROFILE_ERROR_CONFLICT},
    {"peer-3-public-key=" HUB_KEY, "peer-3-public-key: is also the key of peer 1",
     WL_PROFILE_ERROR_CONFLICT},
    {"peer-3-name=x", "peer-3-public-key: is missing; the public key identifies",
     WL_PROFILE_ERROR_MISSING},
    {"peer-1-trust=full", "peer-1-trust: \"full\" is not valid", WL_PROFILE_ERROR_VALUE},
    {"peer-1-allowed-ips=10.0.0.0/40", "peer-1-allowed-ips: \"10.0.0.0/40\"",
     WL_PROFILE_ERROR_VALUE},
    {"peer-1-endpoint=hub", "peer-1-endpoint: \"hub\" has no port", WL_PROFILE_ERROR_VALUE},
    {"fact-port=70000", "fact-port: \"70000\"", WL_PROFILE_ERROR_VALUE},
    {"listen-port=51821", "fact-port: 51821 is also the listen port", WL_PROFILE_ERROR_CONFLICT},
    {"wirelink-version=2", "wirelink-version: this version supports only 1",
     WL_PROFILE_ERROR_VALUE},
    {"private-key=" PRIVATE_KEY, "private-key: belongs in vpn.secrets", WL_PROFILE_ERROR_VALUE},
    {"!address=10.0.0.1/8", "address: belongs in vpn.data", WL_PROFILE_ERROR_VALUE},
    {"!private-key=" PRIVATE_KEY "x", "private-key: the value is not", WL_PROFILE_ERROR_VALUE},
    {"!peer-1-preshared-key=abc", "peer-1-preshared-key: the value is not", WL_PROFILE_ERROR_VALUE},
    {"private-key-flags=x", "private-key-flags: \"x\"", WL_PROFILE_ERROR_VALUE},
    {"peer-1-preshared-key-flags=0", "peer-1-preshared-key: is missing", WL_PROFILE_ERROR_SECRET},
    {"!private-key=", "private-key: is missing", WL_PROFILE_ERROR_SECRET},
};

static void
test_bad(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        const char *const more[] = {bad[i].item, NULL};
        g_autoptr(NMConnection) connection = make_connection(minimal, more);
        g_autoptr(GError) error = NULL;
        g_autoptr(WlProfile) profile = NULL;

        g_test_message("%s", bad[i].item);
        if (!strcmp(bad[i].item, "!private-key="))
            nm_setting_vpn_remove_secret(nm_connection_get_setting_vpn(connection), "private-key");
        profile = wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
        g_assert_error(error, WL_PROFILE_ERROR, (int) bad[i].code);
        g_assert_null(profile);
        if (!g_str_has_prefix(error->message, bad[i].fragment))
            g_error("\"%s\" does not begin with \"%s\"", error->message, bad[i].fragment);
        g_assert_null(strstr(error->message, PRIVATE_KEY));
        g_assert_null(wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, NULL));
    }
}

static void
test_same_allowed_ip(void)
{
    const char *const more[] = {
        "peer-1-name=hub",
        "peer-1-allowed-ips=10.77.0.0/24 10.77.0.5",
        "peer-2-public-key=" LAPTOP_KEY,
        "peer-2-allowed-ips=10.77.0.0/16 10.77.0.5/32",
        NULL,
    };
    g_autoptr(NMConnection) connection = make_connection(minimal, more);
    g_autoptr(GError) error = NULL;

    g_assert_null(wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_CONFLICT);
    g_assert_cmpstr(error->message, ==,
                    "peer-2-allowed-ips: 10.77.0.5/32 is also an allowed IP of peer 1 (hub); only "
                    "one peer can have it");
}

static void
test_full_tunnel(void)
{
    static const struct {
        const char *more[4];
        const char *error;
    } cases[] = {
        {{"full-tunnel=yes", "peer-1-allowed-ips=0.0.0.0/0"}, NULL},
        {{"full-tunnel=yes", "peer-1-allowed-ips=::/1 8000::/1", "kill-switch=yes"}, NULL},
        {{"peer-1-allowed-ips=0.0.0.0/0"}, NULL},
        {{"full-tunnel=yes", "peer-1-allowed-ips=10.77.0.0/24"},
         "full-tunnel: requires a peer that accepts all traffic; add 0.0.0.0/0 or "
         "::/0 to the allowed IPs of one"},
        {{"kill-switch=yes", "peer-1-allowed-ips=0.0.0.0/0"},
         "kill-switch: requires full-tunnel; set that to yes, too"},
        {{"offer-exit=yes", "shared-networks=192.168.2.0/24 fd00:2::/64"}, NULL},
        {{"shared-networks=0.0.0.0/0"},
         "shared-networks: 0.0.0.0/0 is everything; set offer-exit to yes instead"},
        {{"shared-networks=192.168.2.0/24 ::/0"},
         "shared-networks: ::/0 is everything; set offer-exit to yes instead"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(NMConnection) connection = make_connection(minimal, cases[i].more);
        g_autoptr(GError) error = NULL;
        g_autoptr(WlProfile) profile =
            wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, &error);

        g_assert_cmpstr(error ? error->message : NULL, ==, cases[i].error);
        g_assert_true(!profile == (cases[i].error != NULL));
    }
}

static void
test_type(void)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;
    NMSetting *setting = nm_setting_vpn_new();

    g_assert_null(wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_TYPE);
    g_clear_error(&error);
    g_object_set(setting, "service-type", "org.freedesktop.NetworkManager.openvpn", NULL);
    nm_connection_add_setting(connection, setting);
    g_assert_null(wl_profile_from_connection(connection, WL_PROFILE_CHECK_DEFAULT, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_TYPE);
    g_assert_nonnull(strstr(error->message, "NetworkManager.openvpn, not"));
}

/* Unknown keys cause a warning, are harmless, and stay when the profile is written. */
static void
test_unknown(void)
{
    const char *const more[] = {
        "adress=10.77.0.3/24",
        "peer-1-alowed-ips=10.0.0.0/8",
        "peer-0-public-key=" LAPTOP_KEY,
        "peer-7-color=blue",
        "extra-interface-PostUp=rm -rf /",
        "extra-wirelink-Address=10.0.0.1/8",
        "extra-peer-x=1",
        "peer-1-extra-a#b=1",
        "extra-interface-Bad=a # b",
        "extra-interface-Key=" LAPTOP_KEY,
        "!password=secret",
        "!peer-8-preshared-key=" PRESHARED_KEY,
        "line\nfeed=1",
        NULL,
    };
    g_autoptr(NMConnection) connection = make_connection(minimal, more);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
    g_autofree char *all = NULL;

    g_assert_no_error(error);
    g_assert_cmpuint(profile->peers->len, ==, 1);
    g_assert_cmpuint(profile->extra->len, ==, 0);
    g_assert_cmpuint(profile->warnings->len, ==, G_N_ELEMENTS(more) - 1);
    g_ptr_array_add(profile->warnings, NULL);
    all = g_strjoinv("\n", (char **) profile->warnings->pdata);
    for (guint i = 0; more[i]; i++) {
        g_autofree char *key = g_strndup(more[i], strcspn(more[i], "="));
        g_autofree char *expected = NULL;

        g_strdelimit(key, "\n", '?');
        expected = g_strdup_printf("\"%s\": ", key[0] == '!' ? key + 1 : key);
        g_assert_nonnull(strstr(all, expected));
    }
    g_ptr_array_remove_index(profile->warnings, profile->warnings->len - 1);

    g_assert_true(wl_profile_to_connection(profile, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(get_data(connection, "adress"), ==, "10.77.0.3/24");
    g_assert_cmpstr(get_data(connection, "peer-1-alowed-ips"), ==, "10.0.0.0/8");
    g_assert_null(get_data(connection, "peer-7-color"));
    g_assert_null(get_data(connection, "extra-interface-PostUp"));
}

static void
test_round_trip(void)
{
    static const char *const *const sets[] = {minimal, full};

    for (guint i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autoptr(NMConnection) connection = make_connection(sets[i], NULL);
        g_autoptr(NMConnection) empty = nm_simple_connection_new();
        g_autoptr(WlProfile) profile = wl_profile_from_connection(connection, 0, NULL);
        g_autoptr(WlProfile) again = NULL;
        g_autoptr(WlProfile) fresh = NULL;
        g_autoptr(GError) error = NULL;
        NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

        g_assert_true(wl_profile_to_connection(profile, connection, &error));
        g_assert_no_error(error);
        again = wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
        g_assert_no_error(error);
        g_assert_true(wl_profile_equal(profile, again));
        g_assert_cmpuint(nm_setting_vpn_get_timeout(setting), ==, 77);
        g_assert_true(nm_setting_vpn_get_persistent(setting));
        g_assert_cmpstr(get_data(connection, "wirelink-version"), ==, "1");
        g_assert_cmpstr(get_data(connection, "private-key-flags"), ==, "0");
        g_assert_null(get_data(connection, "private-key"));

        g_assert_true(wl_profile_to_connection(profile, empty, &error));
        fresh = wl_profile_from_connection(empty, WL_PROFILE_CHECK_SECRETS, &error);
        g_assert_no_error(error);
        g_assert_true(wl_profile_equal(profile, fresh));
    }
}

/* A removed peer leaves no key behind; a new one gets the next number; the others keep theirs. */
static void
test_edit_peers(void)
{
    g_autoptr(NMConnection) connection = make_connection(full, NULL);
    g_autoptr(WlProfile) profile = wl_profile_from_connection(connection, 0, NULL);
    g_autoptr(WlProfile) again = NULL;
    WlProfilePeer *peer = wl_profile_peer_new();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    nm_setting_vpn_add_data_item(setting, "peer-10-color", "blue");
    peer->public_key = g_strdup(PHONE_KEY);
    g_ptr_array_add(profile->peers, peer);
    g_ptr_array_remove_index(profile->peers, 0);
    g_assert_true(wl_profile_to_connection(profile, connection, NULL));
    g_assert_null(get_data(connection, "peer-2-public-key"));
    g_assert_null(get_data(connection, "peer-2-preshared-key-flags"));
    g_assert_null(nm_setting_vpn_get_secret(setting, "peer-2-preshared-key"));
    g_assert_cmpstr(get_data(connection, "peer-10-public-key"), ==, LAPTOP_KEY);
    g_assert_cmpstr(get_data(connection, "peer-10-color"), ==, "blue");
    g_assert_cmpstr(get_data(connection, "peer-11-public-key"), ==, PHONE_KEY);

    /* Inserted before the others, its number is not ascending: all are renumbered. */
    g_ptr_array_insert(profile->peers, 0, g_ptr_array_steal_index(profile->peers, 1));
    peer->number = 11;
    g_assert_true(wl_profile_to_connection(profile, connection, NULL));
    g_assert_cmpstr(get_data(connection, "peer-1-public-key"), ==, PHONE_KEY);
    g_assert_cmpstr(get_data(connection, "peer-2-public-key"), ==, LAPTOP_KEY);
    g_assert_null(get_data(connection, "peer-10-public-key"));
    again = wl_profile_from_connection(connection, 0, NULL);
    g_assert_true(wl_profile_equal(profile, again));
}

static void
test_equal(void)
{
    g_autoptr(NMConnection) connection = make_connection(full, NULL);
    g_autoptr(WlProfile) profile = wl_profile_from_connection(connection, 0, NULL);

    for (guint i = 0; full[i]; i++) {
        g_autoptr(NMConnection) other = make_connection(full, NULL);
        g_autoptr(WlProfile) changed = NULL;
        NMSettingVpn *setting = nm_connection_get_setting_vpn(other);
        gboolean secret = full[i][0] == '!';
        g_autofree char *key = g_strndup(full[i] + secret, strcspn(full[i] + secret, "="));

        /* Required keys, and values that equal the default. */
        if (strstr(key, "public-key") || !strcmp(key, "address") ||
            !strcmp(key, "wirelink-version") || !strcmp(key, "private-key-flags"))
            continue;
        g_test_message("%s", key);
        if (secret)
            nm_setting_vpn_remove_secret(setting, key);
        else
            nm_setting_vpn_remove_data_item(setting, key);
        changed = wl_profile_from_connection(other, 0, NULL);
        g_assert_nonnull(changed);
        g_assert_false(wl_profile_equal(profile, changed));
    }
}

static void
test_missing_secret(void)
{
    static const struct {
        const char *items[4];
        const char *expected;
    } cases[] = {
        {{"address=nonsense", NULL}, "private-key"},
        {{"private-key-flags=0", NULL}, "private-key"},
        {{"private-key-flags=1", NULL}, "private-key"},
        {{"private-key-flags=2", NULL}, "private-key"},
        {{"private-key-flags=4", NULL}, NULL},
        {{"!private-key=" PRIVATE_KEY, NULL}, NULL},
        {{"!private-key=" PRIVATE_KEY, "peer-1-public-key=" HUB_KEY, NULL}, NULL},
        {{"!private-key=" PRIVATE_KEY, "peer-2-preshared-key-flags=4", NULL}, NULL},
        {{"!private-key=" PRIVATE_KEY, "peer-12-preshared-key-flags=1",
          "peer-3-preshared-key-flags=0", NULL},
         "peer-3-preshared-key"},
        {{"!private-key=" PRIVATE_KEY, "!peer-3-preshared-key=" PRESHARED_KEY,
          "peer-3-preshared-key-flags=1", NULL},
         NULL},
        /* A stored key gets an error later; a key of the user is asked for again. */
        {{"!private-key=AAAA", NULL}, NULL},
        {{"!private-key=AAAA", "private-key-flags=1", NULL}, "private-key"},
        {{"!private-key=AAAA", "private-key-flags=2", NULL}, "private-key"},
        {{"!private-key= " PRIVATE_KEY " ", "private-key-flags=2", NULL}, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(NMConnection) connection = make_connection(cases[i].items, NULL);
        g_autofree char *missing = wl_profile_missing_secret(connection);

        g_assert_cmpstr(missing, ==, cases[i].expected);
    }
}

/* A profile whose secrets are not requested can be read and written. */
static void
test_secrets_elsewhere(void)
{
    const char *const items[] = {
        "address=10.77.0.2/24",          "private-key-flags=1",
        "peer-1-public-key=" HUB_KEY,    "peer-1-preshared-key-flags=2",
        "peer-2-public-key=" LAPTOP_KEY, NULL,
    };
    g_autoptr(NMConnection) connection = make_connection(items, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile = wl_profile_from_connection(connection, 0, &error);

    g_assert_no_error(error);
    g_assert_null(profile->private_key);
    g_assert_true(wl_profile_check(profile, WL_PROFILE_CHECK_STORED_SECRETS, &error));
    g_assert_false(wl_profile_check(profile, WL_PROFILE_CHECK_SECRETS, NULL));
    g_assert_true(wl_profile_to_connection(profile, connection, &error));
    g_assert_cmpstr(get_data(connection, "private-key-flags"), ==, "1");
    g_assert_cmpstr(get_data(connection, "peer-1-preshared-key-flags"), ==, "2");
    g_assert_null(get_data(connection, "peer-2-preshared-key-flags"));
}

static void
test_too_many_peers(void)
{
    g_autoptr(NMConnection) connection = make_connection(minimal, NULL);
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfile) profile = NULL;
    char *last = NULL;

    for (guint i = 2; i <= WL_PROFILE_MAX_PEERS + 1; i++) {
        guint8 bytes[32] = {(guint8) i, (guint8) (i >> 8)};
        g_autofree char *name = g_strdup_printf("peer-%u-public-key", i);
        g_autofree char *key = g_base64_encode(bytes, sizeof(bytes));

        nm_setting_vpn_add_data_item(setting, name, key);
        g_free(last);
        last = g_steal_pointer(&name);
    }
    g_assert_null(wl_profile_from_connection(connection, 0, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "limit of 1000 peers"));
    g_clear_error(&error);
    nm_setting_vpn_remove_data_item(setting, last);
    g_free(last);
    profile = wl_profile_from_connection(connection, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(profile->peers->len, ==, WL_PROFILE_MAX_PEERS);
}

static void
test_link_name(void)
{
    g_autoptr(NMConnection) connection = make_connection(full, NULL);
    g_autoptr(WlProfile) profile = wl_profile_from_connection(connection, 0, NULL);
    g_autofree char *default_name = wl_profile_get_link_name(NULL, connection);
    g_autofree char *of_profile = wl_profile_get_link_name(profile, connection);
    g_autofree char *of_connection = NULL;

    g_assert_cmpstr(default_name, ==, "nmwl-1234abcd");
    g_assert_cmpstr(of_profile, ==, "wl0");
    g_object_set(nm_connection_get_setting_connection(connection), "interface-name", "wg7", NULL);
    of_connection = wl_profile_get_link_name(profile, connection);
    g_assert_cmpstr(of_connection, ==, "wg7");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/connection/defaults", test_defaults);
    g_test_add_func("/profile/connection/full", test_full);
    g_test_add_func("/profile/connection/bad", test_bad);
    g_test_add_func("/profile/connection/same-allowed-ip", test_same_allowed_ip);
    g_test_add_func("/profile/connection/full-tunnel", test_full_tunnel);
    g_test_add_func("/profile/connection/type", test_type);
    g_test_add_func("/profile/connection/unknown", test_unknown);
    g_test_add_func("/profile/connection/round-trip", test_round_trip);
    g_test_add_func("/profile/connection/edit-peers", test_edit_peers);
    g_test_add_func("/profile/connection/equal", test_equal);
    g_test_add_func("/profile/connection/missing-secret", test_missing_secret);
    g_test_add_func("/profile/connection/secrets-elsewhere", test_secrets_elsewhere);
    g_test_add_func("/profile/connection/too-many-peers", test_too_many_peers);
    g_test_add_func("/profile/connection/link-name", test_link_name);
    return g_test_run();
}
