/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peer-row.h"

#include <glib/gi18n-lib.h>

#include "model/wl-effective-trust.h"
#include "model/wl-labels.h"
#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-read.h"
#include "wl-form.h"
#include "wl-gtk-drag.h"
#include "wl-gtk.h"

#define MAX_CHARS    24 /* of any column */
#define STATE_INDENT 38 /* pixels: where the name begins */

struct _WlPeerRow {
    WlEditorModel *model;
    WlEditorPeer *peer;
    WlEditorForm *form; /* created when the row is first expanded */
    GtkWidget *widget;  /* the list's row */
    GtkWidget *box, *handle, *expander, *title, *key, *trust, *state, *warning, *up, *down, *remove;
    GtkWidget *trust_reason, *live_reason, *name_entry;
};

static void
on_generate(GtkWidget *button, WlPeerRow *row)
{
    wl_editor_model_generate_preshared_key(row->model, row->peer);
}

static void
on_up(GtkWidget *button, WlPeerRow *row)
{
    guint position = wl_editor_model_get_position(row->model, row->peer);

    if (position > 0)
        wl_editor_model_move_peer(row->model, row->peer, position - 1);
}

static void
on_down(GtkWidget *button, WlPeerRow *row)
{
    wl_editor_model_move_peer(row->model, row->peer,
                              wl_editor_model_get_position(row->model, row->peer) + 1);
}

static void
on_remove(GtkWidget *button, WlPeerRow *row)
{
    wl_editor_model_remove_peer(row->model, row->peer);
}

/* Alt+Up and Alt+Down, as many editors move a line. */
static gboolean
on_key(guint keyval, GdkModifierType state, gpointer user_data)
{
    WlPeerRow *row = user_data;

    if ((state & gtk_accelerator_get_default_mod_mask()) != WL_GTK_ALT)
        return FALSE;
    if (keyval == GDK_KEY_Up)
        on_up(NULL, row);
    else if (keyval == GDK_KEY_Down)
        on_down(NULL, row);
    else
        return FALSE;
    return TRUE;
}

static void
make_form(WlPeerRow *row)
{
    WlEditorForm *form = wl_editor_form_new(row->model, row->peer);
    GtkWidget *grid = wl_editor_form_get_grid(form);

    row->form = form;
    row->name_entry = wl_editor_form_add_entry(form, "name", _("laptop"), NULL);
    wl_editor_form_add_entry(form, "public-key", _("44 characters ending in ="), NULL);
    wl_editor_form_add_entry(form, "endpoint", "hub.example.net:51820",
                             _("Host and port; leave empty if other members advertise them"));
    wl_editor_form_add_entry(
        form, "allowed-ips", "10.77.0.3/32, fd77::3/128",
        _("Addresses reached through this peer; for a router, the whole network"));
    wl_editor_form_add_trust(form, TRUE);
    row->trust_reason = wl_gtk_label_new(NULL);
    wl_gtk_add_class(row->trust_reason, "dim-label");
    wl_editor_form_add_labeled(form, NULL, row->trust_reason);
    wl_editor_form_add_secret(form, "preshared-key", TRUE, G_CALLBACK(on_generate), row);
    wl_editor_form_add_entry(form, "keepalive", _("off"), NULL);
    wl_editor_form_add_check(form, "basic", NULL);
    wl_editor_form_add_check(form, "fact-exchanger", NULL);
    row->live_reason = wl_gtk_label_new(NULL);
    wl_gtk_set_shown(row->live_reason, FALSE);
    wl_editor_form_add_widget(form, row->live_reason);
    wl_gtk_set_margins(grid, 12);
    wl_gtk_box_append(row->box, grid);
    wl_gtk_show(grid);
    wl_editor_form_refresh(form);
}

static void
on_expanded(GtkWidget *expander, GParamSpec *spec, WlPeerRow *row)
{
    gboolean open = gtk_expander_get_expanded(GTK_EXPANDER(expander));

    if (open && !row->form) {
        make_form(row);
        wl_peer_row_refresh(row);
    }
    if (row->form)
        wl_gtk_set_shown(wl_editor_form_get_grid(row->form), open);
}

static GtkWidget *
new_label(void)
{
    GtkWidget *label = gtk_label_new("");

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_label_set_max_width_chars(GTK_LABEL(label), MAX_CHARS);
    return label;
}

/* @group makes the column as wide in all rows. Columns are never cut off, so they stay aligned in a
 * narrow window; the name gets the remaining space. */
static GtkWidget *
column(GtkWidget *box, const char *class, GtkSizeGroup *group)
{
    GtkWidget *label = new_label();

    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_NONE);
    gtk_size_group_add_widget(group, label);
    if (class)
        wl_gtk_add_class(label, class);
    wl_gtk_box_append(box, label);
    return label;
}

/* The name, in the space that the columns leave. No wider than its text, as GTK 3 would place it at
 * the wrong end in a right-to-left language. */
static void
add_expander(WlPeerRow *row, GtkWidget *box)
{
    row->title = new_label();
    row->expander = gtk_expander_new(NULL);
    wl_gtk_settle_expander(row->expander);
    gtk_expander_set_label_widget(GTK_EXPANDER(row->expander), row->title);
    gtk_widget_set_hexpand(row->expander, TRUE);
    gtk_widget_set_halign(row->expander, GTK_ALIGN_START);
    gtk_widget_set_valign(row->expander, GTK_ALIGN_CENTER);
    g_signal_connect(row->expander, "notify::expanded", G_CALLBACK(on_expanded), row);
    wl_gtk_box_append(box, row->expander);
}

static GtkWidget *
button(WlPeerRow *row, GtkWidget *box, const char *icon, const char *name, GCallback clicked)
{
    GtkWidget *made = wl_gtk_icon_button_new(icon, name);

    wl_gtk_add_class(made, "flat");
    g_signal_connect(made, "clicked", clicked, row);
    wl_gtk_box_append(box, made);
    return made;
}

/* Names a button for screen readers, which do not see its row. Takes @name. */
static void
take_name(GtkWidget *made, char *name)
{
    wl_gtk_set_name(made, name);
    g_free(name);
}

WlPeerRow *
wl_peer_row_new(WlEditorModel *model, WlEditorPeer *peer,
                GtkSizeGroup *const columns[WL_PEER_COLUMNS])
{
    WlPeerRow *row = g_new0(WlPeerRow, 1);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    row->model = model;
    row->peer = peer;
    row->widget = g_object_ref_sink(gtk_list_box_row_new());
    row->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    row->handle = wl_gtk_drag_handle_new(row->widget);
    wl_gtk_add_class(row->handle, "dim-label");
    wl_gtk_box_append(top, row->handle);
    add_expander(row, top);
    row->warning = gtk_image_new();
    g_object_set(row->warning, "icon-name", "dialog-warning-symbolic", NULL);
    wl_gtk_add_class(row->warning, "error");
    wl_gtk_box_append(top, row->warning);
    row->key = column(top, "dim-label", columns[0]);
    row->trust = column(top, NULL, columns[1]);
    row->up = button(row, top, "go-up-symbolic", _("Move up (Alt+Up)"), G_CALLBACK(on_up));
    row->down =
        button(row, top, "go-down-symbolic", _("Move down (Alt+Down)"), G_CALLBACK(on_down));
    row->remove = button(row, top, "list-remove-symbolic", _("Remove"), G_CALLBACK(on_remove));

    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row->widget), FALSE);
    gtk_list_box_row_set_selectable(GTK_LIST_BOX_ROW(row->widget), FALSE);
    wl_gtk_box_append(row->box, top);
    /* On a line of its own, as it would be cut off in the dialogs of the programs. */
    row->state = new_label();
    gtk_label_set_max_width_chars(GTK_LABEL(row->state), -1);
    gtk_widget_set_margin_start(row->state, STATE_INDENT);
    wl_gtk_add_class(row->state, "dim-label");
    wl_gtk_box_append(row->box, row->state);
    wl_gtk_set_child(row->widget, row->box);
    wl_gtk_on_key(row->widget, on_key, row);
    wl_gtk_show(row->widget);
    wl_peer_row_refresh(row);
    return row;
}

void
wl_peer_row_free(WlPeerRow *row)
{
    GtkWidget *sources[] = {row->expander, row->up, row->down, row->remove};

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        g_signal_handlers_disconnect_by_data(sources[i], row);
    wl_gtk_detach(row->widget);
    wl_editor_form_free(row->form);
    g_object_unref(row->widget);
    g_free(row);
}

GtkWidget *
wl_peer_row_get_widget(WlPeerRow *row)
{
    return row->widget;
}

void
wl_peer_row_refresh(WlPeerRow *row)
{
    const WlEditorLivePeer *live = wl_editor_model_get_live_peer(row->model, row->peer);
    const char *state = live ? wl_editor_live_state_title(live->state) : "";
    const char *trust = wl_editor_trust_title(wl_editor_model_get_trust(row->model, row->peer));
    gboolean wrong = wl_editor_peer_has_problem(row->peer);
    guint position = wl_editor_model_get_position(row->model, row->peer);
    g_autofree char *title = wl_editor_peer_dup_title(row->peer);
    g_autofree char *key = wl_editor_peer_dup_short_key(row->peer);
    /* The title of a peer without name is its key. */
    g_autofree char *whole = *wl_editor_model_get_text(row->model, row->peer, "name")
                                 ? g_strjoin(", ", title, key, trust, *state ? state : NULL, NULL)
                                 : g_strjoin(", ", title, trust, *state ? state : NULL, NULL);

    wl_gtk_label_update(row->title, title);
    wl_gtk_label_update(row->key, key);
    wl_gtk_label_update(row->trust, trust);
    wl_gtk_label_update(row->state, state);
    wl_gtk_set_shown(row->state, *state != '\0');
    /* Invisible, not hidden, to keep the columns aligned. */
    gtk_widget_set_opacity(row->warning, wrong ? 1 : 0);
    wl_gtk_set_name(row->warning, wrong ? _("This peer has an error") : "");
    wl_gtk_set_name(row->expander, whole);
    wl_gtk_set_description(row->expander, wrong ? _("This peer has an error") : NULL);
    take_name(row->handle, g_strdup_printf(_("Drag to move %s"), title));
    take_name(row->up, g_strdup_printf(_("Move %s up"), title));
    take_name(row->down, g_strdup_printf(_("Move %s down"), title));
    take_name(row->remove, g_strdup_printf(_("Remove %s"), title));
    gtk_widget_set_sensitive(row->up, position > 0);
    gtk_widget_set_sensitive(row->down, position + 1 < wl_editor_model_get_n_peers(row->model));
    if (row->form) {
        g_autofree char *reason = wl_editor_model_dup_trust_reason(row->model, row->peer);
        g_autofree char *summary = live ? wl_editor_live_dup_summary(live) : NULL;

        wl_editor_form_refresh(row->form);
        wl_gtk_label_update(row->trust_reason, reason);
        wl_gtk_label_update(row->live_reason, summary);
        wl_gtk_set_shown(row->live_reason, live != NULL);
    }
}

void
wl_peer_row_open(WlPeerRow *row)
{
    gtk_expander_set_expanded(GTK_EXPANDER(row->expander), TRUE);
    wl_gtk_focus_later(row->name_entry);
}
