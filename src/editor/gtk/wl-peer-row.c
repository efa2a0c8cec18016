/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peer-row.h"

#include <glib/gi18n-lib.h>

#include "model/wl-effective-trust.h"
#include "model/wl-labels.h"
#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-read.h"
#include "wl-boxed-list.h"
#include "wl-form.h"
#include "wl-gtk-drag.h"
#include "wl-gtk.h"

struct _WlPeerRow {
    WlEditorModel *model;
    WlEditorPeer *peer;
    GtkWidget *widget;    /* owned */
    WlExpander *expander; /* around the same widget */
    GtkWidget *icon, *handle, *state;
    WlEditorForm *form; /* created with all below when the row is first opened */
    GtkWidget *name_entry, *live, *up, *down, *remove;
    WlExpander *more;
};

static const struct {
    const char *state, *icon, *class;
} states[] = {
    {"direct-lan", "network-wired-symbolic", "wirelink-good"},
    {"direct", "network-wired-symbolic", "wirelink-good"},
    {"routed", "network-server-symbolic", NULL},
    {"connecting", "content-loading-symbolic", NULL},
    {"offline", "network-offline-symbolic", "wirelink-error"},
};

const char *
wl_peer_state_icon(const char *state)
{
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_equal(states[i].state, state))
            return states[i].icon;
    }
    return "computer-symbolic";
}

const char *
wl_peer_state_class(const char *state)
{
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_equal(states[i].state, state))
            return states[i].class;
    }
    return NULL;
}

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

static GtkWidget *
button(WlPeerRow *row, GtkWidget *box, GtkWidget *made, GCallback clicked)
{
    g_signal_connect(made, "clicked", clicked, row);
    wl_gtk_box_append(box, made);
    return made;
}

static void
add_buttons(WlPeerRow *row)
{
    GtkWidget *box = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);

    row->up = button(row, box, wl_gtk_icon_button_new("go-up-symbolic", _("Move up (Alt+Up)")),
                     G_CALLBACK(on_up));
    row->down =
        button(row, box, wl_gtk_icon_button_new("go-down-symbolic", _("Move down (Alt+Down)")),
               G_CALLBACK(on_down));
    row->remove = button(row, box, gtk_button_new_with_label(_("Remove")), G_CALLBACK(on_remove));
    wl_gtk_add_class(row->up, "flat");
    wl_gtk_add_class(row->down, "flat");
    wl_gtk_add_class(row->remove, "destructive-action");
    gtk_widget_set_hexpand(row->remove, TRUE);
    gtk_widget_set_halign(row->remove, GTK_ALIGN_END);
    wl_gtk_box_append(row->expander->content, box);
}

static void
add_more(WlPeerRow *row)
{
    g_autofree char *problem = NULL;

    row->more = wl_expander_new(NULL);
    wl_expander_set_texts(row->more, _("Advanced"), NULL);
    wl_gtk_box_append(row->expander->content, row->more->widget);
    wl_editor_form_begin(row->form, row->more->content, FALSE);
    wl_editor_form_add_secret(row->form, "preshared-key", TRUE, G_CALLBACK(on_generate), row);
    wl_editor_form_add_entry(row->form, "keepalive", _("off"), NULL);
    wl_editor_form_add_switch(row->form, "basic", NULL);
    wl_editor_form_add_switch(row->form, "fact-exchanger", NULL);
    problem = wl_editor_form_dup_problem(row->form, row->more->content);
    wl_expander_set_open(row->more, problem != NULL);
}

static void
make_form(WlPeerRow *row)
{
    WlEditorForm *form = wl_editor_form_new(row->model, row->peer);

    row->form = form;
    wl_editor_form_begin(form, row->expander->content, FALSE);
    row->live = wl_gtk_label_new(NULL);
    wl_editor_form_add_widget(form, row->live);
    row->name_entry = wl_editor_form_add_entry(form, "name", NULL, NULL);
    wl_editor_form_add_entry(form, "public-key", _("44 characters ending in ="), NULL);
    wl_editor_form_add_entry(form, "endpoint", NULL,
                             _("Host and port, such as hub.example.net:51820; leave empty if other "
                               "members advertise them"));
    wl_editor_form_add_entry(form, "allowed-ips", NULL,
                             _("Addresses reached through this peer, such as 10.77.0.3/32; for a "
                               "router, the whole network"));
    wl_editor_form_add_trust(form);
    add_more(row);
    add_buttons(row);
    wl_gtk_show(row->expander->content);
    wl_editor_form_refresh(form);
}

static void
on_toggled(GtkWidget *toggle, WlPeerRow *row)
{
    if (row->form)
        return;
    make_form(row);
    wl_peer_row_refresh(row);
}

/* Names a widget for screen readers, which do not see its row. Takes @name. */
static void
take_name(GtkWidget *made, char *name)
{
    wl_gtk_set_name(made, name);
    g_free(name);
}

WlPeerRow *
wl_peer_row_new(WlEditorModel *model, WlEditorPeer *peer)
{
    WlPeerRow *row = g_new0(WlPeerRow, 1);

    row->model = model;
    row->peer = peer;
    row->expander = wl_expander_new(NULL);
    row->widget = g_object_ref_sink(row->expander->widget);
    g_signal_connect(row->expander->button, "toggled", G_CALLBACK(on_toggled), row);
    row->icon = wl_gtk_image_new("computer-symbolic");
    row->handle = wl_gtk_drag_handle_new(row->widget, row->icon);
    gtk_widget_set_margin_start(row->handle, 12);
    wl_gtk_box_append(row->expander->start, row->handle);
    row->state = wl_gtk_end_label_new();
    wl_gtk_box_append(row->expander->end, row->state);
    wl_gtk_on_key(row->widget, on_key, row);
    wl_gtk_show(row->widget);
    wl_peer_row_refresh(row);
    return row;
}

void
wl_peer_row_free(WlPeerRow *row)
{
    GtkWidget *sources[] = {row->expander->button, row->up, row->down, row->remove};

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        if (sources[i])
            g_signal_handlers_disconnect_by_data(sources[i], row);
    }
    wl_gtk_detach(row->widget);
    wl_editor_form_free(row->form);
    g_object_unref(row->widget);
    g_free(row->expander);
    g_free(row->more);
    g_free(row);
}

GtkWidget *
wl_peer_row_get_widget(WlPeerRow *row)
{
    return row->widget;
}

static void
refresh_state(WlPeerRow *row, const WlEditorLivePeer *live)
{
    const char *state = live ? live->state : "";
    g_autofree char *text = live ? wl_editor_live_dup_state(live) : g_strdup("");
    const char *class = wl_peer_state_class(state);

    wl_gtk_end_label_update(row->state, text);
    wl_gtk_set_shown(row->state, live != NULL);
    wl_gtk_set_icon(row->icon, wl_peer_state_icon(state));
    gtk_widget_set_tooltip_text(row->icon, live ? wl_editor_live_state_title(state) : NULL);
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (states[i].class)
            wl_gtk_set_class(row->icon, states[i].class, FALSE);
    }
    if (class)
        wl_gtk_set_class(row->icon, class, TRUE);
}

/* The name for screen readers; without what changes all the time. */
static void
refresh_names(WlPeerRow *row, const char *title, const char *address, const WlEditorLivePeer *live)
{
    g_autoptr(GString) whole = g_string_new(title);

    if (*address)
        g_string_append_printf(whole, ", %s", address);
    if (live)
        g_string_append_printf(whole, ", %s", wl_editor_live_state_title(live->state));
    wl_gtk_set_name(row->expander->button, whole->str);
    take_name(row->handle, g_strdup_printf(_("Drag to move %s"), title));
    if (!row->form)
        return;
    take_name(row->up, g_strdup_printf(_("Move %s up"), title));
    take_name(row->down, g_strdup_printf(_("Move %s down"), title));
    take_name(row->remove, g_strdup_printf(_("Remove %s"), title));
    take_name(row->more->button, g_strdup_printf(_("Advanced settings of %s"), title));
}

/* The state and its reason, the traffic, and the facts about a member. */
static char *
describe_live(const WlEditorLive *live, const WlEditorLivePeer *peer)
{
    g_autofree char *summary = wl_editor_live_dup_summary(peer);
    g_autofree char *traffic = wl_editor_live_dup_traffic(peer);
    g_autofree char *facts = wl_editor_live_dup_facts(live, peer->public_key);

    return g_strconcat(summary, traffic ? "\n" : "", traffic ? traffic : "", facts ? "\n" : "",
                       facts, NULL);
}

static void
refresh_form(WlPeerRow *row, const WlEditorLivePeer *live)
{
    const WlEditorLive *all = wl_editor_model_get_live(row->model);
    g_autofree char *reason = wl_editor_model_dup_trust_reason(row->model, row->peer);
    g_autofree char *text = live ? describe_live(all, live) : NULL;
    WlProfileTrust trust = wl_editor_model_get_trust(row->model, row->peer);
    g_autofree char *hint = g_strconcat(reason, "\n", wl_editor_trust_explanation(trust), NULL);
    g_autofree char *problem = NULL;
    guint position = wl_editor_model_get_position(row->model, row->peer);

    wl_editor_form_refresh(row->form);
    wl_editor_form_set_hint(row->form, "trust", hint);
    problem = wl_editor_form_dup_problem(row->form, row->more->content);
    wl_expander_set_problem(row->more, problem);
    wl_gtk_label_update(row->live, text);
    wl_gtk_set_shown(gtk_widget_get_parent(row->live), live != NULL);
    gtk_widget_set_sensitive(row->up, position > 0);
    gtk_widget_set_sensitive(row->down, position + 1 < wl_editor_model_get_n_peers(row->model));
}

void
wl_peer_row_refresh(WlPeerRow *row)
{
    const WlEditorLivePeer *live = wl_editor_model_get_live_peer(row->model, row->peer);
    g_autofree char *title = wl_editor_peer_dup_title(row->peer);
    g_autofree char *address = wl_editor_peer_dup_address(row->peer, live ? live->address : NULL);
    g_autofree char *problem = wl_editor_peer_dup_problem(row->peer);

    wl_expander_set_texts(row->expander, title, address);
    wl_expander_set_problem(row->expander, problem);
    refresh_state(row, live);
    refresh_names(row, title, address, live);
    if (row->form)
        refresh_form(row, live);
}

void
wl_peer_row_open(WlPeerRow *row)
{
    wl_expander_set_open(row->expander, TRUE);
    wl_gtk_focus_later(row->name_entry);
}
