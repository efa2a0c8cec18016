/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-discovered-group.h"

#include <glib/gi18n-lib.h>

#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-read.h"
#include "wl-boxed-list.h"
#include "wl-gtk.h"
#include "wl-peer-row.h"

/* One discovered member. */
typedef struct {
    WlDiscoveredGroup *group;
    char *public_key;
    GtkWidget *widget; /* owned */
    GtkWidget *icon, *title, *text, *add;
} Row;

struct _WlDiscoveredGroup {
    WlEditorModel *model;
    GtkWidget *widget, *members, *list, *note;
    GHashTable *rows; /* public key to Row */
};

static void
free_row(gpointer data)
{
    Row *row = data;

    g_signal_handlers_disconnect_by_data(row->add, row);
    g_object_unref(row->widget);
    g_free(row->public_key);
    g_free(row);
}

static void
on_add(GtkWidget *button, Row *row)
{
    g_autofree char *key = g_strdup(row->public_key); /* the row is freed meanwhile */

    wl_editor_model_trust_member(row->group->model, key, WL_PROFILE_TRUST_UNSET);
}

/* The address and the facts about the member. */
static char *
describe(const WlEditorLive *live, const WlEditorLivePeer *member)
{
    g_autofree char *summary = wl_editor_live_dup_summary(member);
    g_autofree char *facts = wl_editor_live_dup_facts(live, member->public_key);

    return g_strconcat(member->address, *member->address ? "\n" : "", summary, facts ? "\n" : "",
                       facts, NULL);
}

static void
refresh_row(Row *row, const WlEditorLive *live, const WlEditorLivePeer *member)
{
    g_autofree char *text = describe(live, member);
    g_autofree char *title = *member->name
                                 ? g_strdup_printf("%s (%.8s…)", member->name, member->public_key)
                                 : g_strdup_printf("%.8s…", member->public_key);
    g_autofree char *name = g_strdup_printf(_("Add %s to the profile"), title);

    wl_gtk_set_icon(row->icon, wl_peer_state_icon(member->state));
    wl_gtk_label_update(row->title, title);
    wl_gtk_label_update(row->text, text);
    wl_gtk_set_name(row->add, name);
}

static Row *
add_row(WlDiscoveredGroup *group, const char *public_key)
{
    Row *row = g_new0(Row, 1);
    GtkWidget *box = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    row->group = group;
    row->public_key = g_strdup(public_key);
    row->icon = wl_gtk_image_new("computer-symbolic");
    row->title = wl_gtk_label_new(NULL);
    row->text = wl_dim_label_new(NULL);
    row->add = gtk_button_new_with_label(_("Add to Profile"));
    gtk_widget_set_valign(row->add, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(row->add, _("Make this member a peer of the profile"));
    g_signal_connect(row->add, "clicked", G_CALLBACK(on_add), row);
    gtk_widget_set_hexpand(texts, TRUE);
    wl_gtk_box_append(texts, row->title);
    wl_gtk_box_append(texts, row->text);
    wl_gtk_box_append(box, row->icon);
    wl_gtk_box_append(box, texts);
    wl_gtk_box_append(box, row->add);
    row->widget = g_object_ref_sink(box);
    wl_gtk_box_append(group->list, box);
    wl_gtk_show(box);
    g_hash_table_insert(group->rows, row->public_key, row);
    return row;
}

/* Rows stay as long as their member does, so that they keep the focus while values change. */
static void
refresh(WlDiscoveredGroup *group)
{
    const WlEditorLive *live = wl_editor_model_get_live(group->model);
    g_autoptr(GHashTable) present = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer key, value;

    for (guint i = 0; live && i < live->peers->len; i++) {
        const WlEditorLivePeer *member = live->peers->pdata[i];
        Row *row;

        if (wl_editor_model_find_peer(group->model, member->public_key))
            continue;
        row = g_hash_table_lookup(group->rows, member->public_key);
        refresh_row(row ? row : add_row(group, member->public_key), live, member);
        g_hash_table_add(present, member->public_key);
    }
    g_hash_table_iter_init(&iter, group->rows);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_autoptr(GtkWidget) widget = NULL;

        if (g_hash_table_contains(present, key))
            continue;
        widget = g_object_ref(((Row *) value)->widget);
        g_hash_table_iter_remove(&iter);
        wl_gtk_box_remove(group->list, widget);
    }
    wl_gtk_set_shown(group->members, g_hash_table_size(group->rows) > 0);
    wl_gtk_label_update(group->note, wl_editor_model_get_live_note(group->model));
    wl_gtk_set_shown(group->note, live == NULL);
    wl_gtk_set_shown(group->widget, g_hash_table_size(group->rows) > 0 || live == NULL);
}

WlDiscoveredGroup *
wl_discovered_group_new(WlEditorModel *model)
{
    WlDiscoveredGroup *group = g_new0(WlDiscoveredGroup, 1);

    group->model = model;
    group->rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_row);
    group->widget = g_object_ref_sink(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6));
    group->members = wl_group_new(_("Discovered Members"), NULL);
    group->list = wl_boxed_list_new();
    wl_gtk_box_append(group->members, group->list);
    wl_gtk_box_append(group->widget, group->members);
    group->note = wl_dim_label_new(NULL);
    wl_gtk_box_append(group->widget, group->note);
    refresh(group);
    return group;
}

void
wl_discovered_group_free(WlDiscoveredGroup *group)
{
    if (!group)
        return;
    g_hash_table_unref(group->rows);
    g_object_unref(group->widget);
    g_free(group);
}

GtkWidget *
wl_discovered_group_get_widget(WlDiscoveredGroup *group)
{
    return group->widget;
}

void
wl_discovered_group_changed(WlDiscoveredGroup *group, WlEditorChange change)
{
    if (change & (WL_EDITOR_CHANGE_PEERS | WL_EDITOR_CHANGE_LIVE))
        refresh(group);
}
