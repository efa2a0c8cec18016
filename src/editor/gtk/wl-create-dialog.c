/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-create-dialog.h"

#include <glib/gi18n-lib.h>

#include "model/wl-start.h"
#include "wl-gtk.h"

typedef struct {
    WlEditorModel *model;
    GtkWidget *name, *endpoint, *networks;
    gboolean created;
    void (*on_created)(gpointer user_data);
    gpointer user_data;
} Creation;

static gboolean
apply(WlDialog *dialog, gpointer user_data, GError **error)
{
    Creation *creation = user_data;

    creation->created = wl_editor_start_create(creation->model, wl_gtk_get_text(creation->name),
                                               wl_gtk_get_text(creation->endpoint),
                                               wl_gtk_get_text(creation->networks), error);
    return creation->created;
}

/* The window is closed by now, so that another one may follow. */
static void
finish(gpointer data)
{
    Creation *creation = data;

    if (creation->created)
        creation->on_created(creation->user_data);
    g_free(creation);
}

void
wl_create_dialog_open(WlDialog **self, GtkWidget *parent, WlEditorModel *model,
                      void (*on_created)(gpointer user_data), gpointer user_data)
{
    Creation *creation = g_new0(Creation, 1);
    g_autofree char *networks = wl_editor_start_suggest_networks();

    creation->model = model;
    creation->on_created = on_created;
    creation->user_data = user_data;
    wl_dialog_open(self, parent, _("Create a Network"), _("C_reate"), apply, creation, finish);
    wl_dialog_add_text(*self, _("This machine becomes the hub: the other members find each other "
                                "through it, so it has to be reachable from the internet."));
    creation->name =
        wl_dialog_add_entry(*self, _("_Name of this machine"), g_get_host_name(), NULL);
    creation->endpoint = wl_dialog_add_entry(
        *self, _("_Address of this machine"), NULL,
        _("A host name or an IP address, such as hub.example.net. UDP port 51820 must be open "
          "there, or another one that you add, such as hub.example.net:4500."));
    creation->networks =
        wl_dialog_add_entry(*self, _("Net_works"), networks,
                            _("The addresses of the members, IPv4 and IPv6. No other network of a "
                              "member may use them."));
    wl_dialog_show(*self, creation->endpoint);
}
