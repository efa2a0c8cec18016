/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-trust-page.h"

#include <glib/gi18n-lib.h>

#include "model/wl-effective-trust.h"
#include "model/wl-labels.h"
#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-read.h"
#include "wl-form.h"
#include "wl-gtk.h"

#define ROW_INDENT 8 /* pixels: where texts in the rows of a list begin */

/* One peer of the profile. */
typedef struct {
    WlTrustPage *page;
    WlEditorPeer *peer;
    WlEditorForm *form;
    GtkWidget *title, *reason, *live, *remove, *choice;
} Line;

/* One discovered member. */
typedef struct {
    WlTrustPage *page;
    char *public_key;
    GtkWidget *trust;
} Discovered;

struct _WlTrustPage {
    WlEditorModel *model;
    GtkSizeGroup *choices; /* as wide as the widest, whatever is chosen */
    GtkWidget *widget, *warning, *bar, *peers, *discovered_box, *discovered_title, *note;
    GPtrArray *lines;      /* of Line */
    GPtrArray *discovered; /* of Discovered */
    gboolean stale;        /* to be rebuilt when the page is shown */
};

static void
free_line(gpointer data)
{
    Line *line = data;

    g_signal_handlers_disconnect_by_data(line->remove, line);
    wl_editor_form_free(line->form);
    g_free(line);
}

static void
free_discovered(gpointer data)
{
    Discovered *discovered = data;

    g_signal_handlers_disconnect_by_data(discovered->trust, discovered);
    g_free(discovered->public_key);
    g_free(discovered);
}

static void
on_remove(GtkWidget *button, Line *line)
{
    wl_editor_model_remove_peer(line->page->model, line->peer);
}

static void
on_trust(GtkWidget *button, Discovered *discovered)
{
    g_autofree char *key = g_strdup(discovered->public_key);

    wl_editor_model_trust_member(discovered->page->model, key, WL_PROFILE_TRUST_UNSET);
}

static GtkWidget *
add_row(GtkWidget *list, GtkWidget *child)
{
    GtkWidget *row = gtk_list_box_row_new();

    wl_gtk_set_margins(child, 6);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    gtk_list_box_row_set_selectable(GTK_LIST_BOX_ROW(row), FALSE);
    wl_gtk_set_child(row, child);
    wl_gtk_list_append(list, row);
    wl_gtk_show(row);
    return row;
}

static GtkWidget *
make_list(const char *name)
{
    GtkWidget *list = gtk_list_box_new();

    gtk_list_box_set_selection_mode(GTK_LIST_BOX(list), GTK_SELECTION_NONE);
    wl_gtk_set_name(list, name);
    return list;
}

static void
empty_list(GtkWidget *list)
{
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(list), 0)))
        wl_gtk_list_remove(list, GTK_WIDGET(row));
}

static void
add_line(WlTrustPage *page, WlEditorPeer *peer)
{
    Line *line = g_new0(Line, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 9);
    GtkWidget *grid;

    line->page = page;
    line->peer = peer;
    line->title = wl_gtk_label_new(NULL);
    gtk_widget_set_valign(line->title, GTK_ALIGN_START);
    gtk_widget_set_margin_top(line->title, 8); /* aligned with the text of the choice */
    wl_gtk_box_append(top, line->title);
    line->form = wl_editor_form_new(page->model, peer);
    line->choice = wl_editor_form_add_trust(line->form, FALSE);
    gtk_size_group_add_widget(page->choices, line->choice);
    grid = wl_editor_form_get_grid(line->form);
    wl_gtk_box_append(top, grid);
    line->remove = gtk_button_new_with_mnemonic(_("_Remove"));
    gtk_widget_set_tooltip_text(line->remove, _("Remove the peer from the profile"));
    gtk_widget_set_valign(line->remove, GTK_ALIGN_START);
    g_signal_connect(line->remove, "clicked", G_CALLBACK(on_remove), line);
    wl_gtk_box_append(top, line->remove);
    wl_gtk_box_append(box, top);
    line->reason = wl_gtk_label_new(NULL);
    wl_gtk_add_class(line->reason, "dim-label");
    wl_gtk_box_append(box, line->reason);
    line->live = wl_gtk_label_new(NULL);
    wl_gtk_box_append(box, line->live);
    add_row(page->peers, box);
    g_ptr_array_add(page->lines, line);
}

/* The state of a member, and the facts about it. */
static char *
describe_live(const WlEditorLive *live, const WlEditorLivePeer *peer)
{
    g_autofree char *summary = wl_editor_live_dup_summary(peer);
    g_autofree char *facts = wl_editor_live_dup_facts(live, peer->public_key);

    return facts ? g_strconcat(summary, "\n", facts, NULL) : g_steal_pointer(&summary);
}

static void
refresh_line(Line *line)
{
    WlEditorModel *model = line->page->model;
    const WlEditorLivePeer *live = wl_editor_model_get_live_peer(model, line->peer);
    g_autofree char *title = wl_editor_peer_dup_title(line->peer);
    g_autofree char *reason = wl_editor_model_dup_trust_reason(model, line->peer);
    g_autofree char *name = g_strdup_printf(_("Trust in %s"), title);
    g_autofree char *remove = g_strdup_printf(_("Remove %s from the profile"), title);

    wl_editor_form_refresh(line->form);
    wl_gtk_label_update(line->title, title);
    wl_gtk_label_update(line->reason, reason);
    wl_gtk_set_name(line->choice, name);
    wl_gtk_set_name(line->remove, remove);
    if (live) {
        g_autofree char *text = describe_live(wl_editor_model_get_live(model), live);

        wl_gtk_label_update(line->live, text);
    }
    wl_gtk_set_shown(line->live, live != NULL);
}

static void
add_discovered(WlTrustPage *page, const WlEditorLive *live, const WlEditorLivePeer *member)
{
    Discovered *discovered = g_new0(Discovered, 1);
    g_autofree char *text = describe_live(live, member);
    g_autofree char *title = NULL;
    g_autofree char *name = NULL;
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 9);
    GtkWidget *facts = wl_gtk_label_new(text);
    GtkWidget *label;

    discovered->page = page;
    discovered->public_key = g_strdup(member->public_key);
    title = *member->name ? g_strdup_printf("%s (%.8s…)", member->name, member->public_key)
                          : g_strdup_printf("%.8s…", member->public_key);
    label = wl_gtk_label_new(title);
    wl_gtk_box_append(top, label);
    discovered->trust = gtk_button_new_with_mnemonic(_("_Add to Profile"));
    name = g_strdup_printf(_("Add %s to the profile"), title);
    wl_gtk_set_name(discovered->trust, name);
    gtk_widget_set_tooltip_text(discovered->trust, _("Make this member a peer of the profile"));
    g_signal_connect(discovered->trust, "clicked", G_CALLBACK(on_trust), discovered);
    wl_gtk_box_append(top, discovered->trust);
    wl_gtk_box_append(box, top);
    wl_gtk_add_class(facts, "dim-label");
    wl_gtk_box_append(box, facts);
    add_row(page->discovered_box, box);
    g_ptr_array_add(page->discovered, discovered);
}

static void
refresh_discovered(WlTrustPage *page)
{
    const WlEditorLive *live = wl_editor_model_get_live(page->model);

    g_ptr_array_set_size(page->discovered, 0);
    empty_list(page->discovered_box);
    for (guint i = 0; live && i < live->peers->len; i++) {
        const WlEditorLivePeer *member = live->peers->pdata[i];

        if (!wl_editor_model_find_peer(page->model, member->public_key))
            add_discovered(page, live, member);
    }
    wl_gtk_set_shown(page->discovered_title, page->discovered->len > 0);
    wl_gtk_set_shown(page->discovered_box, page->discovered->len > 0);
    wl_gtk_label_update(page->note, wl_editor_model_get_live_note(page->model));
    wl_gtk_set_shown(page->note, live == NULL);
}

static void
refresh(WlTrustPage *page)
{
    g_autofree char *warning = wl_editor_model_dup_trust_warning(page->model);

    for (guint i = 0; i < page->lines->len; i++)
        refresh_line(page->lines->pdata[i]);
    wl_gtk_label_update(page->warning, warning);
    wl_gtk_set_shown(page->bar, warning != NULL);
}

static void
rebuild(WlTrustPage *page)
{
    g_ptr_array_set_size(page->lines, 0);
    empty_list(page->peers);
    for (guint i = 0; i < wl_editor_model_get_n_peers(page->model); i++)
        add_line(page, wl_editor_model_get_peer(page->model, i));
    refresh_discovered(page);
}

/* The grid is not inside the expander: GTK 3 would place its title at the wrong end in a
 * right-to-left language. */
static void
add_levels(GtkWidget *box)
{
    GtkWidget *expander = gtk_expander_new_with_mnemonic(_("Trust _Levels"));
    GtkWidget *grid = gtk_grid_new();

    gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    for (int level = 0; level <= WL_PROFILE_TRUST_DELEGATE_TRUST; level++) {
        GtkWidget *title = gtk_label_new(wl_editor_trust_title((WlProfileTrust) level));
        GtkWidget *text = wl_gtk_label_new(wl_editor_trust_explanation((WlProfileTrust) level));

        gtk_label_set_xalign(GTK_LABEL(title), 0);
        gtk_widget_set_valign(title, GTK_ALIGN_START);
        gtk_grid_attach(GTK_GRID(grid), title, 0, level, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), text, 1, level, 1, 1);
    }
    wl_gtk_settle_expander(expander);
    wl_gtk_set_name(expander, _("Trust Levels"));
    gtk_widget_set_halign(expander, GTK_ALIGN_START);
    wl_gtk_set_margins(grid, 6);
    wl_gtk_box_append(box, expander);
    wl_gtk_box_append(box, grid);
    gtk_expander_set_expanded(GTK_EXPANDER(expander), TRUE);
    g_object_bind_property(expander, "expanded", grid, "visible", G_BINDING_DEFAULT);
}

static void
on_map(GtkWidget *widget, WlTrustPage *page)
{
    if (!page->stale)
        return;
    page->stale = FALSE;
    rebuild(page);
    refresh(page);
}

WlTrustPage *
wl_trust_page_new(WlEditorModel *model)
{
    WlTrustPage *page = g_new0(WlTrustPage, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 9);

    page->model = model;
    page->choices = gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL);
    page->lines = g_ptr_array_new_with_free_func(free_line);
    page->discovered = g_ptr_array_new_with_free_func(free_discovered);
    wl_gtk_set_margins(box, 12);
    page->warning = wl_gtk_label_new(NULL);
    page->bar = wl_gtk_warning_bar_new(page->warning);
    wl_gtk_box_append(box, page->bar);
    page->peers = make_list(_("Trust in each peer"));
    wl_gtk_box_append(box, page->peers);
    page->discovered_title = wl_gtk_label_new(_("Discovered Members"));
    gtk_widget_set_margin_start(page->discovered_title, ROW_INDENT);
    wl_gtk_box_append(box, page->discovered_title);
    page->discovered_box = make_list(_("Discovered Members"));
    wl_gtk_box_append(box, page->discovered_box);
    page->note = wl_gtk_label_new(NULL);
    wl_gtk_add_class(page->note, "dim-label");
    gtk_widget_set_margin_start(page->note, ROW_INDENT);
    wl_gtk_box_append(box, page->note);
    add_levels(box);
    page->widget = g_object_ref_sink(wl_gtk_scrolled_new(box, 270));
    page->stale = TRUE;
    g_signal_connect(page->widget, "map", G_CALLBACK(on_map), page);
    return page;
}

void
wl_trust_page_free(WlTrustPage *page)
{
    if (!page)
        return;
    g_signal_handlers_disconnect_by_data(page->widget, page);
    g_ptr_array_unref(page->lines);
    g_ptr_array_unref(page->discovered);
    g_object_unref(page->widget);
    g_object_unref(page->choices);
    g_free(page);
}

GtkWidget *
wl_trust_page_get_widget(WlTrustPage *page)
{
    return page->widget;
}

void
wl_trust_page_changed(WlTrustPage *page, WlEditorChange change)
{
    if (!gtk_widget_get_mapped(page->widget)) {
        /* The lines refer to peers that may be freed. */
        if (change & WL_EDITOR_CHANGE_PEERS)
            g_ptr_array_set_size(page->lines, 0);
        page->stale = TRUE;
        return;
    }
    if (change & WL_EDITOR_CHANGE_PEERS)
        rebuild(page);
    else if (change & WL_EDITOR_CHANGE_LIVE)
        refresh_discovered(page);
    refresh(page);
}
