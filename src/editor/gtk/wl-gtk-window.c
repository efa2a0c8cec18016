/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gtk-window.h"

#include "wl-gtk.h"

#define IS_GTK4 GTK_CHECK_VERSION(4, 0, 0)

static GtkWindow *
window_of(GtkWidget *widget)
{
#if IS_GTK4
    GtkRoot *root = gtk_widget_get_root(widget);

    return GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL;
#else
    GtkWidget *top = gtk_widget_get_toplevel(widget);

    return GTK_IS_WINDOW(top) ? GTK_WINDOW(top) : NULL;
#endif
}

GtkWidget *
wl_gtk_window_new(GtkWidget *parent, const char *title, int width)
{
#if IS_GTK4
    GtkWidget *window = gtk_window_new();
#else
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);

    gtk_window_set_type_hint(GTK_WINDOW(window), GDK_WINDOW_TYPE_HINT_DIALOG);
#endif
    gtk_window_set_title(GTK_WINDOW(window), title);
    gtk_window_set_default_size(GTK_WINDOW(window), width, -1);
    gtk_window_set_modal(GTK_WINDOW(window), TRUE);
    gtk_window_set_transient_for(GTK_WINDOW(window), window_of(parent));
    gtk_window_set_destroy_with_parent(GTK_WINDOW(window), TRUE);
    return window;
}

void
wl_gtk_window_set_buttons(GtkWidget *window, GtkWidget *start, GtkWidget *end)
{
    GtkWidget *bar = gtk_header_bar_new();

#if IS_GTK4
    gtk_header_bar_set_show_title_buttons(GTK_HEADER_BAR(bar), FALSE);
#else
    gtk_header_bar_set_title(GTK_HEADER_BAR(bar), gtk_window_get_title(GTK_WINDOW(window)));
    gtk_widget_show_all(start);
    gtk_widget_show_all(end);
#endif
    gtk_header_bar_pack_start(GTK_HEADER_BAR(bar), start);
    gtk_header_bar_pack_end(GTK_HEADER_BAR(bar), end);
    gtk_window_set_titlebar(GTK_WINDOW(window), bar);
}

void
wl_gtk_window_replace_child(GtkWidget *window, GtkWidget *old, GtkWidget *child)
{
#if IS_GTK4
    gtk_window_set_child(GTK_WINDOW(window), child);
#else
    gtk_widget_destroy(old);
    gtk_container_add(GTK_CONTAINER(window), child);
#endif
}

void
wl_gtk_window_present(GtkWidget *window)
{
    wl_gtk_show(window);
    gtk_window_present(GTK_WINDOW(window));
}

void
wl_gtk_window_destroy(GtkWidget *window)
{
#if IS_GTK4
    gtk_window_destroy(GTK_WINDOW(window));
#else
    gtk_widget_destroy(window);
#endif
}

typedef struct {
    GtkNativeDialog **self;
    void (*on_file)(GFile *file, gpointer user_data);
    gpointer user_data;
} Choice;

static void
on_chosen(GtkNativeDialog *dialog, int response, Choice *choice)
{
    g_autoptr(GFile) file = NULL;

    if (response == GTK_RESPONSE_ACCEPT)
        file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    *choice->self = NULL;
    if (file)
        choice->on_file(file, choice->user_data);
    g_object_unref(dialog);
}

static void
free_choice(gpointer choice, GClosure *closure)
{
    g_free(choice);
}

void
wl_gtk_choose_file(GtkNativeDialog **self, GtkWidget *parent, const char *title, const char *name,
                   const char *const *patterns, void (*on_file)(GFile *file, gpointer user_data),
                   gpointer user_data)
{
    Choice *choice = g_new(Choice, 1);
    GtkFileFilter *filter = gtk_file_filter_new();

    *self = GTK_NATIVE_DIALOG(gtk_file_chooser_native_new(
        title, window_of(parent), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL));
    *choice = (Choice){self, on_file, user_data};
    gtk_file_filter_set_name(filter, name);
    for (guint i = 0; patterns[i]; i++)
        gtk_file_filter_add_pattern(filter, patterns[i]);
    gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(*self), filter);
    gtk_native_dialog_set_modal(*self, TRUE);
    g_signal_connect_data(*self, "response", G_CALLBACK(on_chosen), choice, free_choice,
                          (GConnectFlags) 0);
    gtk_native_dialog_show(*self);
}

void
wl_gtk_cancel_choice(GtkNativeDialog *self)
{
    if (!self)
        return;
    gtk_native_dialog_destroy(self);
    g_object_unref(self);
}
