/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A small window from which a file can be dragged, as from a file manager.
 * Usage: drag-source FILE */

#include <gtk/gtk.h>

static void
on_get(GtkWidget *widget, GdkDragContext *context, GtkSelectionData *data, guint info, guint time,
       gpointer file)
{
    g_autofree char *uri = g_file_get_uri(file);
    char *uris[] = {uri, NULL};

    gtk_selection_data_set_uris(data, uris);
}

int
main(int argc, char **argv)
{
    g_autoptr(GFile) file = NULL;
    GtkWidget *window, *box;

    gtk_init(&argc, &argv);
    if (argc != 2)
        return 2;
    file = g_file_new_for_path(argv[1]);
    window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    box = gtk_event_box_new();
    gtk_window_set_title(GTK_WINDOW(window), "drag-source");
    gtk_window_set_default_size(GTK_WINDOW(window), 100, 50);
    gtk_window_set_keep_above(GTK_WINDOW(window), TRUE);
    /* The target window stays active. */
    gtk_window_set_accept_focus(GTK_WINDOW(window), FALSE);
    gtk_window_set_focus_on_map(GTK_WINDOW(window), FALSE);
    gtk_drag_source_set(box, GDK_BUTTON1_MASK, NULL, 0, GDK_ACTION_COPY);
    gtk_drag_source_add_uri_targets(box);
    g_signal_connect(box, "drag-data-get", G_CALLBACK(on_get), file);
    gtk_container_add(GTK_CONTAINER(window), box);
    gtk_window_move(GTK_WINDOW(window), 1150, 900);
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
