/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Loading and saving the vpn setting without loss. */

#include "editor-test.h"

#include <string.h>

#include "wl-profile-connection.h"
#include "wl-profile-import.h"

static void
add_item(const char *key, const char *value, gpointer table)
{
    g_hash_table_insert(table, g_strdup(key), g_strdup(value));
}

static void
assert_same_table(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_test_message("%s", (char *) key);
        g_assert_cmpstr(g_hash_table_lookup(b, key), ==, value);
    }
    g_assert_cmpuint(g_hash_table_size(a), ==, g_hash_table_size(b));
}

static void
assert_same_setting(NMConnection *a, NMConnection *b)
{
    NMSettingVpn *settings[] = {nm_connection_get_setting_vpn(a), nm_connection_get_setting_vpn(b)};
    g_autoptr(GHashTable) data_a = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) data_b = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) secrets_a =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) secrets_b =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    nm_setting_vpn_foreach_data_item(settings[0], add_item, data_a);
    nm_setting_vpn_foreach_data_item(settings[1], add_item, data_b);
    nm_setting_vpn_foreach_secret(settings[0], add_item, secrets_a);
    nm_setting_vpn_foreach_secret(settings[1], add_item, secrets_b);
    assert_same_table(data_a, data_b);
    assert_same_table(secrets_a, secrets_b);
    g_assert_true(nm_setting_compare(NM_SETTING(settings[0]), NM_SETTING(settings[1]),
                                     NM_SETTING_COMPARE_FLAG_EXACT));
}

/* Every file of the corpus stays the same when imported, opened and saved. */
static void
test_corpus_untouched(void)
{
    g_autoptr(GDir) corpus = g_dir_open(g_getenv("WL_TEST_CORPUS"), 0, NULL);
    guint n_files = 0;

    for (const char *name; (name = g_dir_read_name(corpus));) {
        g_autofree char *path = g_build_filename(g_getenv("WL_TEST_CORPUS"), name, NULL);
        g_autoptr(WlEditorModel) model = wl_editor_model_new();
        g_autoptr(NMConnection) connection = NULL;
        g_autoptr(NMConnection) before = NULL;
        g_autoptr(GError) error = NULL;

        if (!g_str_has_suffix(name, ".wirelink"))
            continue;
        g_test_message("%s", name);
        connection = wl_profile_import(path, &error);
        g_assert_no_error(error);
        before = nm_simple_connection_new_clone(connection);
        wl_editor_model_load(model, connection);
        g_assert_true(wl_editor_model_apply(model, connection, &error));
        g_assert_no_error(error);
        assert_same_setting(before, connection);
        g_assert_false(wl_editor_model_is_changed(model));
        n_files++;
    }
    g_assert_cmpuint(n_files, >=, 60);
}

static const char *const odd[] = {
    "address=10.77.0.2/24 fd77::2/64",
    "color=green",
    "extra-interface-SaveConfig=true",
    "peer-0-name=no number",
    "role=LEAF",
    "!private-key=" PRIVATE_KEY,
    "!password=unknown secret",
    "peer-3-public-key=" HUB_KEY,
    "peer-3-allowed-ips=10.77.0.0/24;fd77::/64",
    "peer-3-color=red",
    "!peer-3-pin=1234",
    "peer-7-public-key=" LAPTOP_KEY,
    "peer-7-extra-Note=a note",
    NULL,
};

/* Unknown keys stay, even when all peers are renumbered. */
static void
test_unknown_stays(void)
{
    g_autoptr(NMConnection) connection = test_connection(odd);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(GError) error = NULL;
    WlEditorPeer *peer;

    wl_editor_model_load(model, connection);
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 2);
    peer = wl_editor_model_add_peer(model);
    wl_editor_model_set_text(model, peer, "public-key", PHONE_KEY);
    wl_editor_model_move_peer(model, peer, 0);
    wl_editor_model_move_peer(model, wl_editor_model_get_peer(model, 1), 2);
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, "peer-1-public-key"), ==, PHONE_KEY);
    g_assert_cmpstr(test_data(connection, "peer-2-public-key"), ==, LAPTOP_KEY);
    g_assert_cmpstr(test_data(connection, "peer-2-extra-Note"), ==, "a note");
    g_assert_cmpstr(test_data(connection, "peer-3-public-key"), ==, HUB_KEY);
    g_assert_cmpstr(test_data(connection, "peer-3-color"), ==, "red");
    g_assert_cmpstr(test_secret(connection, "peer-3-pin"), ==, "1234");
    g_assert_null(test_data(connection, "peer-7-public-key"));
    g_assert_null(test_data(connection, "peer-7-extra-Note"));
    g_assert_cmpstr(test_data(connection, "color"), ==, "green");
    g_assert_cmpstr(test_data(connection, "peer-0-name"), ==, "no number");
    g_assert_cmpstr(test_data(connection, "extra-interface-SaveConfig"), ==, "true");
    g_assert_cmpstr(test_secret(connection, "password"), ==, "unknown secret");
    /* unchanged, so not rewritten */
    g_assert_cmpstr(test_data(connection, "role"), ==, "LEAF");
    g_assert_cmpstr(test_data(connection, "peer-3-allowed-ips"), ==, "10.77.0.0/24;fd77::/64");
    g_assert_cmpuint(nm_setting_vpn_get_timeout(nm_connection_get_setting_vpn(connection)), ==, 77);

    wl_editor_model_remove_peer(model, wl_editor_model_get_peer(model, 2));
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_null(test_data(connection, "peer-3-color"));
    g_assert_null(test_secret(connection, "peer-3-pin"));
}

/* Numbers with gaps stay while they are ascending. */
static void
test_numbers_stay(void)
{
    g_autoptr(NMConnection) connection = test_connection(odd);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();

    wl_editor_model_load(model, connection);
    wl_editor_model_set_text(model, wl_editor_model_add_peer(model), "public-key", "x");
    wl_editor_model_set_text(model, wl_editor_model_get_peer(model, 2), "public-key", PHONE_KEY);
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_cmpstr(test_data(connection, "peer-3-public-key"), ==, HUB_KEY);
    g_assert_cmpstr(test_data(connection, "peer-7-public-key"), ==, LAPTOP_KEY);
    g_assert_cmpstr(test_data(connection, "peer-8-public-key"), ==, PHONE_KEY);
}

static const char *const nonsense[] = {
    "wirelink-version=1",
    "address=here",
    "listen-port=99999",
    "role=boss",
    "color=green",
    "peer-1-public-key=short",
    "peer-1-allowed-ips=10.0.0.0/99",
    "peer-1-endpoint=:::",
    "peer-1-basic=perhaps",
    "peer-1-trust=Everything",
    "peer-1-shape=round",
    "!private-key=my password",
    NULL,
};

/* A profile of invalid values opens with errors, cannot be saved, and once corrected has lost
 * nothing. */
static void
test_nonsense(void)
{
    static const char *const fields[] = {"public-key", "allowed-ips", "endpoint", "basic", "trust"};
    static const char *const right[] = {HUB_KEY, "10.77.0.0/24", "192.0.2.1:51820", "no", ""};
    g_autoptr(NMConnection) connection = test_connection(nonsense);
    g_autoptr(NMConnection) before = nm_simple_connection_new_clone(connection);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(GError) error = NULL;
    const WlEditorPeer *at;
    const char *key;
    WlEditorPeer *peer;

    wl_editor_model_load(model, connection);
    peer = wl_editor_model_get_peer(model, 0);
    g_assert_false(wl_editor_model_is_valid(model, &at, &key));
    g_assert_null(at);
    g_assert_cmpstr(key, ==, "private-key");
    g_assert_false(wl_editor_model_apply(model, connection, &error));
    g_assert_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY);
    g_assert_true(g_str_has_prefix(error->message, "Private key: "));
    g_assert_null(strstr(error->message, "my password"));
    assert_same_setting(before, connection);
    g_clear_error(&error);

    wl_editor_model_set_text(model, NULL, "private-key", PRIVATE_KEY);
    wl_editor_model_set_text(model, NULL, "address", "10.77.0.2/24");
    wl_editor_model_set_text(model, NULL, "listen-port", "");
    wl_editor_model_set_text(model, NULL, "role", "");
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_assert_false(wl_editor_model_apply(model, connection, &error));
        g_assert_true(g_str_has_prefix(error->message, i ? "FSXZOopl…, " : "New Peer, Public key"));
        g_clear_error(&error);
        g_assert_nonnull(wl_editor_model_get_problem(model, peer, fields[i]));
        wl_editor_model_set_text(model, peer, fields[i], right[i]);
    }
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, "color"), ==, "green");
    g_assert_cmpstr(test_data(connection, "peer-1-shape"), ==, "round");
    g_assert_null(test_data(connection, "listen-port"));
    g_assert_null(test_data(connection, "peer-1-trust"));
}

static void
test_wrong_place(void)
{
    static const char *const items[] = {
        "address=10.77.0.2/24",
        "private-key=" PRIVATE_KEY,
        "peer-1-public-key=" HUB_KEY,
        "!peer-1-allowed-ips=10.77.0.0/24",
        NULL,
    };
    g_autoptr(NMConnection) connection = test_connection(items);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();

    wl_editor_model_load(model, connection);
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_null(test_data(connection, "private-key"));
    g_assert_cmpstr(test_secret(connection, "private-key"), ==, PRIVATE_KEY);
    g_assert_cmpstr(test_data(connection, "peer-1-allowed-ips"), ==, "10.77.0.0/24");
    g_assert_null(test_secret(connection, "peer-1-allowed-ips"));
}

static void
test_other_version(void)
{
    static const char *const items[] = {
        "wirelink-version=2",
        "address=10.77.0.2/24",
        "!private-key=" PRIVATE_KEY,
        "peer-1-public-key=" HUB_KEY,
        NULL,
    };
    g_autoptr(NMConnection) connection = test_connection(items);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(GError) error = NULL;

    wl_editor_model_load(model, connection);
    g_assert_nonnull(strstr(wl_editor_model_get_general_problem(model), "update"));
    g_assert_false(wl_editor_model_apply(model, connection, &error));
    g_assert_nonnull(strstr(error->message, "update"));
    g_assert_cmpstr(test_data(connection, "wirelink-version"), ==, "2");
}

/* A new profile, as programs create it: a connection with an empty setting, or none. */
static void
test_new(void)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(WlProfile) profile = NULL;
    g_autoptr(GError) error = NULL;
    WlEditorPeer *peer;

    wl_editor_model_load(model, connection);
    g_assert_true(wl_editor_model_get_persistent(model));
    g_assert_false(wl_editor_model_apply(model, connection, &error));
    wl_editor_model_generate_key(model);
    wl_editor_model_set_text(model, NULL, "address", "10.77.0.2/24,  fd77:0::2/64 ");
    g_assert_nonnull(wl_editor_model_get_general_problem(model));
    peer = wl_editor_model_add_peer(model);
    g_assert_null(wl_editor_model_get_general_problem(model));
    wl_editor_model_set_text(model, peer, "public-key", HUB_KEY);
    wl_editor_model_set_text(model, peer, "keepalive", "25");
    wl_editor_model_generate_preshared_key(model, peer);
    g_clear_error(&error);
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, "address"), ==, "10.77.0.2/24 fd77::2/64");
    g_assert_cmpstr(test_data(connection, "private-key-flags"), ==, "0");
    g_assert_cmpstr(test_data(connection, "peer-1-preshared-key-flags"), ==, "0");
    g_assert_cmpstr(test_data(connection, "wirelink-version"), ==, "1");
    g_assert_true(nm_setting_vpn_get_persistent(nm_connection_get_setting_vpn(connection)));
    profile = wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(profile->peers->len, ==, 1);
}

static void
test_persistent(void)
{
    g_autoptr(NMConnection) connection = test_connection(odd);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    wl_editor_model_load(model, connection);
    g_assert_false(wl_editor_model_get_persistent(model));
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_false(nm_setting_vpn_get_persistent(nm_connection_get_setting_vpn(connection)));
    setting = nm_connection_get_setting_vpn(connection);
    wl_editor_model_set_persistent(model, TRUE);
    g_assert_true(wl_editor_model_is_changed(model));
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    /* the setting is a new object, as programs compare both */
    g_assert_true(nm_connection_get_setting_vpn(connection) != setting);
    g_assert_true(nm_setting_vpn_get_persistent(nm_connection_get_setting_vpn(connection)));
}

/* Enabling the full tunnel sets up its DNS and disabling it undoes that; otherwise DNS is
 * unchanged. */
static void
test_full_tunnel_dns(void)
{
    g_autoptr(NMConnection) connection = test_connection(odd);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    NMSettingIPConfig *ip4 = NM_SETTING_IP_CONFIG(nm_setting_ip4_config_new());
    NMSettingIPConfig *ip6 = NM_SETTING_IP_CONFIG(nm_setting_ip6_config_new());

    nm_connection_add_setting(connection, NM_SETTING(ip4));
    nm_connection_add_setting(connection, NM_SETTING(ip6));
    nm_setting_ip_config_add_dns(ip4, "10.77.0.1");
    wl_editor_model_load(model, connection);
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 0);

    wl_editor_model_set_text(model, NULL, "full-tunnel", "yes");
    test_assert_problem(model, NULL, "full-tunnel", "No peer accepts all traffic");
    wl_editor_model_set_text(model, wl_editor_model_get_peer(model, 0), "allowed-ips",
                             "0.0.0.0/1 128.0.0.0/1");
    test_assert_problem(model, NULL, "full-tunnel", NULL);
    wl_editor_model_set_text(model, wl_editor_model_get_peer(model, 0), "allowed-ips", "::/1");
    test_assert_problem(model, NULL, "full-tunnel", NULL);
    wl_editor_model_set_text(model, wl_editor_model_get_peer(model, 0), "allowed-ips", "0.0.0.0/2");
    test_assert_problem(model, NULL, "full-tunnel", "No peer accepts all traffic");
    wl_editor_model_set_text(model, wl_editor_model_get_peer(model, 0), "allowed-ips", "0.0.0.0/0");
    test_assert_problem(model, NULL, "full-tunnel", NULL);
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 1);
    g_assert_cmpstr(nm_setting_ip_config_get_dns_search(ip4, 0), ==, "~");
    g_assert_cmpint(nm_setting_ip_config_get_dns_priority(ip4), ==, -50);
    g_assert_cmpint(nm_setting_ip_config_get_dns_priority(ip6), ==, 0);

    wl_editor_model_load(model, connection);
    wl_editor_model_set_text(model, NULL, "kill-switch", "yes");
    wl_editor_model_set_text(model, NULL, "full-tunnel", "no");
    test_assert_problem(model, NULL, "kill-switch", "enable that too");
    wl_editor_model_set_text(model, NULL, "kill-switch", "no");
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 0);
    g_assert_cmpint(nm_setting_ip_config_get_dns_priority(ip4), ==, 0);
}

/* NetworkManager 1.58 does not activate what is private to several users. */
static void
test_users(void)
{
    g_autoptr(NMConnection) connection = test_connection(odd);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    NMSettingConnection *setting = NM_SETTING_CONNECTION(nm_setting_connection_new());
    static const char *const users[] = {"alice", "bob", "carol"};

    nm_connection_add_setting(connection, NM_SETTING(setting));
    for (guint n = 0; n <= G_N_ELEMENTS(users); n++) {
        g_autofree char *warning = NULL;

        wl_editor_model_load(model, connection);
        warning = wl_editor_model_dup_users_warning(model);
        g_assert_true((warning != NULL) == (n > 1));
        if (warning)
            g_assert_nonnull(strstr(warning, n == 2 ? "2 users" : "3 users"));
        if (n < G_N_ELEMENTS(users))
            nm_setting_connection_add_permission(setting, "user", users[n], NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/profile/corpus-untouched", test_corpus_untouched);
    g_test_add_func("/editor/profile/unknown-stays", test_unknown_stays);
    g_test_add_func("/editor/profile/numbers-stay", test_numbers_stay);
    g_test_add_func("/editor/profile/nonsense", test_nonsense);
    g_test_add_func("/editor/profile/wrong-place", test_wrong_place);
    g_test_add_func("/editor/profile/other-version", test_other_version);
    g_test_add_func("/editor/profile/new", test_new);
    g_test_add_func("/editor/profile/persistent", test_persistent);
    g_test_add_func("/editor/profile/full-tunnel-dns", test_full_tunnel_dns);
    g_test_add_func("/editor/profile/users", test_users);
    return g_test_run();
}
