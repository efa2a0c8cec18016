/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-editor.h"

#include <glib/gi18n-lib.h>

#include "model/wl-effective-trust.h"
#include "model/wl-live-bus.h"
#include "model/wl-model.h"
#include "model/wl-setting.h"
#include "wl-boxed-list.h"
#include "wl-discovered-group.h"
#include "wl-gtk.h"
#include "wl-machine-groups.h"
#include "wl-peers-group.h"
#include "wl-start-group.h"

#define MIN_HEIGHT     360 /* pixels */
#define NEW_MIN_HEIGHT 440
#define GROUP_GAP      18
#define MARGIN         12

struct _WlEditor {
    GObject parent_instance;
    WlEditorModel *model;
    WlEditorBus *bus;
    GtkWidget *widget;
    GtkWidget *settings; /* all groups but the first page of a new profile */
    GtkWidget *trust_bar, *trust_warning, *trust_routers;
    WlStartGroup *start; /* NULL: not a new profile */
    WlMachineGroups *machine;
    WlPeersGroup *peers;
    WlDiscoveredGroup *discovered;
};

static void wl_editor_interface_init(NMVpnEditorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(WlEditor, wl_editor, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(NM_TYPE_VPN_EDITOR, wl_editor_interface_init))

static GObject *
get_widget(NMVpnEditor *editor)
{
    return G_OBJECT(WL_EDITOR(editor)->widget);
}

static gboolean
update_connection(NMVpnEditor *editor, NMConnection *connection, GError **error)
{
    return wl_editor_model_apply(WL_EDITOR(editor)->model, connection, error);
}

static void
wl_editor_interface_init(NMVpnEditorInterface *iface)
{
    iface->get_widget = get_widget;
    iface->update_connection = update_connection;
}

/* Automatic trust is off for all peers once one has a level of its own. */
static void
refresh_trust(WlEditor *self)
{
    g_autofree char *warning = wl_editor_model_dup_trust_warning(self->model);
    g_autofree char *routers = wl_editor_model_dup_lost_routers(self->model);
    g_autofree char *label = routers ? g_strdup_printf(_("Trust %s"), routers) : NULL;

    if (label)
        gtk_button_set_label(GTK_BUTTON(self->trust_routers), label);
    wl_gtk_set_shown(self->trust_routers, routers != NULL);
    wl_gtk_label_update(self->trust_warning, warning);
    wl_gtk_set_shown(self->trust_bar, warning != NULL);
}

static void
on_trust_routers(GtkWidget *button, WlEditor *self)
{
    wl_editor_model_trust_routers(self->model);
}

static void
on_model_changed(WlEditorModel *model, WlEditorChange change, gpointer user_data)
{
    WlEditor *self = user_data;

    wl_machine_groups_changed(self->machine, change);
    wl_peers_group_changed(self->peers, change);
    wl_discovered_group_changed(self->discovered, change);
    refresh_trust(self);
    if (change & (WL_EDITOR_CHANGE_FIELD | WL_EDITOR_CHANGE_PEERS))
        g_signal_emit_by_name(self, "changed");
}

/* To be called before the widgets are destroyed: GTK 3 destroys them with their window even if they
 * are referenced. */
static void
free_groups(WlEditor *self)
{
    g_clear_pointer(&self->bus, wl_editor_bus_free);
    wl_editor_model_set_changed_func(self->model, NULL, NULL);
    g_clear_pointer(&self->start, wl_start_group_free);
    g_clear_pointer(&self->machine, wl_machine_groups_free);
    g_clear_pointer(&self->peers, wl_peers_group_free);
    g_clear_pointer(&self->discovered, wl_discovered_group_free);
}

/* Nobody sees values change while the page is hidden. */
static void
on_map(GtkWidget *widget, WlEditor *self)
{
    if (self->bus)
        wl_editor_bus_set_watched(self->bus, TRUE);
}

static void
on_unmap(GtkWidget *widget, WlEditor *self)
{
    if (self->bus)
        wl_editor_bus_set_watched(self->bus, FALSE);
}

static void
on_destroy(GtkWidget *widget, WlEditor *self)
{
    free_groups(self);
}

static void
wl_editor_dispose(GObject *object)
{
    WlEditor *self = WL_EDITOR(object);

    if (self->widget) {
        g_signal_handlers_disconnect_by_data(self->widget, self);
        free_groups(self);
    }
    g_clear_object(&self->widget);
    g_clear_pointer(&self->model, wl_editor_model_free);
    G_OBJECT_CLASS(wl_editor_parent_class)->dispose(object);
}

static void
wl_editor_class_init(WlEditorClass *class)
{
    G_OBJECT_CLASS(class)->dispose = wl_editor_dispose;
}

static void
wl_editor_init(WlEditor *self)
{
}

/* Whether @connection is new, and neither saved nor imported. */
static gboolean
is_empty(NMConnection *connection)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    return !setting || nm_setting_vpn_get_num_data_items(setting) == 0;
}

static void
add_peers(WlEditor *self, GtkWidget *page)
{
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);

    self->peers = wl_peers_group_new(self->model);
    wl_gtk_box_append(page, wl_peers_group_get_widget(self->peers));
    self->trust_warning = wl_gtk_label_new(NULL);
    self->trust_routers = gtk_button_new_with_label("");
    gtk_widget_set_halign(self->trust_routers, GTK_ALIGN_START);
    g_signal_connect_object(self->trust_routers, "clicked", G_CALLBACK(on_trust_routers), self,
                            (GConnectFlags) 0);
    wl_gtk_box_append(texts, self->trust_warning);
    wl_gtk_box_append(texts, self->trust_routers);
    self->trust_bar = wl_gtk_warning_bar_new(texts);
    wl_gtk_box_append(page, self->trust_bar);
    self->discovered = wl_discovered_group_new(self->model);
    wl_gtk_box_append(page, wl_discovered_group_get_widget(self->discovered));
}

static void
on_begun(gboolean phone, gpointer user_data)
{
    WlEditor *self = user_data;

    wl_gtk_set_shown(wl_start_group_get_widget(self->start), FALSE);
    wl_gtk_set_shown(self->settings, TRUE);
    wl_machine_groups_begin(self->machine);
    gtk_widget_child_focus(self->settings, GTK_DIR_TAB_FORWARD);
    if (phone)
        wl_peers_group_add_phone(self->peers);
}

/* A new profile asks first how to begin. */
static void
add_start(WlEditor *self, GtkWidget *page)
{
    self->start = wl_start_group_new(self->model, on_begun, self);
    wl_gtk_box_append(page, wl_start_group_get_widget(self->start));
}

static void
build(WlEditor *self, NMConnection *connection)
{
    GtkWidget *page = gtk_box_new(GTK_ORIENTATION_VERTICAL, GROUP_GAP);

    self->model = wl_editor_model_new();
    wl_editor_model_load(self->model, connection);
    wl_boxed_list_load_style(page);
    wl_gtk_set_margins(page, MARGIN);
    if (is_empty(connection))
        add_start(self, page);
    self->settings = gtk_box_new(GTK_ORIENTATION_VERTICAL, GROUP_GAP);
    wl_gtk_box_append(page, self->settings);
    self->machine = wl_machine_groups_new(self->model, self->settings);
    add_peers(self, self->settings);
    wl_machine_groups_add_advanced(self->machine, self->settings);
    wl_gtk_set_shown(self->settings, !self->start);
    refresh_trust(self);
    /* GNOME Settings adds a connection in a dialog of a fixed size, smaller than a page: one that
     * scrolls as a whole shows more than a page that scrolls inside it. */
    self->widget = g_object_ref_sink(
        wl_gtk_scrolled_new(page, is_empty(connection) ? NEW_MIN_HEIGHT : MIN_HEIGHT));
    g_signal_connect(self->widget, "destroy", G_CALLBACK(on_destroy), self);
    wl_gtk_show(self->widget);
    wl_editor_model_set_changed_func(self->model, on_model_changed, self);
    self->bus = wl_editor_bus_new(self->model, nm_connection_get_uuid(connection));
    g_signal_connect(self->widget, "map", G_CALLBACK(on_map), self);
    g_signal_connect(self->widget, "unmap", G_CALLBACK(on_unmap), self);
}

G_MODULE_EXPORT NMVpnEditor *
nm_vpn_editor_factory_wirelink(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
    WlEditor *self = g_object_new(WL_TYPE_EDITOR, NULL);

    build(self, connection);
    return NM_VPN_EDITOR(self);
}
