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
#define UUID   "5c1f8d2e-2a0b-4b2c-9a55-0c3f5d5a9d10" /* as in mock_service.py */

/* of what is open at first, and with the advanced settings */
#define N_MNEMONICS     7
#define N_ALL_MNEMONICS 18

typedef struct {
    NMVpnEditor *editor;
    NMConnection *connection;
    GtkWidget *window, *page;
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
    fixture->page = GTK_WIDGET(nm_vpn_editor_get_widget(fixture->editor));
#if GTK_CHECK_VERSION(4, 0, 0)
    fixture->window = gtk_window_new();
    gtk_window_set_child(GTK_WINDOW(fixture->window), fixture->page);
    gtk_window_set_decorated(GTK_WINDOW(fixture->window), FALSE);
    gtk_window_set_default_size(GTK_WINDOW(fixture->window), width, height);
    gtk_window_present(GTK_WINDOW(fixture->window));
#else
    fixture->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_container_add(GTK_CONTAINER(fixture->window), fixture->page);
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
take_picture_of(GtkWidget *window, const char *name)
{
    const char *folder = g_getenv("WL_TEST_PICTURES");
    g_autofree char *file = g_strdup_printf("gtk%d-%s.png", GTK_MAJOR_VERSION, name);
    g_autofree char *path = folder ? g_build_filename(folder, file, NULL) : NULL;

    settle();
    if (!path)
        return;
#if GTK_CHECK_VERSION(4, 0, 0)
    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(window);
    GtkSnapshot *snapshot = gtk_snapshot_new();
    g_autoptr(GskRenderNode) node = NULL;
    g_autoptr(GdkTexture) texture = NULL;

    gdk_paintable_snapshot(paintable, snapshot, gtk_widget_get_width(window),
                           gtk_widget_get_height(window));
    node = gtk_snapshot_free_to_node(snapshot);
    texture = gsk_renderer_render_texture(gtk_native_get_renderer(gtk_widget_get_native(window)),
                                          node, NULL);
    g_assert_true(gdk_texture_save_to_png(texture, path));
#else
    GdkWindow *drawn = gtk_widget_get_window(window);
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_get_from_window(
        drawn, 0, 0, gdk_window_get_width(drawn), gdk_window_get_height(drawn));

    g_assert_true(gdk_pixbuf_save(picture, path, "png", NULL, NULL));
#endif
}

static void
take_picture(Fixture *fixture, const char *name)
{
    take_picture_of(fixture->window, name);
}

static void
take_part(Fixture *fixture, const char *prefix, const char *part, GtkWidget *top)
{
    g_autofree char *name = g_strconcat(prefix, part, NULL);

    settle();
    look_scroll_to(fixture->page, top);
    take_picture(fixture, name);
}

static void
open_toggle(Fixture *fixture, const char *title)
{
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(look_find_toggle(fixture->page, title)), TRUE);
}

/* The group "Peers": the heading and below it the list. */
static GtkWidget *
peers_group(Fixture *fixture)
{
    GtkWidget *heading = look_wait_for_label(fixture->page, dgettext(GETTEXT_PACKAGE, "Peers"));

    return gtk_widget_get_parent(gtk_widget_get_parent(heading));
}

/* The list of peers. */
static GtkWidget *
peers_list(Fixture *fixture)
{
    GtkWidget *row = gtk_widget_get_parent(look_find_toggle(fixture->page, "hub"));

    return gtk_widget_get_parent(gtk_widget_get_parent(row));
}

static void
take_pages(NMConnection *connection, const char *prefix)
{
    Fixture fixture = {0};
    GtkWidget *advanced;

    open_window(&fixture, connection);
    take_part(&fixture, prefix, "machine", look_find(fixture.page, GTK_TYPE_LABEL));
    look_assert_mnemonics(fixture.page, N_MNEMONICS);
    look_assert_columns(peers_list(&fixture));
    take_part(&fixture, prefix, "peers", peers_group(&fixture));
    advanced = look_find_toggle(fixture.page, dgettext(GETTEXT_PACKAGE, "Advanced"));
    open_toggle(&fixture, "hub");
    open_toggle(&fixture, dgettext(GETTEXT_PACKAGE, "Keys"));
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(advanced), TRUE);
    take_part(&fixture, prefix, "peer", peers_group(&fixture));
    take_part(&fixture, prefix, "options", advanced);
    look_assert_mnemonics(fixture.page, N_ALL_MNEMONICS);
    look_assert_contrast(fixture.page);
    if (g_str_equal(g_getenv("LANGUAGE"), "he"))
        look_assert_no_english(fixture.page);
    g_assert_cmpuint(fixture.n_changed, ==, 0);
    close_window(&fixture);
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
set_large(gboolean large)
{
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", (large ? 2 : 1) * 96 * 1024, NULL);
}

/* The profile that the mock service runs. */
static NMConnection *
import_running(void)
{
    NMConnection *connection = import_home();
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);

    g_object_set(setting, NM_SETTING_CONNECTION_UUID, UUID, NULL);
    return connection;
}

/* The states of four peers, one of them with its details, and the discovered member. */
static void
take_live(const char *prefix)
{
    g_autofree char *state =
        g_strdup_printf("%s, ", dgettext(GETTEXT_PACKAGE, "Direct on the local network"));
    Fixture fixture = {0};

    open_window(&fixture, import_running());
    look_wait_for_label(fixture.page, state);
    take_part(&fixture, prefix, "peers", peers_group(&fixture));
    open_toggle(&fixture, "hub");
    take_part(&fixture, prefix, "peer", peers_group(&fixture));
    look_assert_contrast(fixture.page);
    take_part(&fixture, prefix, "discovered",
              look_wait_for_label(fixture.page, dgettext(GETTEXT_PACKAGE, "Discovered Members")));
    if (g_str_equal(g_getenv("LANGUAGE"), "he"))
        look_assert_no_english(fixture.page);
    g_assert_cmpuint(fixture.n_changed, ==, 0);
    close_window(&fixture);
}

static void
test_live_light(void)
{
    take_live("live-light-");
}

static void
test_live_dark(void)
{
    set_dark(TRUE);
    take_live("live-dark-");
    set_dark(FALSE);
}

static void
test_live_right_to_left(void)
{
    gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    speak("he");
    take_live("live-rtl-");
    speak("en");
    gtk_widget_set_default_direction(GTK_TEXT_DIR_LTR);
}

static void
test_live_large(void)
{
    set_large(TRUE);
    take_live("live-large-");
    set_large(FALSE);
}

static void
test_live_narrow(void)
{
    width = NARROW;
    take_live("live-narrow-");
    width = WIDTH;
}

/* The size of data/screenshots. */
static void
test_live_software_center(void)
{
    width = 800;
    height = 450;
    take_live("center-");
    width = WIDTH;
    height = HEIGHT;
}

/* Presses a button that has a mnemonic. */
static void
press_translated(GtkWidget *widget, const char *label)
{
    g_auto(GStrv) parts = g_strsplit(dgettext(GETTEXT_PACKAGE, label), "_", 2);
    g_autofree char *text = g_strjoinv("", parts);

    look_press(widget, text);
}

/* A picture of the window of a step. */
static GtkWidget *
take_step(Fixture *fixture, const char *prefix, const char *step, guint n_mnemonics)
{
    g_autofree char *name = g_strconcat(prefix, step, NULL);
    GtkWidget *dialog;

    settle();
    dialog = look_find_window_over(fixture->window);
    take_picture_of(dialog, name);
    look_assert_mnemonics(dialog, n_mnemonics);
    look_assert_contrast(dialog);
    if (g_str_equal(g_getenv("LANGUAGE"), "he"))
        look_assert_no_english(dialog);
    return dialog;
}

/* From the empty profile to the code that a phone scans. */
static void
take_start(const char *prefix)
{
    Fixture fixture = {0};
    g_autofree char *choices = g_strconcat(prefix, "choices", NULL);
    g_autofree char *begun = g_strconcat(prefix, "begun", NULL);
    GtkWidget *dialog;

    open_window(&fixture, nm_simple_connection_new());
    take_picture(&fixture, choices);
    look_assert_contrast(fixture.page);
    if (g_str_equal(g_getenv("LANGUAGE"), "he"))
        look_assert_no_english(fixture.page);
    look_press(fixture.page, dgettext(GETTEXT_PACKAGE, "Add a Phone"));
    settle();
    dialog = look_find_window_over(fixture.window);
    g_object_set(look_find_entry(dialog, "10."), "text", "10.77.0.0/24, fd77::/64", NULL);
    press_translated(dialog, "C_reate");
    dialog = take_step(&fixture, prefix, "create", 5);
    g_object_set(look_find_entry(dialog, g_get_host_name()), "text", "hub", NULL);
    g_object_set(look_find_entry_with(dialog, ""), "text", "hub.example.net", NULL);
    press_translated(dialog, "C_reate");
    dialog = take_step(&fixture, prefix, "phone", 4);
    press_translated(dialog, "_Show Code");
    dialog = take_step(&fixture, prefix, "code", 1);
    press_translated(dialog, "_Done");
    settle();
    take_picture(&fixture, begun);
    g_assert_true(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, NULL));
    close_window(&fixture);
}

static void
test_start_light(void)
{
    take_start("start-light-");
}

static void
test_start_dark(void)
{
    set_dark(TRUE);
    take_start("start-dark-");
    set_dark(FALSE);
}

static void
test_start_right_to_left(void)
{
    gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    speak("he");
    take_start("start-rtl-");
    speak("en");
    gtk_widget_set_default_direction(GTK_TEXT_DIR_LTR);
}

static void
test_start_large(void)
{
    set_large(TRUE);
    take_start("start-large-");
    set_large(FALSE);
}

static void
test_start_narrow(void)
{
    width = NARROW;
    take_start("start-narrow-");
    width = WIDTH;
}

/* The program may close the window of the editor while that of a step is open. */
static void
test_start_abandoned(void)
{
    for (guint i = 0; i < 2; i++) {
        Fixture fixture = {0};
        GtkWidget *dialog;

        open_window(&fixture, nm_simple_connection_new());
        look_press(fixture.page, "Add a Phone");
        settle();
        dialog = look_find_window_over(fixture.window);
        if (i) {
            g_object_set(look_find_entry_with(dialog, ""), "text", "hub.example.net", NULL);
            look_press(dialog, "Create");
            settle();
            look_press(look_find_window_over(fixture.window), "Show Code");
            settle();
        }
        close_window(&fixture);
    }
}

static void
test_pages_light(void)
{
    take_pages(import_home(), "light-");
}

/* The empty state, with what a new profile lacks. */
static void
test_new(void)
{
    Fixture fixture = {0};

    open_window(&fixture, nm_simple_connection_new());
    look_press(fixture.page, "Set Up Manually");
    take_picture(&fixture, "new-machine");
    take_part(&fixture, "new-", "peers", peers_group(&fixture));
    close_window(&fixture);
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
    set_large(TRUE);
    take_pages(import_home(), "large-");
    set_large(FALSE);
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
    Fixture fixture = {0};

    width = 800;
    height = 450;
    open_window(&fixture, import_home());
    take_picture(&fixture, "center-machine");
    close_window(&fixture);
    width = WIDTH;
    height = HEIGHT;
}

/* The QR code of the public key. */
static void
test_qr(void)
{
    Fixture fixture = {0};

    open_window(&fixture, import_home());
    open_toggle(&fixture, "Keys");
    open_toggle(&fixture, "QR Code");
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

    open_window(&fixture, import_home());
    before = nm_simple_connection_new_clone(fixture.connection);
    g_assert_true(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, &error));
    g_assert_no_error(error);
    g_assert_true(nm_connection_compare(before, fixture.connection, NM_SETTING_COMPARE_FLAG_EXACT));

    g_object_set(look_find_entry(fixture.page, "10.77.0.2"), "text", "[Interface]", NULL);
    g_assert_cmpuint(fixture.n_changed, >, 0);
    g_assert_false(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, &error));
    g_assert_error(error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY);
    g_assert_true(nm_connection_compare(before, fixture.connection, NM_SETTING_COMPARE_FLAG_EXACT));
    close_window(&fixture);
}

/* One level turns the automatic ones off; the bar gives the routers theirs. */
static void
test_trust_routers(void)
{
    NMConnection *connection = import_home();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    Fixture fixture = {0};

    nm_setting_vpn_remove_data_item(setting, "peer-1-trust");
    nm_setting_vpn_add_data_item(setting, "peer-2-trust", "Untrusted");
    open_window(&fixture, connection);
    look_scroll_to(fixture.page, look_wait_for_label(fixture.page, "A trust level is set for"));
    take_picture(&fixture, "light-trust");
    look_assert_contrast(fixture.page);
    look_press(fixture.page, "Trust hub");
    settle();
    g_assert_true(nm_vpn_editor_update_connection(fixture.editor, fixture.connection, NULL));
    setting = nm_connection_get_setting_vpn(connection);
    g_assert_cmpstr(nm_setting_vpn_get_data_item(setting, "peer-1-trust"), ==, "Membership");
    g_assert_cmpstr(nm_setting_vpn_get_data_item(setting, "peer-2-trust"), ==, "Untrusted");
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
    g_test_add_func("/window/pages/new", test_new);
    g_test_add_func("/window/start/light", test_start_light);
    g_test_add_func("/window/start/dark", test_start_dark);
    g_test_add_func("/window/start/right-to-left", test_start_right_to_left);
    g_test_add_func("/window/start/large", test_start_large);
    g_test_add_func("/window/start/narrow", test_start_narrow);
    g_test_add_func("/window/start/abandoned", test_start_abandoned);
    g_test_add_func("/window/pages/dark", test_pages_dark);
    g_test_add_func("/window/pages/right-to-left", test_pages_right_to_left);
    g_test_add_func("/window/pages/large", test_pages_large);
    g_test_add_func("/window/pages/german", test_pages_german);
    g_test_add_func("/window/pages/narrow", test_pages_narrow);
    g_test_add_func("/window/pages/software-center", test_pages_software_center);
    g_test_add_func("/window/pages/nonsense", test_pages_nonsense);
    g_test_add_func("/window/live/light", test_live_light);
    g_test_add_func("/window/live/dark", test_live_dark);
    g_test_add_func("/window/live/right-to-left", test_live_right_to_left);
    g_test_add_func("/window/live/large", test_live_large);
    g_test_add_func("/window/live/narrow", test_live_narrow);
    g_test_add_func("/window/live/software-center", test_live_software_center);
    g_test_add_func("/window/qr", test_qr);
    g_test_add_func("/window/update", test_update);
    g_test_add_func("/window/trust-routers", test_trust_routers);
    g_test_add_func("/window/editor-outlives-window", test_editor_outlives_window);
    g_test_add_func("/window/many-peers", test_many_peers);
    g_test_add_func("/window/toolkit", test_toolkit);
    return g_test_run();
}
