/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-machine-page.h"

#include <glib/gi18n-lib.h>
#include <nma-bar-code.h>

#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-read.h"
#include "wl-form.h"
#include "wl-gtk.h"
#include "wl-profile-keys.h"

#define QR_SIZE   180 /* pixels */
#define QR_MARGIN 4   /* modules, as scanners require */

struct _WlMachinePage {
    WlEditorModel *model;
    WlEditorForm *form;
    GtkWidget *widget, *bar, *state, *public_key, *copy, *see_qr, *qr, *persistent;
    NMABarCode *bar_code; /* of the public key, created at the first drawing */
};

static void
draw_qr(cairo_t *cr, int width, int height, gpointer user_data)
{
    WlMachinePage *page = user_data;
    g_autofree char *key = wl_editor_model_dup_public_key(page->model);
    double modules;

    if (!key)
        return;
    if (!page->bar_code)
        page->bar_code = nma_bar_code_new(key);
    modules = nma_bar_code_get_size(page->bar_code);
    if (modules <= 0)
        return;
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, width / (modules + 2 * QR_MARGIN), height / (modules + 2 * QR_MARGIN));
    cairo_translate(cr, QR_MARGIN, QR_MARGIN);
    cairo_set_source_rgb(cr, 0, 0, 0);
    nma_bar_code_draw(page->bar_code, cr);
}

static void
on_generate(GtkWidget *button, WlMachinePage *page)
{
    wl_editor_model_generate_key(page->model);
}

static void
on_copy(GtkWidget *button, WlMachinePage *page)
{
    g_autofree char *key = wl_editor_model_dup_public_key(page->model);

    if (key)
        wl_gtk_copy(button, key);
}

static void
on_see_qr(GtkWidget *button, WlMachinePage *page)
{
    wl_gtk_set_shown(page->qr, gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)));
}

static void
on_persistent(GtkWidget *button, WlMachinePage *page)
{
    wl_editor_model_set_persistent(page->model, wl_gtk_get_active(button));
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
refresh_live(WlMachinePage *page)
{
    g_autoptr(GString) text = g_string_new(NULL);

    add_line(text, wl_editor_model_dup_pending(page->model));
    add_line(text, wl_editor_model_dup_profile_error(page->model));
    add_line(text, wl_editor_model_dup_users_warning(page->model));
    wl_gtk_label_update(page->state, text->str);
    wl_gtk_set_shown(page->bar, text->len > 0);
}

static void
refresh(WlMachinePage *page)
{
    g_autofree char *key = wl_editor_model_dup_public_key(page->model);

    wl_editor_form_refresh(page->form);
    if (g_strcmp0(wl_gtk_get_text(page->public_key), key ? key : "")) {
        wl_gtk_set_text(page->public_key, key ? key : "");
        g_clear_object(&page->bar_code);
        gtk_widget_queue_draw(page->qr);
    }
    gtk_widget_set_sensitive(page->copy, key != NULL);
    gtk_widget_set_sensitive(page->see_qr, key != NULL);
    if (!key)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(page->see_qr), FALSE);
    wl_gtk_set_active(page->persistent, wl_editor_model_get_persistent(page->model));
    refresh_live(page);
}

static void
add_key(WlMachinePage *page)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    wl_editor_form_add_secret(page->form, "private-key", FALSE, G_CALLBACK(on_generate), page);

    page->public_key = gtk_entry_new();
    gtk_editable_set_editable(GTK_EDITABLE(page->public_key), FALSE);
    gtk_entry_set_placeholder_text(GTK_ENTRY(page->public_key), _("derived from the private key"));
    g_object_set(page->public_key, "width-chars", 10, NULL);
    gtk_widget_set_hexpand(page->public_key, TRUE);
    page->copy = gtk_button_new_with_mnemonic(_("_Copy"));
    g_signal_connect(page->copy, "clicked", G_CALLBACK(on_copy), page);
    page->see_qr = gtk_toggle_button_new_with_mnemonic(_("_QR Code"));
    g_signal_connect(page->see_qr, "toggled", G_CALLBACK(on_see_qr), page);
    wl_gtk_box_append(box, page->copy);
    wl_gtk_box_append(box, page->see_qr);
    wl_editor_form_add_labeled(page->form, _("P_ublic key"), page->public_key);
    wl_editor_form_add_labeled(page->form, NULL, box);

    page->qr = wl_gtk_drawing_new(QR_SIZE, draw_qr, page);
    wl_gtk_set_name(page->qr, _("QR code of the public key"));
    wl_gtk_set_shown(page->qr, FALSE);
    wl_editor_form_add_labeled(page->form, NULL, page->qr);
}

static void
add_role(WlMachinePage *page)
{
    const char *words[] = {wl_profile_role_to_string(WL_PROFILE_ROLE_AUTOMATIC),
                           wl_profile_role_to_string(WL_PROFILE_ROLE_LEAF),
                           wl_profile_role_to_string(WL_PROFILE_ROLE_ROUTER), NULL};
    const char *titles[] = {_("Automatic"), _("Leaf (does not route)"),
                            _("Router (routes between members)"), NULL};

    wl_editor_form_add_choice(page->form, "role", words, titles,
                              _("Automatic: a router if no peer is one"));
}

static void
add_options(WlMachinePage *page)
{
    WlEditorForm *form = page->form;

    page->persistent =
        gtk_check_button_new_with_mnemonic(_("Stay connected when switching networ_ks"));
    wl_gtk_set_name(page->persistent, _("Stay connected when switching networks"));
    g_signal_connect(page->persistent, "toggled", G_CALLBACK(on_persistent), page);
    wl_editor_form_add_widget(form, page->persistent);
    wl_editor_form_add_check(form, "autostart", _("Requires keys stored for all users"));
    wl_editor_form_add_check(
        form, "full-tunnel",
        _("Uses the peer with the allowed IP 0.0.0.0/0 or ::/0. Set DNS servers on the IPv4 or IPv6 "
          "page, or the local network can see DNS queries."));
    wl_editor_form_add_check(form, "kill-switch",
                             _("Blocks internet access even while that peer is unreachable"));
    wl_editor_form_add_entry(
        form, "listen-port", _("random at each start"),
        _("UDP port of WireGuard; should differ between members behind the same router"));
    wl_editor_form_add_entry(form, "fact-port", "51821",
                             _("UDP port inside the tunnel; must be the same on all members"));
    wl_editor_form_add_entry(form, "mtu", _("automatic"), NULL);
    wl_editor_form_add_entry(form, "link-name", _("automatic"), NULL);
    wl_editor_form_add_entry(form, "networks", _("from addresses and allowed IPs"),
                             _("Prefixes in which other members may advertise addresses"));
    wl_editor_form_add_entry(form, "hide-interfaces", "docker* veth*",
                             _("Interfaces whose addresses are not announced to other members"));
    wl_editor_form_add_entry(form, "announce-interfaces", _("all"),
                             _("Only the addresses of these interfaces are announced"));
    wl_editor_form_add_check(
        form, "forwarding",
        _("Routers always forward IPv4. Before Linux 6.17 this enables IPv6 forwarding for the "
          "whole machine while connected."));
    wl_editor_form_add_check(form, "chatty", _("Otherwise with routers only, which pass them on"));
}

WlMachinePage *
wl_machine_page_new(WlEditorModel *model)
{
    WlMachinePage *page = g_new0(WlMachinePage, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *grid;

    page->model = model;
    page->state = wl_gtk_label_new(NULL);
    page->bar = wl_gtk_warning_bar_new(page->state);
    wl_gtk_box_append(box, page->bar);
    page->form = wl_editor_form_new(model, NULL);
    add_key(page);
    wl_editor_form_add_entry(page->form, "address", "10.77.0.2/24, fd77::2/64",
                             _("Addresses in the network, with prefix length"));
    wl_editor_form_add_entry(page->form, "member-name", _("laptop"), _("Shown to other members"));
    add_role(page);
    add_options(page);
    grid = wl_editor_form_get_grid(page->form);
    wl_gtk_set_margins(grid, 12);
    wl_gtk_box_append(box, grid);
    page->widget = g_object_ref_sink(wl_gtk_scrolled_new(box, 270));
    refresh(page);
    return page;
}

void
wl_machine_page_free(WlMachinePage *page)
{
    if (!page)
        return;
    g_signal_handlers_disconnect_by_data(page->persistent, page);
    g_signal_handlers_disconnect_by_data(page->see_qr, page);
    wl_gtk_detach(page->qr);
    wl_editor_form_free(page->form);
    g_clear_object(&page->bar_code);
    g_object_unref(page->widget);
    g_free(page);
}

GtkWidget *
wl_machine_page_get_widget(WlMachinePage *page)
{
    return page->widget;
}

void
wl_machine_page_changed(WlMachinePage *page, WlEditorChange change)
{
    if (change & WL_EDITOR_CHANGE_LIVE)
        refresh_live(page);
    else
        refresh(page);
}
