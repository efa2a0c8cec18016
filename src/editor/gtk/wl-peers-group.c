/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peers-group.h"

#include <glib/gi18n-lib.h>

#include "model/wl-import.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-phone.h"
#include "model/wl-read.h"
#include "wl-boxed-list.h"
#include "wl-gtk-drag.h"
#include "wl-gtk.h"
#include "wl-peer-row.h"
#include "wl-phone-dialog.h"

#define MIN_SEARCHED 5 /* peers, from which on there is a search */

struct _WlPeersGroup {
    WlEditorModel *model;
    WlDialog *dialog; /* that adds a phone, or NULL */
    GtkWidget *widget, *search, *add, *add_phone, *list, *empty, *undo_row, *removed, *undo,
        *problem, *message;
    GHashTable *rows; /* WlEditorPeer to WlPeerRow */
};

static WlEditorPeer *
peer_of(GtkWidget *row)
{
    return g_object_get_data(G_OBJECT(row), "wl-peer");
}

static GtkWidget *
widget_at(const WlPeersGroup *group, guint position)
{
    WlEditorPeer *peer = wl_editor_model_get_peer(group->model, position);

    return wl_peer_row_get_widget(g_hash_table_lookup(group->rows, peer));
}

/* Puts the rows in the order of the peers, and the row to undo in the place of what was removed. */
static void
arrange(WlPeersGroup *group)
{
    guint n_peers = wl_editor_model_get_n_peers(group->model);
    guint removed, position = 0;
    GtkWidget *previous = NULL;

    wl_editor_model_get_removed(group->model, &removed);
    for (guint i = 0; i <= n_peers; i++) {
        if (i == removed) {
            wl_gtk_box_place(group->list, group->undo_row, previous, position++);
            previous = group->undo_row;
        }
        if (i < n_peers) {
            wl_gtk_box_place(group->list, widget_at(group, i), previous, position++);
            previous = widget_at(group, i);
        }
    }
}

static void
filter(WlPeersGroup *group)
{
    const char *search = wl_gtk_get_text(group->search);
    GHashTableIter iter;
    gpointer peer, row;

    g_hash_table_iter_init(&iter, group->rows);
    while (g_hash_table_iter_next(&iter, &peer, &row))
        wl_gtk_set_shown(wl_peer_row_get_widget(row), wl_editor_peer_matches(peer, search));
}

static void
add_row(WlPeersGroup *group, WlEditorPeer *peer)
{
    WlPeerRow *row = wl_peer_row_new(group->model, peer);
    GtkWidget *widget = wl_peer_row_get_widget(row);

    g_object_set_data(G_OBJECT(widget), "wl-peer", peer);
    g_hash_table_insert(group->rows, peer, row);
    wl_gtk_box_append(group->list, widget);
}

/* Removes the rows of removed peers and adds rows for new ones. */
static void
reconcile(WlPeersGroup *group)
{
    guint n_peers = wl_editor_model_get_n_peers(group->model);
    g_autoptr(GHashTable) present = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer peer, row;

    for (guint i = 0; i < n_peers; i++)
        g_hash_table_add(present, wl_editor_model_get_peer(group->model, i));
    g_hash_table_iter_init(&iter, group->rows);
    while (g_hash_table_iter_next(&iter, &peer, &row)) {
        GtkWidget *widget = wl_peer_row_get_widget(row);

        if (g_hash_table_contains(present, peer))
            continue;
        g_object_set_data(G_OBJECT(widget), "wl-peer", NULL);
        g_object_ref(widget);
        g_hash_table_iter_remove(&iter);
        wl_gtk_box_remove(group->list, widget);
        g_object_unref(widget);
    }
    for (guint i = 0; i < n_peers; i++) {
        peer = wl_editor_model_get_peer(group->model, i);
        if (!g_hash_table_contains(group->rows, peer))
            add_row(group, peer);
    }
    arrange(group);
    filter(group);
}

static void
refresh_removed(WlPeersGroup *group)
{
    guint position;
    const WlEditorPeer *peer = wl_editor_model_get_removed(group->model, &position);
    g_autofree char *title = peer ? wl_editor_peer_dup_title(peer) : NULL;
    g_autofree char *text = peer ? g_strdup_printf(_("%s was removed"), title) : NULL;
    gboolean appears = peer && !gtk_widget_get_visible(group->undo_row);

    wl_gtk_label_update(group->removed, text);
    wl_gtk_set_shown(group->undo_row, peer != NULL);
    /* The button that had the focus is gone. */
    if (appears)
        wl_gtk_focus_later(group->undo);
}

static void
refresh(WlPeersGroup *group)
{
    const char *problem = wl_editor_model_get_general_problem(group->model);
    guint n_peers = wl_editor_model_get_n_peers(group->model);
    GHashTableIter iter;
    gpointer row;

    g_hash_table_iter_init(&iter, group->rows);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        wl_peer_row_refresh(row);
    wl_gtk_label_update(group->problem, problem);
    wl_gtk_set_shown(group->problem, problem != NULL && n_peers > 0);
    wl_gtk_set_shown(group->empty, n_peers == 0);
    refresh_removed(group);
    wl_gtk_set_shown(group->search, n_peers >= MIN_SEARCHED);
    wl_gtk_set_shown(group->add_phone, wl_editor_phone_is_possible(group->model));
}

static void
on_search(GtkWidget *search, WlPeersGroup *group)
{
    filter(group);
}

static void
on_add(GtkWidget *button, WlPeersGroup *group)
{
    WlEditorPeer *peer = wl_editor_model_add_peer(group->model);

    wl_gtk_set_text(group->search, "");
    wl_peer_row_open(g_hash_table_lookup(group->rows, peer));
}

static void
on_add_phone(GtkWidget *button, WlPeersGroup *group)
{
    wl_peers_group_add_phone(group);
}

static void
on_undo(GtkWidget *button, WlPeersGroup *group)
{
    wl_editor_model_undo_remove(group->model);
}

static void
on_file(GFile *file, gpointer user_data)
{
    WlPeersGroup *group = user_data;
    g_autofree char *path = g_file_get_path(file);
    g_autofree char *message = NULL;
    g_autoptr(GError) error = NULL;
    guint added, known;

    if (!path)
        message = g_strdup(_("Only local files can be read; copy the file to this machine first."));
    else if (!wl_editor_model_add_from_file(group->model, path, &added, &known, &error))
        message = g_strdup(error->message);
    else
        message = g_strdup_printf(_("Peers added: %u; already present: %u"), added, known);
    wl_gtk_label_update(group->message, message);
    wl_gtk_set_class(group->message, "wirelink-error", error != NULL || !path);
    wl_gtk_set_shown(group->message, TRUE);
}

static void
on_move(GtkWidget *row, GtkWidget *place, gpointer user_data)
{
    WlPeersGroup *group = user_data;
    WlEditorPeer *peer = peer_of(row);
    guint position = wl_editor_model_get_n_peers(group->model);

    if (place && peer_of(place))
        position = wl_editor_model_get_position(group->model, peer_of(place));
    if (peer)
        wl_editor_model_move_peer(group->model, peer, position);
}

/* What a network without peers shows in the list. */
static void
add_empty(WlPeersGroup *group)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *icon = wl_gtk_image_new("network-workgroup-symbolic");
    GtkWidget *title = wl_gtk_label_new(_("No Peers"));
    GtkWidget *text = wl_dim_label_new(
        _("A network needs at least one peer. Add one, or drop a .wirelink, wg-quick or WireHub "
          "file here."));

    wl_gtk_add_class(icon, "wirelink-dim");
    wl_gtk_add_class(title, "wirelink-heading");
    gtk_label_set_xalign(GTK_LABEL(title), 0.5);
    gtk_label_set_xalign(GTK_LABEL(text), 0.5);
    gtk_label_set_justify(GTK_LABEL(text), GTK_JUSTIFY_CENTER);
    wl_gtk_box_append(box, icon);
    wl_gtk_box_append(box, title);
    wl_gtk_box_append(box, text);
    wl_gtk_set_margins(box, 24);
    wl_gtk_show(box);
    group->empty = box;
    wl_gtk_box_append(group->list, box);
}

/* What stands in the place of the peer that was removed last. */
static void
add_undo(WlPeersGroup *group)
{
    GtkWidget *box = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);

    group->removed = wl_gtk_label_new(NULL);
    group->undo = gtk_button_new_with_label(_("Undo"));
    g_signal_connect(group->undo, "clicked", G_CALLBACK(on_undo), group);
    wl_gtk_box_append(box, group->removed);
    wl_gtk_box_append(box, group->undo);
    group->undo_row = box;
    wl_gtk_box_append(group->list, box);
}

static void
add_header(WlPeersGroup *group, GtkWidget *header)
{
    group->add_phone = gtk_button_new_with_mnemonic(_("Add P_hone…"));
    gtk_widget_set_valign(group->add_phone, GTK_ALIGN_CENTER);
    g_signal_connect(group->add_phone, "clicked", G_CALLBACK(on_add_phone), group);
    wl_gtk_box_append(header, group->add_phone);
    group->add = gtk_button_new_with_mnemonic(_("Add _Peer"));
    gtk_widget_set_valign(group->add, GTK_ALIGN_CENTER);
    g_signal_connect(group->add, "clicked", G_CALLBACK(on_add), group);
    wl_gtk_box_append(header, group->add);
    group->search = gtk_search_entry_new();
    gtk_widget_set_hexpand(group->search, TRUE);
    wl_gtk_set_name(group->search, _("Search peers"));
    g_object_set(group->search, "placeholder-text", _("Search by name, key, address or trust"),
                 NULL);
    g_signal_connect(group->search, "search-changed", G_CALLBACK(on_search), group);
    wl_gtk_box_append(group->widget, group->search);
}

static void
add_list(WlPeersGroup *group)
{
    group->list = wl_boxed_list_new();
    add_empty(group);
    add_undo(group);
    wl_gtk_accept_drops(group->list, on_file, on_move, group);
    wl_gtk_box_append(group->widget, group->list);
}

WlPeersGroup *
wl_peers_group_new(WlEditorModel *model)
{
    WlPeersGroup *group = g_new0(WlPeersGroup, 1);
    GtkWidget *header;

    group->model = model;
    group->rows = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) wl_peer_row_free);
    group->widget = g_object_ref_sink(wl_group_new(_("Peers"), &header));
    add_header(group, header);
    group->problem = wl_gtk_label_new(NULL);
    wl_gtk_add_class(group->problem, "wirelink-error");
    wl_gtk_box_append(group->widget, group->problem);
    add_list(group);
    group->message = wl_gtk_label_new(NULL);
    wl_gtk_set_shown(group->message, FALSE);
    wl_gtk_box_append(group->widget, group->message);
    reconcile(group);
    refresh(group);
    return group;
}

void
wl_peers_group_free(WlPeersGroup *group)
{
    if (!group)
        return;
    g_signal_handlers_disconnect_by_data(group->search, group);
    wl_dialog_close(group->dialog);
    g_signal_handlers_disconnect_by_data(group->add, group);
    g_signal_handlers_disconnect_by_data(group->add_phone, group);
    g_signal_handlers_disconnect_by_data(group->undo, group);
    wl_gtk_refuse_drops(group->list);
    g_hash_table_unref(group->rows);
    g_object_unref(group->widget);
    g_free(group);
}

GtkWidget *
wl_peers_group_get_widget(WlPeersGroup *group)
{
    return group->widget;
}

void
wl_peers_group_changed(WlPeersGroup *group, WlEditorChange change)
{
    if (change & WL_EDITOR_CHANGE_PEERS)
        reconcile(group);
    refresh(group);
}

void
wl_peers_group_add_phone(WlPeersGroup *group)
{
    wl_phone_dialog_open(&group->dialog, group->widget, group->model);
}
