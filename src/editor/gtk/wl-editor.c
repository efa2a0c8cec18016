/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-editor.h"

#include <glib/gi18n-lib.h>

#include "model/wl-live-bus.h"
#include "model/wl-model.h"
#include "model/wl-setting.h"
#include "wl-gtk.h"
#include "wl-machine-page.h"
#include "wl-peers-page.h"
#include "wl-trust-page.h"

#define NEW_MIN_HEIGHT 440 /* pixels; most pages fit */

struct _WlEditor {
    GObject parent_instance;
    WlEditorModel *model;
    WlEditorBus *bus;
    GtkWidget *notebook;
    WlMachinePage *machine;
    WlPeersPage *peers;
    WlTrustPage *trust;
};

static void wl_editor_interface_init(NMVpnEditorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(WlEditor, wl_editor, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(NM_TYPE_VPN_EDITOR, wl_editor_interface_init))

static GObject *
get_widget(NMVpnEditor *editor)
{
    return G_OBJECT(WL_EDITOR(editor)->notebook);
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

static void
on_model_changed(WlEditorModel *model, WlEditorChange change, gpointer user_data)
{
    WlEditor *self = user_data;

    wl_machine_page_changed(self->machine, change);
    wl_peers_page_changed(self->peers, change);
    wl_trust_page_changed(self->trust, change);
    if (change & (WL_EDITOR_CHANGE_FIELD | WL_EDITOR_CHANGE_PEERS))
        g_signal_emit_by_name(self, "changed");
}

/* To be called before the widgets are destroyed: GTK 3 destroys them with their window even if they
 * are referenced. */
static void
free_pages(WlEditor *self)
{
    g_clear_pointer(&self->bus, wl_editor_bus_free);
    wl_editor_model_set_changed_func(self->model, NULL, NULL);
    g_clear_pointer(&self->machine, wl_machine_page_free);
    g_clear_pointer(&self->peers, wl_peers_page_free);
    g_clear_pointer(&self->trust, wl_trust_page_free);
}

static void
on_destroy(GtkWidget *notebook, WlEditor *self)
{
    free_pages(self);
}

static void
wl_editor_dispose(GObject *object)
{
    WlEditor *self = WL_EDITOR(object);

    if (self->notebook) {
        g_signal_handlers_disconnect_by_data(self->notebook, self);
        free_pages(self);
    }
    g_clear_object(&self->notebook);
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

static void
add_page(WlEditor *self, const char *title, GtkWidget *page)
{
    gtk_notebook_append_page(GTK_NOTEBOOK(self->notebook), page, gtk_label_new(title));
}

/* Whether @connection is new, and neither saved nor imported. */
static gboolean
is_empty(NMConnection *connection)
{
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);

    return !setting || nm_setting_vpn_get_num_data_items(setting) == 0;
}

static void
build(WlEditor *self, NMConnection *connection)
{
    self->model = wl_editor_model_new();
    wl_editor_model_load(self->model, connection);
    self->notebook = g_object_ref_sink(gtk_notebook_new());
    g_signal_connect(self->notebook, "destroy", G_CALLBACK(on_destroy), self);
    self->machine = wl_machine_page_new(self->model);
    self->peers = wl_peers_page_new(self->model);
    self->trust = wl_trust_page_new(self->model);
    add_page(self, _("This Machine"), wl_machine_page_get_widget(self->machine));
    add_page(self, _("Peers"), wl_peers_page_get_widget(self->peers));
    add_page(self, _("Trust"), wl_trust_page_get_widget(self->trust));
    /* GNOME Settings adds a connection in a dialog of a fixed size, smaller than a page: one that
     * scrolls as a whole shows more than a page that scrolls inside it. */
    if (is_empty(connection))
        gtk_widget_set_size_request(self->notebook, -1, NEW_MIN_HEIGHT);
    wl_gtk_show(self->notebook);
    wl_editor_model_set_changed_func(self->model, on_model_changed, self);
    self->bus = wl_editor_bus_new(self->model, nm_connection_get_uuid(connection));
}

G_MODULE_EXPORT NMVpnEditor *
nm_vpn_editor_factory_wirelink(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
    WlEditor *self = g_object_new(WL_TYPE_EDITOR, NULL);

    build(self, connection);
    return NM_VPN_EDITOR(self);
}
