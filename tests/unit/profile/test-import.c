/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Importing and exporting connections. */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "test-keys.h"
#include "wl-profile-connection.h"
#include "wl-profile-import.h"

static char *folder; /* of the current test, removed afterwards */

static char *
corpus_path(const char *name)
{
    return g_build_filename(g_getenv("WL_TEST_CORPUS"), name, NULL);
}

static NMConnection *
import_corpus(const char *name)
{
    g_autofree char *path = corpus_path(name);
    g_autoptr(GError) error = NULL;
    NMConnection *connection = wl_profile_import(path, &error);

    g_assert_no_error(error);
    g_assert_nonnull(connection);
    return connection;
}

static const char *
get_data(NMConnection *connection, const char *key)
{
    return nm_setting_vpn_get_data_item(nm_connection_get_setting_vpn(connection), key);
}

static void
assert_methods(NMConnection *connection, const char *method4, const char *method6)
{
    g_assert_cmpstr(
        nm_setting_ip_config_get_method(nm_connection_get_setting_ip4_config(connection)), ==,
        method4);
    g_assert_cmpstr(
        nm_setting_ip_config_get_method(nm_connection_get_setting_ip6_config(connection)), ==,
        method6);
}

static void
test_minimal(void)
{
    g_autoptr(NMConnection) connection = import_corpus("minimal.wirelink");
    g_autoptr(NMConnection) other = import_corpus("minimal.wirelink");
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    guint64 port;

    g_assert_cmpstr(nm_connection_get_id(connection), ==, "minimal");
    g_assert_true(g_uuid_string_is_valid(nm_connection_get_uuid(connection)));
    g_assert_cmpstr(nm_connection_get_uuid(connection), !=, nm_connection_get_uuid(other));
    g_assert_true(nm_connection_is_type(connection, "vpn"));
    g_assert_null(nm_connection_get_interface_name(connection));
    g_assert_cmpstr(nm_setting_vpn_get_service_type(setting), ==, WL_PROFILE_SERVICE_TYPE);
    g_assert_true(nm_setting_vpn_get_persistent(setting));
    g_assert_cmpstr(nm_setting_vpn_get_secret(setting, "private-key"), ==, PRIVATE_KEY);
    g_assert_cmpstr(get_data(connection, "private-key-flags"), ==, "0");
    g_assert_cmpstr(get_data(connection, "wirelink-version"), ==, "1");
    g_assert_cmpstr(get_data(connection, "fact-port"), ==, "51821");
    g_assert_cmpstr(get_data(connection, "address"), ==, "10.77.0.2/24");
    g_assert_null(get_data(connection, "link-name"));
    g_assert_true(g_ascii_string_to_unsigned(get_data(connection, "listen-port"), 10, 49152, 65535,
                                             &port, NULL));
    assert_methods(connection, "auto", "auto");
}

static void
test_families(void)
{
    g_autoptr(NMConnection) only6 = import_corpus("ipv6-only.wirelink");
    g_autoptr(NMConnection) dns4 = import_corpus("dns4-without-address4.wirelink");

    assert_methods(only6, "disabled", "auto");
    assert_methods(dns4, "auto", "auto");
}

static void
test_dns(void)
{
    g_autoptr(NMConnection) connection = import_corpus("dns.wirelink");
    g_autoptr(NMConnection) domain = import_corpus("dns-domain-only.wirelink");
    NMSettingIPConfig *ip4 = nm_connection_get_setting_ip4_config(connection);
    NMSettingIPConfig *ip6 = nm_connection_get_setting_ip6_config(connection);

    g_assert_cmpuint(nm_setting_ip_config_get_num_dns(ip4), ==, 1);
    g_assert_cmpstr(nm_setting_ip_config_get_dns(ip4, 0), ==, "10.77.0.1");
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns(ip6), ==, 1);
    g_assert_cmpstr(nm_setting_ip_config_get_dns(ip6, 0), ==, "fd77::53");
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 2);
    g_assert_cmpstr(nm_setting_ip_config_get_dns_search(ip4, 0), ==, "example.net");
    g_assert_cmpstr(nm_setting_ip_config_get_dns_search(ip4, 1), ==, "~corp.example");
    ip6 = nm_connection_get_setting_ip6_config(domain);
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip6), ==, 1);
}

/* With a full tunnel only the servers of the connection are queried. */
static void
test_full_tunnel(void)
{
    g_autoptr(NMConnection) connection = import_corpus("full-tunnel-dns.wirelink");
    NMSettingIPConfig *ip4 = nm_connection_get_setting_ip4_config(connection);
    NMSettingIPConfig *ip6 = nm_connection_get_setting_ip6_config(connection);

    g_assert_cmpstr(get_data(connection, "full-tunnel"), ==, "yes");
    g_assert_cmpstr(get_data(connection, "kill-switch"), ==, "yes");
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 2);
    g_assert_cmpstr(nm_setting_ip_config_get_dns_search(ip4, 0), ==, "example.net");
    g_assert_cmpstr(nm_setting_ip_config_get_dns_search(ip4, 1), ==, "~");
    g_assert_cmpint(nm_setting_ip_config_get_dns_priority(ip4), ==, -50);
    g_assert_cmpint(nm_setting_ip_config_get_dns_priority(ip6), ==, 0);
}

static void
test_routes(void)
{
    g_autoptr(NMConnection) off = import_corpus("table-off.wirelink");
    g_autoptr(NMConnection) number = import_corpus("table-number.wirelink");
    g_autoptr(NMConnection) full = import_corpus("full-tunnel.wirelink");
    NMSettingIPConfig *ip4 = nm_connection_get_setting_ip4_config(off);

    g_assert_true(nm_setting_ip_config_get_ignore_auto_routes(ip4));
    ip4 = nm_connection_get_setting_ip4_config(number);
    g_assert_cmpuint(nm_setting_ip_config_get_route_table(ip4), ==, 1234);
    g_assert_false(nm_setting_ip_config_get_ignore_auto_routes(ip4));
    /* Without a full tunnel the servers of the uplink are queried, too. */
    ip4 = nm_connection_get_setting_ip4_config(full);
    g_assert_cmpstr(get_data(full, "peer-1-allowed-ips"), ==, "0.0.0.0/0 ::/0");
    g_assert_cmpuint(nm_setting_ip_config_get_num_dns_searches(ip4), ==, 0);
    g_assert_cmpuint(nm_setting_ip_config_get_num_routes(ip4), ==, 0);
}

static void
test_listen_port(void)
{
    g_autoptr(NMConnection) given = import_corpus("listen-port.wirelink");
    g_autoptr(NMConnection) zero = import_corpus("listen-port-zero.wirelink");

    g_assert_cmpstr(get_data(given, "listen-port"), ==, "50123");
    g_assert_null(get_data(zero, "listen-port"));
}

/* import(export(x)) equals x except for id and UUID, for every file of the corpus. */
static void
test_round_trip(void)
{
    g_autoptr(GDir) corpus = g_dir_open(g_getenv("WL_TEST_CORPUS"), 0, NULL);
    g_autofree char *path = g_build_filename(folder, "x.wirelink", NULL);
    const char *name;

    while ((name = g_dir_read_name(corpus))) {
        g_autoptr(NMConnection) connection = NULL;
        g_autoptr(NMConnection) again = NULL;
        g_autoptr(GError) error = NULL;
        NMSettingConnection *setting;

        if (!g_str_has_suffix(name, ".wirelink"))
            continue;
        g_test_message("%s", name);
        connection = import_corpus(name);
        g_assert_true(nm_connection_verify(connection, &error));
        g_assert_no_error(error);
        g_assert_true(wl_profile_export(path, connection, &error));
        g_assert_no_error(error);
        again = wl_profile_import(path, &error);
        g_assert_no_error(error);
        setting = nm_connection_get_setting_connection(again);
        g_object_set(setting, "id", nm_connection_get_id(connection), "uuid",
                     nm_connection_get_uuid(connection), NULL);
        g_assert_true(nm_connection_compare(connection, again, NM_SETTING_COMPARE_FLAG_EXACT));
    }
}

/* A profile stays the same when NetworkManager stores and loads it. */
static void
test_keyfile(void)
{
    g_autoptr(GDir) corpus = g_dir_open(g_getenv("WL_TEST_CORPUS"), 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(corpus))) {
        g_autoptr(NMConnection) connection = NULL;
        g_autoptr(NMConnection) again = NULL;
        g_autoptr(GKeyFile) keyfile = NULL;
        g_autoptr(GKeyFile) stored = g_key_file_new();
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        if (!g_str_has_suffix(name, ".wirelink"))
            continue;
        g_test_message("%s", name);
        connection = import_corpus(name);
        keyfile = nm_keyfile_write(connection, NM_KEYFILE_HANDLER_FLAGS_NONE, NULL, NULL, &error);
        g_assert_no_error(error);
        text = g_key_file_to_data(keyfile, NULL, NULL);
        g_assert_true(g_key_file_load_from_data(stored, text, -1, G_KEY_FILE_NONE, NULL));
        again = nm_keyfile_read(stored, "/", NM_KEYFILE_HANDLER_FLAGS_NONE, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(nm_connection_normalize(again, NULL, NULL, NULL));
        /* Agent-owned secrets are not stored. */
        g_assert_true(nm_connection_compare(connection, again,
                                            NM_SETTING_COMPARE_FLAG_IGNORE_AGENT_OWNED_SECRETS |
                                                NM_SETTING_COMPARE_FLAG_IGNORE_NOT_SAVED_SECRETS));
    }
}

static void
assert_mode(const char *path, mode_t mode)
{
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    g_assert_true(S_ISREG(status.st_mode));
    g_assert_cmpuint(status.st_mode & 07777, ==, mode);
}

static guint
count_files(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint n = 0;

    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void
test_export(void)
{
    g_autoptr(NMConnection) connection = import_corpus("preshared-key.wirelink");
    g_autofree char *path = g_build_filename(folder, "a.wirelink", NULL);
    g_autofree char *target = g_build_filename(folder, "target", NULL);
    g_autofree char *text = NULL;
    g_autofree char *first = NULL;
    g_autoptr(GError) error = NULL;
    mode_t mask = umask(0);

    g_assert_true(wl_profile_export(path, connection, &error));
    g_assert_no_error(error);
    assert_mode(path, 0600);
    g_assert_true(g_file_get_contents(path, &first, NULL, NULL));
    g_assert_nonnull(strstr(first, "PrivateKey = " PRIVATE_KEY "\n"));
    g_assert_nonnull(strstr(first, "PresharedKey = " PRESHARED_KEY "\n"));
    g_assert_null(strchr(first, '\r'));

    /* A world-readable file is replaced by a private one. */
    g_assert_true(g_file_set_contents(path, "old", -1, NULL));
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    g_assert_true(wl_profile_export(path, connection, &error));
    assert_mode(path, 0600);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, first);

    /* A link is replaced, not followed. */
    g_assert_true(g_file_set_contents(target, "old", -1, NULL));
    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(symlink(target, path), ==, 0);
    g_assert_true(wl_profile_export(path, connection, &error));
    assert_mode(path, 0600);
    g_clear_pointer(&text, g_free);
    g_assert_true(g_file_get_contents(target, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "old");
    g_assert_cmpuint(count_files(), ==, 2);
    umask(mask);
}

/* A user who may edit the profile cannot inject lines into a file that another user exports. */
static void
test_export_dns(void)
{
    g_autoptr(NMConnection) connection = import_corpus("preshared-key.wirelink");
    NMSettingIPConfig *ip4 = nm_connection_get_setting_ip4_config(connection);
    g_autofree char *path = g_build_filename(folder, "a.wirelink", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    nm_setting_ip_config_add_dns_search(ip4, "example.net");
    nm_setting_ip_config_add_dns_search(ip4, "x\nPostUp = touch /tmp/x\n#");
    g_assert_true(wl_profile_export(path, connection, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "example.net"));
    g_assert_null(strstr(text, "PostUp"));
}

static void
test_export_without_secrets(void)
{
    g_autoptr(NMConnection) connection = import_corpus("preshared-key.wirelink");
    g_autofree char *path = g_build_filename(folder, "a.wirelink", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    nm_connection_clear_secrets(connection);
    g_assert_true(wl_profile_export(path, connection, &error));
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_null(strstr(text, PRIVATE_KEY));
    g_assert_null(strstr(text, PRESHARED_KEY));
    g_assert_null(wl_profile_import(path, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SECRET);
    g_assert_cmpstr(
        error->message, ==,
        "a.wirelink:1: PrivateKey: is missing; generate one with \"wirelinkctl genkey\"");
}

static void
test_bad_paths(void)
{
    g_autoptr(NMConnection) connection = import_corpus("minimal.wirelink");
    g_autoptr(NMConnection) other = nm_simple_connection_new();
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *missing = g_build_filename(folder, "a", "b", NULL);
    g_autofree char *path = g_build_filename(folder, "c", NULL);
    const char *const import_paths[] = {missing, folder, fifo, "/dev/zero"};
    const char *const export_paths[] = {missing, folder, fifo, "/dev/null"};

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(import_paths); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(wl_profile_import(import_paths[i], &error));
        g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO);
        g_assert_nonnull(strstr(error->message, import_paths[i]));
        g_clear_error(&error);
        g_assert_false(wl_profile_export(export_paths[i], connection, &error));
        g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO);
        g_assert_nonnull(strstr(error->message, export_paths[i]));
    }
    g_assert_false(wl_profile_export(path, other, NULL));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(count_files(), ==, 1);
}

static void
test_names(void)
{
    static const char *const files[][2] = {
        {"laptop.wirelink", "laptop"},
        {"a.b.conf", "a.b"},
        {"plain", "plain"},
        {".hidden", ".hidden"},
    };
    static const char *const ids[][2] = {
        {"home", "home.wirelink"},
        {"../etc/x", "_._etc_x.wirelink"},
        {"a/b\nc", "a_b_c.wirelink"},
    };
    g_autofree char *good = corpus_path("minimal.wirelink");
    g_autoptr(NMConnection) connection = import_corpus("minimal.wirelink");
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(good, &text, NULL, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i][0], NULL);
        g_autoptr(NMConnection) imported = NULL;

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        imported = wl_profile_import(path, NULL);
        g_assert_cmpstr(nm_connection_get_id(imported), ==, files[i][1]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *name = NULL;

        g_object_set(nm_connection_get_setting_connection(connection), "id", ids[i][0], NULL);
        name = wl_profile_suggest_file_name(connection);
        g_assert_cmpstr(name, ==, ids[i][1]);
    }
}

/* Runs the test in a folder of its own. */
static void
run_in_folder(gconstpointer data)
{
    GTestFunc test = *(const GTestFunc *) data;
    g_autoptr(GDir) dir = NULL;
    const char *name;

    folder = g_dir_make_tmp("wl-import-XXXXXX", NULL);
    g_assert_nonnull(folder);
    test();
    dir = g_dir_open(folder, 0, NULL);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_cmpint(unlink(path), ==, 0);
    }
    g_assert_cmpint(rmdir(folder), ==, 0);
    g_clear_pointer(&folder, g_free);
}

/* The errors for files of other programs name the remedy. */
static void
test_other_formats(void)
{
    static const struct {
        const char *name, *text, *part;
    } cases[] = {
        {"go.json", "{\"Peers\": [{\"PublicKey\": \"" HUB_KEY "\"}]}", "\"wirelinkctl convert\""},
        {"home.wirehub", "name home\nsubnet 10.77.0.0/24\n", "drop it on the list of peers"},
        {"wg0.conf", "[Interface]\nPrivateKey = " PRIVATE_KEY "\n",
         "convert it first: wirelinkctl convert wg0.conf wg0.wirelink"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_build_filename(folder, cases[i].name, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(path, cases[i].text, -1, NULL));
        g_assert_null(wl_profile_import(path, &error));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, cases[i].name));
        g_assert_nonnull(strstr(error->message, cases[i].part));
    }
}

int
main(int argc, char **argv)
{
    static const GTestFunc round_trip = test_round_trip;
    static const GTestFunc export = test_export;
    static const GTestFunc without_secrets = test_export_without_secrets;
    static const GTestFunc dns = test_export_dns;
    static const GTestFunc bad_paths = test_bad_paths;
    static const GTestFunc names = test_names;
    static const GTestFunc other_formats = test_other_formats;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/import/minimal", test_minimal);
    g_test_add_func("/profile/import/families", test_families);
    g_test_add_func("/profile/import/dns", test_dns);
    g_test_add_func("/profile/import/routes", test_routes);
    g_test_add_func("/profile/import/full-tunnel", test_full_tunnel);
    g_test_add_func("/profile/import/listen-port", test_listen_port);
    g_test_add_func("/profile/import/keyfile", test_keyfile);
    g_test_add_data_func("/profile/import/round-trip", &round_trip, run_in_folder);
    g_test_add_data_func("/profile/export/file", &export, run_in_folder);
    g_test_add_data_func("/profile/export/without-secrets", &without_secrets, run_in_folder);
    g_test_add_data_func("/profile/export/dns", &dns, run_in_folder);
    g_test_add_data_func("/profile/import/bad-paths", &bad_paths, run_in_folder);
    g_test_add_data_func("/profile/import/names", &names, run_in_folder);
    g_test_add_data_func("/profile/import/other-formats", &other_formats, run_in_folder);
    return g_test_run();
}
