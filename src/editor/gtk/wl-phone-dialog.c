/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-phone-dialog.h"

#include <glib/gi18n-lib.h>

#include "model/wl-phone.h"
#include "wl-boxed-list.h"
#include "wl-gtk.h"
#include "wl-profile-text.h"
#include "wl-qr-area.h"

#define QR_SIZE 300 /* pixels; four for each module */

typedef struct {
    WlEditorModel *model;
    GtkWidget *name, *endpoint;
} Phone;

static GtkWidget *
content_new(GtkWidget *area)
{
    GtkWidget *content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);

    wl_gtk_box_append(
        content, wl_gtk_label_new(
                     _("On the phone, open the WireGuard app, press “+”, and scan this code.")));
    gtk_widget_set_halign(area, GTK_ALIGN_CENTER);
    wl_gtk_box_append(content, area);
    wl_gtk_box_append(
        content,
        wl_dim_label_new(_("The code contains the private key of the phone. It is not stored: when "
                           "this window is closed, it cannot be shown again.")));
    wl_gtk_box_append(
        content, wl_dim_label_new(_("The network accepts the phone once this profile is saved.")));
    return content;
}

static gboolean
apply(WlDialog *dialog, gpointer user_data, GError **error)
{
    Phone *phone = user_data;
    char *text = wl_editor_phone_add(phone->model, wl_gtk_get_text(phone->name),
                                     wl_gtk_get_text(phone->endpoint), error);
    GtkWidget *area;

    if (!text)
        return FALSE;
    area = wl_qr_area_new(QR_SIZE, _("QR code of the phone"));
    /* It fits: of a few hundred bytes. */
    wl_qr_area_set_text(area, text, NULL);
    wl_profile_wipe_free(text);
    wl_dialog_finish(dialog, content_new(area));
    return TRUE;
}

void
wl_phone_dialog_open(WlDialog **self, GtkWidget *parent, WlEditorModel *model)
{
    Phone *phone = g_new0(Phone, 1);
    g_autofree char *name = wl_editor_phone_suggest_name(model);

    phone->model = model;
    wl_dialog_open(self, parent, _("Add Phone"), _("_Show Code"), apply, phone, g_free);
    wl_dialog_add_text(*self, _("A phone or tablet uses the WireGuard app. Its traffic always goes "
                                "through this machine."));
    phone->name = wl_dialog_add_entry(*self, _("_Name of the phone"), name, NULL);
    phone->endpoint = wl_dialog_add_entry(
        *self, _("_Address of this machine"), wl_editor_phone_get_endpoint(model),
        _("Where the phone reaches this machine from the internet, such as "
          "hub.example.net:51820"));
    wl_dialog_show(*self, phone->name);
}
