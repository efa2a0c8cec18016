/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-machine-groups.h"

#include <glib/gi18n-lib.h>

#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-read.h"
#include "wl-boxed-list.h"
#include "wl-form.h"
#include "wl-gtk.h"
#include "wl-profile-keys.h"
#include "wl-qr-area.h"

#define QR_SIZE 180 /* pixels */

struct _WlMachineGroups {
    WlEditorModel *model;
    WlEditorForm *form;
    GtkWidget *bar, *state, *public_key, *copy, *see_qr, *qr, *persistent;
    WlExpander *keys, *advanced;
};

static void
on_generate(GtkWidget *button, WlMachineGroups *groups)
{
    wl_editor_model_generate_key(groups->model);
}

static void
on_copy(GtkWidget *button, WlMachineGroups *groups)
{
    g_autofree char *key = wl_editor_model_dup_public_key(groups->model);

    if (key)
        wl_gtk_copy(button, key);
}

static void
on_see_qr(GtkWidget *button, WlMachineGroups *groups)
{
    wl_gtk_set_shown(groups->qr, gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)));
}

static void
on_persistent(GtkWidget *widget, GParamSpec *spec, WlMachineGroups *groups)
{
    wl_editor_model_set_persistent(groups->model, gtk_switch_get_active(GTK_SWITCH(widget)));
}

static void
add_line(GString *text, char *line)
{
    if (line)
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", line);
    g_free(line);
}

/* Which saved settings the running service does not use yet, and why. */
static void
refresh_live(WlMachineGroups *groups)
{
    g_autoptr(GString) text = g_string_new(NULL);

    add_line(text, wl_editor_model_dup_pending(groups->model));
    add_line(text, wl_editor_model_dup_profile_error(groups->model));
    add_line(text, wl_editor_model_dup_users_warning(groups->model));
    wl_gtk_label_update(groups->state, text->str);
    wl_gtk_set_shown(groups->bar, text->len > 0);
}

/* What is closed shows its first error in its heading. */
static void
refresh_expander(WlMachineGroups *groups, WlExpander *expander)
{
    g_autofree char *problem = NULL;

    if (!expander)
        return;
    problem = wl_editor_form_dup_problem(groups->form, expander->content);
    wl_expander_set_problem(expander, problem);
}

static void
refresh(WlMachineGroups *groups)
{
    gboolean persistent = wl_editor_model_get_persistent(groups->model);
    g_autofree char *key = wl_editor_model_dup_public_key(groups->model);

    wl_editor_form_refresh(groups->form);
    if (g_strcmp0(wl_gtk_get_text(groups->public_key), key ? key : "")) {
        wl_gtk_set_text(groups->public_key, key ? key : "");
        wl_qr_area_set_text(groups->qr, key, NULL);
    }
    gtk_widget_set_sensitive(groups->copy, key != NULL);
    gtk_widget_set_sensitive(groups->see_qr, key != NULL);
    if (!key)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(groups->see_qr), FALSE);
    if (gtk_switch_get_active(GTK_SWITCH(groups->persistent)) != persistent)
        gtk_switch_set_active(GTK_SWITCH(groups->persistent), persistent);
    refresh_expander(groups, groups->keys);
    refresh_expander(groups, groups->advanced);
    refresh_live(groups);
}

static void
add_public_key(WlMachineGroups *groups)
{
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    groups->public_key = gtk_entry_new();
    gtk_editable_set_editable(GTK_EDITABLE(groups->public_key), FALSE);
    gtk_entry_set_placeholder_text(GTK_ENTRY(groups->public_key),
                                   _("derived from the private key"));
    g_object_set(groups->public_key, "width-chars", 10, NULL);
    gtk_widget_set_hexpand(groups->public_key, TRUE);
    wl_gtk_add_class(groups->public_key, "wirelink-entry");
    wl_gtk_strengthen_placeholder(groups->public_key);
    groups->copy = wl_gtk_icon_button_new("edit-copy-symbolic", _("Copy"));
    wl_gtk_add_class(groups->copy, "flat");
    g_signal_connect(groups->copy, "clicked", G_CALLBACK(on_copy), groups);
    groups->see_qr = gtk_toggle_button_new_with_label(_("QR Code"));
    gtk_widget_set_valign(groups->see_qr, GTK_ALIGN_CENTER);
    g_signal_connect(groups->see_qr, "toggled", G_CALLBACK(on_see_qr), groups);
    wl_gtk_box_append(line, groups->public_key);
    wl_gtk_box_append(line, groups->copy);
    wl_gtk_box_append(line, groups->see_qr);
    wl_editor_form_add_below(groups->form, _("P_ublic key"), groups->public_key, line);

    groups->qr = wl_qr_area_new(QR_SIZE, _("QR code of the public key"));
    wl_gtk_set_margins(groups->qr, 12);
    wl_gtk_set_shown(groups->qr, FALSE);
    wl_gtk_box_append(groups->keys->content, groups->qr);
}

static WlExpander *
add_expander(WlMachineGroups *groups, GtkWidget *list, const char *title, gboolean mnemonics)
{
    WlExpander *expander = wl_expander_new(NULL);

    wl_expander_set_texts(expander, title, NULL);
    wl_gtk_set_name(expander->button, title);
    wl_gtk_box_append(list, expander->widget);
    wl_editor_form_begin(groups->form, expander->content, mnemonics);
    return expander;
}

/* Opens what has an error when the window opens, such as the key that a new profile lacks. */
static void
open_problem(WlMachineGroups *groups, WlExpander *expander)
{
    g_autofree char *problem = wl_editor_form_dup_problem(groups->form, expander->content);

    wl_expander_set_open(expander, problem != NULL);
}

static GtkWidget *
add_group(WlMachineGroups *groups, GtkWidget *box, const char *title)
{
    GtkWidget *group = wl_group_new(title, NULL);
    GtkWidget *list = wl_boxed_list_new();

    wl_gtk_box_append(group, list);
    wl_gtk_box_append(box, group);
    wl_editor_form_begin(groups->form, list, TRUE);
    return list;
}

static void
add_identity(WlMachineGroups *groups, GtkWidget *box)
{
    GtkWidget *list = add_group(groups, box, _("This Machine"));

    wl_editor_form_add_entry(groups->form, "member-name", NULL, _("Shown to other members"));
    wl_editor_form_add_entry(groups->form, "address", NULL,
                             _("Addresses in the network, with prefix length, such as 10.77.0.2/24 "
                               "or fd77::2/64"));
    groups->keys = add_expander(groups, list, _("Keys"), FALSE);
    wl_editor_form_add_secret(groups->form, "private-key", FALSE, G_CALLBACK(on_generate), groups);
    add_public_key(groups);
    open_problem(groups, groups->keys);
}

static void
add_connection(WlMachineGroups *groups, GtkWidget *box)
{
    add_group(groups, box, _("Connection"));
    groups->persistent = gtk_switch_new();
    g_signal_connect(groups->persistent, "notify::active", G_CALLBACK(on_persistent), groups);
    wl_editor_form_add_beside(groups->form, _("Stay connected when switching networ_ks"),
                              groups->persistent);
    wl_editor_form_add_switch(groups->form, "autostart", _("Requires keys stored for all users"));
}

static void
add_traffic(WlMachineGroups *groups, GtkWidget *box)
{
    add_group(groups, box, _("Internet Traffic"));
    wl_editor_form_add_switch(
        groups->form, "full-tunnel",
        _("Uses the peer with the allowed IP 0.0.0.0/0 or ::/0. Set DNS servers on the IPv4 or IPv6 "
          "page, or the local network can see DNS queries."));
    wl_editor_form_add_switch(groups->form, "kill-switch",
                              _("Blocks internet access even while that peer is unreachable"));
}

static void
add_role(WlMachineGroups *groups)
{
    const char *words[] = {wl_profile_role_to_string(WL_PROFILE_ROLE_AUTOMATIC),
                           wl_profile_role_to_string(WL_PROFILE_ROLE_LEAF),
                           wl_profile_role_to_string(WL_PROFILE_ROLE_ROUTER), NULL};
    const char *titles[] = {_("Automatic"), _("Leaf"), _("Router"), NULL};

    wl_editor_form_add_choice(groups->form, "role", words, titles,
                              _("A router routes between members, a leaf does not. Automatic: a "
                                "router if no peer is one"));
}

static void
add_port_mapping(WlMachineGroups *groups)
{
    const char *words[] = {wl_profile_port_mapping_to_string(WL_PROFILE_PORT_MAPPING_AUTO),
                           wl_profile_port_mapping_to_string(WL_PROFILE_PORT_MAPPING_OFF), NULL};
    const char *titles[] = {_("Automatic"), _("Off"), NULL};

    wl_editor_form_add_choice(groups->form, "port-mapping", words, titles,
                              _("Asks the router of the local network by PCP or NAT-PMP to pass "
                                "on the listen port, so that other members reach this machine"));
}

void
wl_machine_groups_add_advanced(WlMachineGroups *groups, GtkWidget *box)
{
    WlEditorForm *form = groups->form;
    GtkWidget *list = wl_boxed_list_new();

    wl_gtk_box_append(box, list);
    groups->advanced = add_expander(groups, list, _("Advanced"), TRUE);
    wl_editor_form_add_entry(
        form, "listen-port", _("random at each start"),
        _("UDP port of WireGuard; should differ between members behind the same router"));
    add_port_mapping(groups);
    add_role(groups);
    wl_editor_form_add_entry(form, "fact-port", "51821",
                             _("UDP port inside the tunnel; must be the same on all members"));
    wl_editor_form_add_entry(form, "mtu", _("automatic"), NULL);
    wl_editor_form_add_entry(form, "link-name", _("automatic"), NULL);
    wl_editor_form_add_entry(form, "networks", _("from addresses and allowed IPs"),
                             _("Prefixes in which other members may advertise addresses"));
    wl_editor_form_add_entry(
        form, "hide-interfaces", _("none"),
        _("Interfaces whose addresses are not announced to other members, such "
          "as docker*"));
    wl_editor_form_add_entry(form, "announce-interfaces", _("all"),
                             _("Only the addresses of these interfaces are announced"));
    wl_editor_form_add_switch(
        form, "forwarding",
        _("Routers always forward IPv4. Before Linux 6.17 this enables IPv6 forwarding for the "
          "whole machine while connected."));
    wl_editor_form_add_switch(form, "chatty", _("Otherwise with routers only, which pass them on"));
    open_problem(groups, groups->advanced);
    refresh(groups);
}

WlMachineGroups *
wl_machine_groups_new(WlEditorModel *model, GtkWidget *box)
{
    WlMachineGroups *groups = g_new0(WlMachineGroups, 1);

    groups->model = model;
    groups->state = wl_gtk_label_new(NULL);
    groups->bar = wl_gtk_warning_bar_new(groups->state);
    wl_gtk_box_append(box, groups->bar);
    groups->form = wl_editor_form_new(model, NULL);
    add_identity(groups, box);
    add_connection(groups, box);
    add_traffic(groups, box);
    refresh(groups);
    return groups;
}

void
wl_machine_groups_begin(WlMachineGroups *groups)
{
    open_problem(groups, groups->keys);
    open_problem(groups, groups->advanced);
}

void
wl_machine_groups_free(WlMachineGroups *groups)
{
    if (!groups)
        return;
    g_signal_handlers_disconnect_by_data(groups->persistent, groups);
    g_signal_handlers_disconnect_by_data(groups->see_qr, groups);
    wl_editor_form_free(groups->form);
    g_free(groups->keys);
    g_free(groups->advanced);
    g_free(groups);
}

void
wl_machine_groups_changed(WlMachineGroups *groups, WlEditorChange change)
{
    if (change & WL_EDITOR_CHANGE_LIVE)
        refresh_live(groups);
    else
        refresh(groups);
}
