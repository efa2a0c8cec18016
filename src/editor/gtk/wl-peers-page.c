/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peers-page.h"

#include <glib/gi18n-lib.h>

#include "model/wl-import.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-read.h"
#include "wl-gtk-drag.h"
#include "wl-gtk.h"
#include "wl-peer-row.h"

struct _WlPeersPage {
    WlEditorModel *model;
    GtkWidget *widget, *search, *add, *list, *problem, *message;
    GHashTable *rows; /* WlEditorPeer to WlPeerRow */
    GtkSizeGroup *columns[WL_PEER_COLUMNS];
};

static WlEditorPeer *
peer_of(GtkListBoxRow *row)
{
    return g_object_get_data(G_OBJECT(row), "wl-peer");
}

/* A row without peer is being removed. */
static gboolean
is_found(GtkListBoxRow *row, gpointer user_data)
{
    WlPeersPage *page = user_data;

    return !peer_of(row) || wl_editor_peer_matches(peer_of(row), wl_gtk_get_text(page->search));
}

static int
compare_rows(GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data)
{
    WlPeersPage *page = user_data;

    if (!peer_of(a) || !peer_of(b))
        return 0;
    return (int) wl_editor_model_get_position(page->model, peer_of(a)) -
           (int) wl_editor_model_get_position(page->model, peer_of(b));
}

static void
add_row(WlPeersPage *page, WlEditorPeer *peer)
{
    WlPeerRow *row = wl_peer_row_new(page->model, peer, page->columns);
    GtkWidget *widget = wl_peer_row_get_widget(row);

    g_object_set_data(G_OBJECT(widget), "wl-peer", peer);
    g_hash_table_insert(page->rows, peer, row);
    wl_gtk_list_append(page->list, widget);
}

/* Removes the rows of removed peers and adds rows for new ones. */
static void
reconcile(WlPeersPage *page)
{
    guint n_peers = wl_editor_model_get_n_peers(page->model);
    g_autoptr(GHashTable) present = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer peer, row;

    for (guint i = 0; i < n_peers; i++)
        g_hash_table_add(present, wl_editor_model_get_peer(page->model, i));
    g_hash_table_iter_init(&iter, page->rows);
    while (g_hash_table_iter_next(&iter, &peer, &row)) {
        GtkWidget *widget = wl_peer_row_get_widget(row);

        if (g_hash_table_contains(present, peer))
            continue;
        g_object_set_data(G_OBJECT(widget), "wl-peer", NULL);
        g_object_ref(widget);
        g_hash_table_iter_remove(&iter);
        wl_gtk_list_remove(page->list, widget);
        g_object_unref(widget);
    }
    for (guint i = 0; i < n_peers; i++) {
        peer = wl_editor_model_get_peer(page->model, i);
        if (!g_hash_table_contains(page->rows, peer))
            add_row(page, peer);
    }
    gtk_list_box_invalidate_sort(GTK_LIST_BOX(page->list));
    gtk_list_box_invalidate_filter(GTK_LIST_BOX(page->list));
}

static void
refresh(WlPeersPage *page)
{
    const char *problem = wl_editor_model_get_general_problem(page->model);
    GHashTableIter iter;
    gpointer row;

    g_hash_table_iter_init(&iter, page->rows);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        wl_peer_row_refresh(row);
    wl_gtk_label_update(page->problem, problem);
    wl_gtk_set_shown(page->problem, problem != NULL);
}

static void
on_search(GtkWidget *search, WlPeersPage *page)
{
    gtk_list_box_invalidate_filter(GTK_LIST_BOX(page->list));
}

static void
on_add(GtkWidget *button, WlPeersPage *page)
{
    WlEditorPeer *peer = wl_editor_model_add_peer(page->model);

    wl_gtk_set_text(page->search, "");
    wl_peer_row_open(g_hash_table_lookup(page->rows, peer));
}

static void
on_file(GFile *file, gpointer user_data)
{
    WlPeersPage *page = user_data;
    g_autofree char *path = g_file_get_path(file);
    g_autofree char *message = NULL;
    g_autoptr(GError) error = NULL;
    guint added, known;

    if (!path)
        message = g_strdup(_("Only local files can be read; copy the file to this machine first."));
    else if (!wl_editor_model_add_from_file(page->model, path, &added, &known, &error))
        message = g_strdup(error->message);
    else
        message = g_strdup_printf(_("Peers added: %u; already present: %u"), added, known);
    wl_gtk_label_update(page->message, message);
    wl_gtk_set_class(page->message, "error", error != NULL || !path);
    wl_gtk_set_shown(page->message, TRUE);
}

static void
on_move(GtkListBoxRow *row, GtkListBoxRow *place, gpointer user_data)
{
    WlPeersPage *page = user_data;
    WlEditorPeer *peer = peer_of(row);
    guint position = wl_editor_model_get_n_peers(page->model);

    if (place && peer_of(place))
        position = wl_editor_model_get_position(page->model, peer_of(place));
    if (peer)
        wl_editor_model_move_peer(page->model, peer, position);
}

static GtkWidget *
make_bar(WlPeersPage *page)
{
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    page->search = gtk_search_entry_new();
    gtk_widget_set_hexpand(page->search, TRUE);
    wl_gtk_set_name(page->search, _("Search peers"));
    g_object_set(page->search, "placeholder-text", _("Search by name, key, address or trust"),
                 NULL);
    g_signal_connect(page->search, "search-changed", G_CALLBACK(on_search), page);
    page->add = gtk_button_new_with_mnemonic(_("_Add Peer"));
    g_signal_connect(page->add, "clicked", G_CALLBACK(on_add), page);
    wl_gtk_box_append(bar, page->search);
    wl_gtk_box_append(bar, page->add);
    return bar;
}

WlPeersPage *
wl_peers_page_new(WlEditorModel *model)
{
    WlPeersPage *page = g_new0(WlPeersPage, 1);
    GtkWidget *empty;

    page->model = model;
    page->rows = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) wl_peer_row_free);
    for (guint i = 0; i < WL_PEER_COLUMNS; i++)
        page->columns[i] = gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL);
    page->widget = g_object_ref_sink(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6));
    wl_gtk_set_margins(page->widget, 12);
    wl_gtk_box_append(page->widget, make_bar(page));
    page->problem = wl_gtk_label_new(NULL);
    wl_gtk_add_class(page->problem, "error");
    wl_gtk_box_append(page->widget, page->problem);

    page->list = gtk_list_box_new();
    gtk_list_box_set_selection_mode(GTK_LIST_BOX(page->list), GTK_SELECTION_NONE);
    gtk_list_box_set_sort_func(GTK_LIST_BOX(page->list), compare_rows, page, NULL);
    gtk_list_box_set_filter_func(GTK_LIST_BOX(page->list), is_found, page, NULL);
    wl_gtk_set_name(page->list, _("Peers"));
    empty = wl_gtk_label_new(
        _("No peers. Add one, or drop a .wirelink, wg-quick or WireHub file here."));
    wl_gtk_add_class(empty, "dim-label");
    wl_gtk_set_margins(empty, 24);
    wl_gtk_show(empty);
    gtk_list_box_set_placeholder(GTK_LIST_BOX(page->list), empty);
    wl_gtk_accept_drops(page->list, on_file, on_move, page);
    wl_gtk_box_append(page->widget, wl_gtk_scrolled_new(page->list, 200));

    page->message = wl_gtk_label_new(NULL);
    wl_gtk_set_shown(page->message, FALSE);
    wl_gtk_box_append(page->widget, page->message);
    reconcile(page);
    refresh(page);
    return page;
}

void
wl_peers_page_free(WlPeersPage *page)
{
    if (!page)
        return;
    g_signal_handlers_disconnect_by_data(page->search, page);
    g_signal_handlers_disconnect_by_data(page->add, page);
    wl_gtk_refuse_drops(page->list);
    gtk_list_box_set_sort_func(GTK_LIST_BOX(page->list), NULL, NULL, NULL);
    gtk_list_box_set_filter_func(GTK_LIST_BOX(page->list), NULL, NULL, NULL);
    g_hash_table_unref(page->rows);
    for (guint i = 0; i < WL_PEER_COLUMNS; i++)
        g_object_unref(page->columns[i]);
    g_object_unref(page->widget);
    g_free(page);
}

GtkWidget *
wl_peers_page_get_widget(WlPeersPage *page)
{
    return page->widget;
}

void
wl_peers_page_changed(WlPeersPage *page, WlEditorChange change)
{
    if (change & WL_EDITOR_CHANGE_PEERS)
        reconcile(page);
    refresh(page);
}
