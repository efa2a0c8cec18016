/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Loads each editor through the plugin, as programs do: one program for GTK 3, one for GTK 4. Needs
 * a display. Saves a screenshot of each page in the folder WL_TEST_PICTURES, if set. */

#include <dlfcn.h>
#include <libintl.h>

#include <NetworkManager.h>
#include <gtk/gtk.h>

#include "window-look.h"
#include "wl-profile-import.h"
#include "wl-profile.h"

#define WIDTH  560
#define HEIGHT 640
#define NARROW 380

typedef struct {
    NMVpnEditor *editor;
    NMConnection *connection;
    GtkWidget *window, *notebook;
    guint n_changed;
} Fixture;

static NMVpnEditorPlugin *plugin;
static int width = WIDTH, height = HEIGHT;

/* Switches the language. The plugin has bound the installed translations by now. */
static void
speak(const char *language)
{
    g_setenv("LANGUAGE", language, TRUE);
    bindtextdomain(GETTEXT_PACKAGE, g_getenv("WL_TEST_LOCALES"));
    textdomain("messages"); /* makes gettext read the variable again */
}

static void
iterate(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static gboolean
stop(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Waits until everything is drawn; what remains has a lower priority. */
static void
settle(void)
{
    gboolean done = FALSE;

    iterate();
    g_timeout_add_full(G_PRIORITY_LOW, 150, stop, &done, NULL);
    while (!done)
        g_main_context_iteration(NULL, TRUE);
}

static void
count_change(NMVpnEditor *editor, guint *n_changed)
{
    (*n_changed)++;
}

static NMConnection *
import_home(void)
{
    g_autoptr(GError) error = NULL;
    NMConnection *connection =
        nm_vpn_editor_plugin_import(plugin, g_getenv("WL_TEST_PROFILE"), &error);

    g_assert_no_error(error);
    return connection;
}

static void
open_window(Fixture *fixture, NMConnection *connection)
{
    g_autoptr(GError) error = NULL;

    fixture->connection = connection;
    fixture->editor = nm_vpn_editor_plugin_get_editor(plugin, connection, &error);
    g_assert_no_error(error);
    g_signal_connect(fixture->editor, "changed", G_CALLBACK(count_change), &fixture->n_changed);
    fixture->notebook = GTK_WIDGET(nm_vpn_editor_get_widget(fixture->editor));
#if GTK_CHECK_VERSION(4, 0, 0)
    fixture->window = gtk_window_new();
    gtk_window_set_child(GTK_WINDOW(fixture->window), fixture->notebook);
    gtk_window_set_decorated(GTK_WINDOW(fixture->window), FALSE);
    gtk_window_set_default_size(GTK_WINDOW(fixture->window), width, height);
    gtk_window_present(GTK_WINDOW(fixture->window));
#else
    fixture->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_container_add(GTK_CONTAINER(fixture->window), fixture->notebook);
    gtk_window_set_default_size(GTK_WINDOW(fixture->window), width, height);
    gtk_widget_show_all(fixture->window);
#endif
    settle();
}

static void
close_window(Fixture *fixture)
{
#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_window_destroy(GTK_WINDOW(fixture->window));
#else
    gtk_widget_destroy(fixture->window);
#endif
    g_assert_finalize_object(fixture->editor);
    g_object_unref(fixture->connection);
    settle();
}

static void
take_picture(Fixture *fixture, const char *name)
{
    const char *folder = g_getenv("WL_TEST_PICTURES");
    g_autofree char *file = g_strdup_printf("gtk%d-%s.png", GTK_MAJOR_VERSION, name);
    g_autofree char *path = folder ? g_build_filename(folder, file, NULL) : NULL;

    settle();
    if (!path)
        return;
#if GTK_CHECK_VERSION(4, 0, 0)
    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(fixture->window);
    GtkSnapshot *snapshot = gtk_snapshot_new();
    g_autoptr(GskRenderNode) node = NULL;
    g_autoptr(GdkTexture) texture = NULL;

    gdk_paintable_snapshot(paintable, snapshot, gtk_widget_get_width(fixture->window),
                           gtk_widget_get_height(fixture->window));
    node = gtk_snapshot_free_to_node(snapshot);
    texture = gsk_renderer_render_texture(
        gtk_native_get_renderer(gtk_widget_get_native(fixture->window)), node, NULL);
    g_assert_true(gdk_texture_save_to_png(texture, path));
#else
    GdkWindow *window = gtk_widget_get_window(fixture->window);
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_get_from_window(
        window, 0, 0, gdk_window_get_width(window), gdk_window_get_height(window));

    g_assert_true(gdk_pixbuf_save(picture, path, "png", NULL, NULL));
#endif
}

static void
open_page(Fixture *fixture, int page)
{
    gtk_notebook_set_current_page(GTK_NOTEBOOK(fixture->notebook), page);
    settle();
}

/* Shows the end of a page that is longer than the window. */
static void
scroll_to_end(Fixture *fixture)
{
    GtkWidget *scrolled = look_find(fixture->notebook, GTK_TYPE_SCROLLED_WINDOW);
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));

    gtk_adjustment_set_value(adjustment, gtk_adjustment_get_upper(adjustment));
}

static void
take_pages(NMConnection *connection, const char *prefix)
{
    static const char *const pages[] = {"machine", "peers", "trust"};
    static const guint n_mnemonics[] = {22, 12, 2};
    Fixture fixture = {0};

    open_window(&fixture, connection);
    if (g_str_equal(g_getenv("LANGUAGE"), "he"))
        look_assert_no_english(fixture.notebook);
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("%s%s", prefix, pages[i]);

        open_page(&fixture, i);
        look_assert_columns(fixture.notebook);
        take_picture(&fixture, name);
        if (i == 0) {
            g_autofree char *end = g_strdup_printf("%soptions", prefix);

            scroll_to_end(&fixture);
            take_picture(&fixture, end);
        }
        if (i == 1) {
            g_autofree char *open = g_strdup_printf("%speer", prefix);

            gtk_expander_set_expanded(GTK_EXPANDER(look_find(fixture.notebook, GTK_TYPE_EXPANDER)),
                                      TRUE);
            take_picture(&fixture, open);
        }
        look_assert_mnemonics(fixture.notebook, n_mnemonics[i]);
    }
    g_assert_cmpuint(fixture.n_changed, ==, 0);
    close_window(&fixture);
}

static void
test_pages_light(void)
{
    take_pages(import_home(), "light-");
}

static void
set_dark(gboolean dark)
{
    GObject *settings = G_OBJECT(gtk_settings_get_default());
    GParamSpec *scheme =
        g_object_class_find_property(G_OBJECT_GET_CLASS(settings), "gtk-interface-color-scheme");

    /* since GTK 4.20, which warns of the other property */
    if (scheme) {
        GEnumClass *values = G_PARAM_SPEC_ENUM(scheme)->enum_class;

        g_object_set(settings, scheme->name,
                     g_enum_get_value_by_nick(values, dark ? "dark" : "light")->value, NULL);
    } else {
        g_object_set(settings, "gtk-application-prefer-dark-theme", dark, NULL);
    }
}

static void
test_pages_dark(void)
{
    set_dark(TRUE);
    take_pages(import_home(), "dark-");
    set_dark(FALSE);
}

static void
test_pages_right_to_left(void)
{
    gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    speak("he");
    take_pages(import_home(), "rtl-");
    speak("en");
    gtk_widget_set_default_direction(GTK_TEXT_DIR_LTR);
}

static void
test_pages_large(void)
{
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
    take_pages(import_home(), "large-");
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
test_pages_german(void)
{
    speak("de");
    take_pages(import_home(), "german-");
    speak("en");
}

/* The width of the dialog of GNOME Settings, which is fixed: nothing is cut off. */
static void
test_pages_narrow(void)
{
    width = NARROW;
    take_pages(import_home(), "narrow-");
    width = WIDTH;
}

/* The size of data/screenshots. */
static void
test_pages_software_center(void)
{
    width = 800;
    height = 450;
    take_pages(import_home(), "center-");
    width = WIDTH;
    height = HEIGHT;
}

/* The QR code of the public key. */
static void
test_qr(void)
{
    Fixture fixture = {0};

    open_window(&fixture, import_home());
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(look_find_named(fixture.notebook, "_QR Code")),
                                 TRUE);
    take_picture(&fixture, "light-qr");
    close_window(&fixture);
}

static void
test_pages_nonsense(void)
{
    NMConnection *connection = import_home();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    nm_setting_vpn_add_data_item(setting, "address", "10.77.0.2");
    nm_setting_vpn_add_data_item(setting, "peer-1-allowed-ips", "10.77.0.5/24");
    nm_setting_vpn_add_data_item(setting, "peer-1-trust", "Everything");
    take_pages(connection, "nonsense-");
}

/* Programs update the connection at each change; an unchanged profile must stay the same. */
static void
test_update(void)
{
    Fixture fixture = {0};
    g_autoptr(NMConnection) before = NULL;
    g_autoptr(GError) error = NULL;
    GtkWidget *entry;

    open_window(&fixture, import_home());
    before = nm_simple_connection_new_clone(fixture.connection);
    g_assert_true(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, &error));
    g_assert_no_error(error);
    g_assert_true(nm_connection_compare(before, fixture.connection, NM_SETTING_COMPARE_FLAG_EXACT));

    entry = look_find(fixture.notebook, GTK_TYPE_ENTRY);
#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_editable_set_text(GTK_EDITABLE(entry), "[Interface]");
#else
    gtk_entry_set_text(GTK_ENTRY(entry), "[Interface]");
#endif
    g_assert_cmpuint(fixture.n_changed, >, 0);
    g_assert_false(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, &error));
    g_assert_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY);
    g_assert_true(nm_connection_compare(before, fixture.connection, NM_SETTING_COMPARE_FLAG_EXACT));
    close_window(&fixture);
}

/* GTK 3 destroys the children of a window even if they are referenced. */
static void
test_editor_outlives_window(void)
{
    Fixture fixture = {0};

    open_window(&fixture, import_home());
#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_window_destroy(GTK_WINDOW(fixture.window));
#else
    gtk_widget_destroy(fixture.window);
#endif
    settle();
    g_assert_true(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, NULL));
    g_assert_finalize_object(fixture.editor);
    g_object_unref(fixture.connection);
}

static void
test_many_peers(void)
{
    NMConnection *connection = import_home();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    for (guint i = 10; i < 60; i++) {
        g_autofree char *key = g_strdup_printf("peer-%u-name", i);
        g_autofree char *name = g_strdup_printf("member %u", i);

        nm_setting_vpn_add_data_item(setting, key, name);
    }
    take_pages(connection, "many-");
}

static void
test_toolkit(void)
{
    gboolean gtk3 = dlsym(RTLD_DEFAULT, "gtk_container_add") != NULL;

    g_assert_cmpint(gtk3, ==, GTK_MAJOR_VERSION == 3);
    g_assert_true(g_type_from_name("GtkContainer") == 0 || GTK_MAJOR_VERSION == 3);
    g_assert_true(g_type_from_name("GtkEventControllerFocus") == 0 || GTK_MAJOR_VERSION == 4);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_init();
#else
    gtk_init(&argc, &argv);
#endif
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, "gtk-cursor-blink",
                 FALSE, NULL);
    plugin = nm_vpn_editor_plugin_load_from_file(g_getenv("WL_TEST_PLUGIN"),
                                                 WL_PROFILE_SERVICE_TYPE, -1, NULL, NULL, &error);
    g_assert_no_error(error);
    speak("en");
    g_test_add_func("/window/pages/light", test_pages_light);
    g_test_add_func("/window/pages/dark", test_pages_dark);
    g_test_add_func("/window/pages/right-to-left", test_pages_right_to_left);
    g_test_add_func("/window/pages/large", test_pages_large);
    g_test_add_func("/window/pages/german", test_pages_german);
    g_test_add_func("/window/pages/narrow", test_pages_narrow);
    g_test_add_func("/window/pages/software-center", test_pages_software_center);
    g_test_add_func("/window/pages/nonsense", test_pages_nonsense);
    g_test_add_func("/window/qr", test_qr);
    g_test_add_func("/window/update", test_update);
    g_test_add_func("/window/editor-outlives-window", test_editor_outlives_window);
    g_test_add_func("/window/many-peers", test_many_peers);
    g_test_add_func("/window/toolkit", test_toolkit);
    return g_test_run();
}
