/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-start-group.h"

#include <glib/gi18n-lib.h>

#include "model/wl-start.h"
#include "wl-boxed-list.h"
#include "wl-create-dialog.h"
#include "wl-gtk-window.h"
#include "wl-gtk.h"

#define N_ROWS 4

struct _WlStartGroup {
    WlEditorModel *model;
    WlStartFunc on_begun;
    gpointer user_data;
    GtkWidget *widget, *problem;
    GtkWidget *buttons[N_ROWS];
    WlDialog *dialog;
    GtkNativeDialog *chooser;
    gboolean phone;
};

static void
on_created(gpointer user_data)
{
    WlStartGroup *group = user_data;

    group->on_begun(group->phone, group->user_data);
}

static void
on_create(GtkWidget *button, WlStartGroup *group)
{
    group->phone = FALSE;
    wl_create_dialog_open(&group->dialog, group->widget, group->model, on_created, group);
}

static void
on_phone(GtkWidget *button, WlStartGroup *group)
{
    group->phone = TRUE;
    wl_create_dialog_open(&group->dialog, group->widget, group->model, on_created, group);
}

static void
on_file(GFile *file, gpointer user_data)
{
    WlStartGroup *group = user_data;
    g_autofree char *path = g_file_get_path(file);
    g_autoptr(GError) error = NULL;

    if (path && wl_editor_start_join(group->model, path, &error)) {
        group->on_begun(FALSE, group->user_data);
        return;
    }
    wl_gtk_label_update(group->problem, path ? error->message
                                             : _("Only local files can be read; copy the file to "
                                                 "this machine first."));
    wl_gtk_set_shown(group->problem, TRUE);
}

static void
on_join(GtkWidget *button, WlStartGroup *group)
{
    static const char *const patterns[] = {"*.wirelink", "*.conf", NULL};

    if (group->chooser)
        return;
    wl_gtk_choose_file(&group->chooser, group->widget, _("Join a Network"), _("Network files"),
                       patterns, on_file, group);
}

static void
on_manual(GtkWidget *button, WlStartGroup *group)
{
    group->on_begun(FALSE, group->user_data);
}

static GtkWidget *
row_new(WlStartGroup *group, const char *icon, const char *title, const char *text,
        GCallback clicked, GtkWidget **made)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);
    GtkWidget *button = gtk_button_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *arrow = wl_gtk_image_new("go-next-symbolic");

    wl_gtk_box_append(texts, wl_gtk_label_new(title));
    wl_gtk_box_append(texts, wl_dim_label_new(text));
    gtk_widget_set_hexpand(texts, TRUE);
    wl_gtk_box_append(box, wl_gtk_image_new(icon));
    wl_gtk_box_append(box, texts);
    wl_gtk_box_append(box, arrow);
    wl_gtk_set_child(button, box);
    wl_gtk_add_class(button, "wirelink-header");
    wl_gtk_set_name(button, title);
    wl_gtk_set_description(button, text);
    gtk_widget_set_hexpand(button, TRUE);
    g_signal_connect(button, "clicked", clicked, group);
    wl_gtk_add_class(row, "wirelink-expander");
    wl_gtk_box_append(row, button);
    *made = button;
    return row;
}

static void
add_rows(WlStartGroup *group, GtkWidget *list)
{
    const struct {
        const char *icon, *title, *text;
        GCallback clicked;
    } rows[N_ROWS] = {
        {"network-server-symbolic", _("Create a Network"),
         _("This machine becomes the hub, through which the others find each other"),
         G_CALLBACK(on_create)},
        {"network-workgroup-symbolic", _("Join a Network"),
         _("With the .wirelink file that was made for this machine on the hub"),
         G_CALLBACK(on_join)},
        {"phone-symbolic", _("Add a Phone"),
         _("Creates a network, and shows the QR code for the WireGuard app"), G_CALLBACK(on_phone)},
        {"document-edit-symbolic", _("Set Up Manually"), _("Enter keys, addresses and peers"),
         G_CALLBACK(on_manual)},
    };

    for (guint i = 0; i < N_ROWS; i++) {
        GtkWidget *row = row_new(group, rows[i].icon, rows[i].title, rows[i].text, rows[i].clicked,
                                 &group->buttons[i]);

        wl_gtk_box_append(list, row);
    }
}

WlStartGroup *
wl_start_group_new(WlEditorModel *model, WlStartFunc on_begun, gpointer user_data)
{
    WlStartGroup *group = g_new0(WlStartGroup, 1);
    GtkWidget *list = wl_boxed_list_new();

    group->model = model;
    group->on_begun = on_begun;
    group->user_data = user_data;
    group->widget = g_object_ref_sink(wl_group_new(_("New Network"), NULL));
    add_rows(group, list);
    wl_gtk_box_append(group->widget, list);
    group->problem = wl_gtk_label_new(NULL);
    wl_gtk_add_class(group->problem, "wirelink-error");
    wl_gtk_set_shown(group->problem, FALSE);
    wl_gtk_box_append(group->widget, group->problem);
    return group;
}

void
wl_start_group_free(WlStartGroup *group)
{
    if (!group)
        return;
    wl_dialog_close(group->dialog);
    wl_gtk_cancel_choice(group->chooser);
    for (guint i = 0; i < N_ROWS; i++)
        g_signal_handlers_disconnect_by_data(group->buttons[i], group);
    g_object_unref(group->widget);
    g_free(group);
}

GtkWidget *
wl_start_group_get_widget(WlStartGroup *group)
{
    return group->widget;
}
