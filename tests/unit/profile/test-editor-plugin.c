/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Loads the built libnm-vpn-plugin-wirelink.so as nmcli and the editors do. */

#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "test-keys.h"
#include "wl-profile-import.h"
#include "wl-profile.h"

static NMVpnEditorPlugin *plugin;
static char *copy; /* of the library, in a folder of its own */

static void
test_properties(void)
{
    g_autofree char *name = NULL;
    g_autofree char *description = NULL;
    g_autofree char *service = NULL;

    g_object_get(plugin, "name", &name, "description", &description, "service", &service, NULL);
    g_assert_cmpstr(name, ==, "wirelink");
    g_assert_true(description && *description);
    g_assert_cmpstr(service, ==, WL_PROFILE_SERVICE_TYPE);
    g_assert_cmpint(nm_vpn_editor_plugin_get_capabilities(plugin), ==,
                    NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT |
                        NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
                        NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6);
}

static void
test_import_export(void)
{
    g_autofree char *source =
        g_build_filename(g_getenv("WL_TEST_CORPUS"), "preshared-key.wirelink", NULL);
    g_autofree char *folder = g_dir_make_tmp("wl-plugin-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "out.wirelink", NULL);
    g_autofree char *suggested = NULL;
    g_autofree char *text = NULL;
    g_autoptr(NMConnection) connection = NULL;
    g_autoptr(GError) error = NULL;
    struct stat status;

    connection = nm_vpn_editor_plugin_import(plugin, source, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(nm_connection_get_id(connection), ==, "preshared-key");
    suggested = nm_vpn_editor_plugin_get_suggested_filename(plugin, connection);
    g_assert_cmpstr(suggested, ==, "preshared-key.wirelink");
    g_assert_true(nm_vpn_editor_plugin_export(plugin, path, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, PRIVATE_KEY));
    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(rmdir(folder), ==, 0);

    g_assert_null(nm_vpn_editor_plugin_import(plugin, folder, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO);
    g_assert_null(nm_vpn_editor_plugin_import(plugin, folder, NULL));
    g_assert_false(nm_vpn_editor_plugin_export(plugin, path, connection, NULL));
}

/* No editor is beside the copy of the library. */
static void
test_no_editor(void)
{
    g_autofree char *source =
        g_build_filename(g_getenv("WL_TEST_CORPUS"), "minimal.wirelink", NULL);
    g_autoptr(NMConnection) connection = nm_vpn_editor_plugin_import(plugin, source, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(connection);
    g_assert_null(nm_vpn_editor_plugin_get_editor(plugin, connection, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_null(nm_vpn_editor_plugin_get_editor(plugin, connection, NULL));
}

/* The library exports one symbol and needs no toolkit. */
static void
test_symbols(void)
{
    void *library = dlopen(copy, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

    g_assert_nonnull(library);
    g_assert_nonnull(dlsym(library, "nm_vpn_editor_plugin_factory"));
    g_assert_null(dlsym(library, "wl_editor_plugin_get_type"));
    g_assert_null(dlsym(library, "wl_profile_import"));
    g_assert_null(dlsym(library, "gtk_init"));
    dlclose(library);
}

static void
make_copy(void)
{
    g_autofree char *folder = g_dir_make_tmp("wl-plugin-XXXXXX", NULL);
    g_autofree char *library = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    copy = g_build_filename(folder, "libnm-vpn-plugin-wirelink.so", NULL);
    g_file_get_contents(g_getenv("WL_TEST_PLUGIN"), &library, &length, &error);
    g_assert_no_error(error);
    g_file_set_contents(copy, library, (gssize) length, &error);
    g_assert_no_error(error);
    g_assert_cmpint(chmod(copy, 0755), ==, 0);
}

static void
remove_copy(void)
{
    g_autofree char *folder = g_path_get_dirname(copy);

    g_assert_cmpint(unlink(copy), ==, 0);
    g_assert_cmpint(rmdir(folder), ==, 0);
    g_free(copy);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int result;

    g_test_init(&argc, &argv, NULL);
    make_copy();
    plugin =
        nm_vpn_editor_plugin_load_from_file(copy, WL_PROFILE_SERVICE_TYPE, -1, NULL, NULL, &error);
    g_assert_no_error(error);
    g_test_add_func("/editor-plugin/properties", test_properties);
    g_test_add_func("/editor-plugin/import-export", test_import_export);
    g_test_add_func("/editor-plugin/no-editor", test_no_editor);
    g_test_add_func("/editor-plugin/symbols", test_symbols);
    result = g_test_run();
    g_object_unref(plugin);
    remove_copy();
    return result;
}
