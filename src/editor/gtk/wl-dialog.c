/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-dialog.h"

#include <glib/gi18n-lib.h>

#include "wl-boxed-list.h"
#include "wl-gtk-window.h"
#include "wl-gtk.h"

#define WIDTH  360 /* pixels, as narrow as the window of a phone */
#define MARGIN 12
#define GAP    12

struct _WlDialog {
    WlDialog **self;
    GtkWidget *window, *content, *list, *problem, *cancel, *action;
    WlDialogFunc apply;
    gpointer user_data;
    GDestroyNotify free_data;
    gboolean finished;
};

static void
on_destroy(GtkWidget *window, WlDialog *dialog)
{
    *dialog->self = NULL;
    g_signal_handlers_disconnect_by_data(dialog->cancel, dialog);
    g_signal_handlers_disconnect_by_data(dialog->action, dialog);
    g_object_unref(dialog->cancel);
    g_object_unref(dialog->action);
    if (dialog->free_data)
        dialog->free_data(dialog->user_data);
    g_free(dialog);
}

void
wl_dialog_close(WlDialog *dialog)
{
    if (dialog)
        wl_gtk_window_destroy(dialog->window);
}

static void
on_cancel(GtkWidget *button, WlDialog *dialog)
{
    wl_dialog_close(dialog);
}

/* Errors begin in lower case, as the commands of wirelinkctl print them after a colon. */
static void
show_problem(WlDialog *dialog, const char *sentence)
{
    gunichar first = g_unichar_toupper(g_utf8_get_char(sentence));
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_unichar(text, first);
    g_string_append(text, g_utf8_next_char(sentence));
    wl_gtk_label_update(dialog->problem, text->str);
    wl_gtk_set_shown(dialog->problem, TRUE);
}

static void
on_action(GtkWidget *widget, WlDialog *dialog)
{
    g_autoptr(GError) error = NULL;

    if (dialog->finished) {
        wl_dialog_close(dialog);
    } else if (!dialog->apply(dialog, dialog->user_data, &error)) {
        show_problem(dialog, error->message);
    } else if (!dialog->finished) {
        wl_dialog_close(dialog);
    }
}

static gboolean
on_key(guint keyval, GdkModifierType state, gpointer user_data)
{
    if (keyval != GDK_KEY_Escape)
        return FALSE;
    wl_gtk_window_destroy(user_data);
    return TRUE;
}

/* The references of the buttons outlive the window, so that their handlers can be disconnected. */
static GtkWidget *
button(WlDialog *dialog, const char *label, GCallback clicked)
{
    GtkWidget *made = g_object_ref_sink(gtk_button_new_with_mnemonic(label));

    g_signal_connect(made, "clicked", clicked, dialog);
    return made;
}

void
wl_dialog_open(WlDialog **self, GtkWidget *parent, const char *title, const char *action,
               WlDialogFunc apply, gpointer user_data, GDestroyNotify free_data)
{
    WlDialog *dialog = g_new0(WlDialog, 1);

    wl_dialog_close(*self);
    *self = dialog;
    dialog->self = self;
    dialog->apply = apply;
    dialog->user_data = user_data;
    dialog->free_data = free_data;
    dialog->window = wl_gtk_window_new(parent, title, WIDTH);
    dialog->cancel = button(dialog, _("_Cancel"), G_CALLBACK(on_cancel));
    dialog->action = button(dialog, action, G_CALLBACK(on_action));
    wl_gtk_add_class(dialog->action, "suggested-action");
    wl_gtk_window_set_buttons(dialog->window, dialog->cancel, dialog->action);
    dialog->content = gtk_box_new(GTK_ORIENTATION_VERTICAL, GAP);
    wl_gtk_set_margins(dialog->content, MARGIN);
    dialog->list = wl_boxed_list_new();
    dialog->problem = wl_gtk_label_new(NULL);
    wl_gtk_add_class(dialog->problem, "wirelink-error");
    wl_gtk_set_shown(dialog->problem, FALSE);
    wl_gtk_box_append(dialog->content, dialog->list);
    wl_gtk_box_append(dialog->content, dialog->problem);
    wl_gtk_set_child(dialog->window, dialog->content);
    wl_gtk_on_key(dialog->window, on_key, dialog->window);
    g_signal_connect(dialog->window, "destroy", G_CALLBACK(on_destroy), dialog);
}

void
wl_dialog_add_text(WlDialog *dialog, const char *text)
{
    GtkWidget *label = wl_gtk_label_new(text);

    wl_gtk_box_append(dialog->content, label);
    wl_gtk_box_place(dialog->content, label, NULL, 0);
}

GtkWidget *
wl_dialog_add_entry(WlDialog *dialog, const char *label, const char *text, const char *hint)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_VERTICAL);
    GtkWidget *title = wl_gtk_label_new(NULL);
    GtkWidget *entry = gtk_entry_new();

    gtk_label_set_text_with_mnemonic(GTK_LABEL(title), label);
    wl_gtk_add_class(title, "wirelink-caption");
    wl_gtk_add_class(entry, "wirelink-entry");
    wl_gtk_set_label_of(title, entry);
    wl_gtk_set_text(entry, text ? text : "");
    g_object_set(entry, "width-chars", 10, NULL);
    g_signal_connect(entry, "activate", G_CALLBACK(on_action), dialog);
    wl_gtk_box_append(row, title);
    wl_gtk_box_append(row, entry);
    if (hint)
        wl_gtk_box_append(row, wl_dim_label_new(hint));
    wl_gtk_set_description(entry, hint);
    wl_gtk_box_append(dialog->list, row);
    return entry;
}

void
wl_dialog_finish(WlDialog *dialog, GtkWidget *content)
{
    dialog->finished = TRUE;
    wl_gtk_set_shown(dialog->content, FALSE);
    wl_gtk_window_replace_child(dialog->window, dialog->content, content);
    wl_gtk_set_margins(content, MARGIN);
    wl_gtk_set_shown(dialog->cancel, FALSE);
    gtk_button_set_label(GTK_BUTTON(dialog->action), _("_Done"));
    wl_gtk_show(content);
    wl_gtk_focus_later(dialog->action);
}

void
wl_dialog_show(WlDialog *dialog, GtkWidget *first)
{
    wl_gtk_window_present(dialog->window);
    wl_gtk_focus_later(first);
}
