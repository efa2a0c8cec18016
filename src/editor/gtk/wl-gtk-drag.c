/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gtk-drag.h"

#include "wl-gtk.h"

#define IS_GTK4 GTK_CHECK_VERSION(4, 0, 0)
#define EDGE    24 /* pixels: the margin where dragging scrolls the list, and the step */

typedef struct {
    WlGtkFileFunc on_file;
    WlGtkMoveFunc on_move;
    gpointer user_data;
    GtkWidget *place; /* the row under the pointer, weak, or NULL */
} Target;

static void
highlight(Target *target, GtkWidget *place)
{
    if (target->place == place)
        return;
    if (target->place) {
        wl_gtk_set_class(target->place, "wirelink-drop", FALSE);
        g_object_remove_weak_pointer(G_OBJECT(target->place), (gpointer *) &target->place);
    }
    target->place = place;
    if (place) {
        wl_gtk_set_class(place, "wirelink-drop", TRUE);
        g_object_add_weak_pointer(G_OBJECT(place), (gpointer *) &target->place);
    }
}

/* Drops @row at the position of the row at @y; below the last row is the end. */
static void
move(GtkWidget *list, GtkWidget *row, double y, Target *target)
{
    GtkWidget *place = wl_gtk_box_child_at(list, y);

    highlight(target, NULL);
    if (target->on_move && gtk_widget_get_parent(row) == list && row != place)
        target->on_move(row, place, target->user_data);
}

static void
drag_along(GtkWidget *list, double y, Target *target)
{
    GtkWidget *scrolled = gtk_widget_get_ancestor(list, GTK_TYPE_SCROLLED_WINDOW);
    GtkAdjustment *adjustment;
    double top;

    highlight(target, wl_gtk_box_child_at(list, y));
    if (!scrolled)
        return;
    adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));
    y = wl_gtk_translate_y(list, scrolled, y);
    top = gtk_adjustment_get_value(adjustment);
    if (y < EDGE)
        gtk_adjustment_set_value(adjustment, top - EDGE);
    else if (y > gtk_adjustment_get_page_size(adjustment) - EDGE)
        gtk_adjustment_set_value(adjustment, top + EDGE);
}

#if IS_GTK4

static GdkContentProvider *
on_prepare(GtkDragSource *source, double x, double y, GtkWidget *row)
{
    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(row);

    gtk_drag_source_set_icon(source, paintable, (int) x, (int) y);
    return gdk_content_provider_new_typed(GTK_TYPE_WIDGET, row);
}

GtkWidget *
wl_gtk_drag_handle_new(GtkWidget *row, GtkWidget *image)
{
    GtkDragSource *source = gtk_drag_source_new();

    gtk_drag_source_set_actions(source, GDK_ACTION_MOVE);
    g_signal_connect_object(source, "prepare", G_CALLBACK(on_prepare), row, (GConnectFlags) 0);
    gtk_widget_add_controller(image, GTK_EVENT_CONTROLLER(source));
    return image;
}

static gboolean
on_files(GtkDropTarget *drop, const GValue *value, double x, double y, gpointer user_data)
{
    const Target *target = user_data;
    g_autoptr(GSList) files = gdk_file_list_get_files(g_value_get_boxed(value));

    for (GSList *l = files; l && target->on_file; l = l->next)
        target->on_file(l->data, target->user_data);
    return TRUE;
}

static GtkWidget *
list_of(GtkDropTarget *drop)
{
    return gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(drop));
}

static gboolean
on_row(GtkDropTarget *drop, const GValue *value, double x, double y, gpointer user_data)
{
    move(list_of(drop), g_value_get_object(value), y, user_data);
    return TRUE;
}

static GdkDragAction
on_motion(GtkDropTarget *drop, double x, double y, gpointer user_data)
{
    drag_along(list_of(drop), y, user_data);
    return GDK_ACTION_MOVE;
}

static void
on_leave(GtkDropTarget *drop, gpointer user_data)
{
    highlight(user_data, NULL);
}

static void
set_target(GtkWidget *list, Target *target)
{
    GtkDropTarget *files = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    GtkDropTarget *rows = gtk_drop_target_new(GTK_TYPE_WIDGET, GDK_ACTION_MOVE);

    g_signal_connect(files, "drop", G_CALLBACK(on_files), target);
    g_signal_connect(rows, "drop", G_CALLBACK(on_row), target);
    g_signal_connect(rows, "motion", G_CALLBACK(on_motion), target);
    g_signal_connect(rows, "leave", G_CALLBACK(on_leave), target);
    gtk_widget_add_controller(list, GTK_EVENT_CONTROLLER(files));
    gtk_widget_add_controller(list, GTK_EVENT_CONTROLLER(rows));
}

#else

static const GtkTargetEntry row_target = {(char *) "application/x-wirelink-row",
                                          GTK_TARGET_SAME_APP, 1};

static void
on_begin(GtkWidget *handle, GdkDragContext *context, GtkWidget *row)
{
    cairo_surface_t *picture =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, gtk_widget_get_allocated_width(row),
                                   gtk_widget_get_allocated_height(row));
    cairo_t *cr = cairo_create(picture);

    gtk_widget_draw(row, cr);
    cairo_destroy(cr);
    gtk_drag_set_icon_surface(context, picture);
    cairo_surface_destroy(picture);
}

/* The drag stays in this program, where the source widget identifies the row. */
static void
on_get(GtkWidget *handle, GdkDragContext *context, GtkSelectionData *data, guint info, guint time,
       gpointer user_data)
{
    gtk_selection_data_set(data, gtk_selection_data_get_target(data), 8, (const guchar *) "", 0);
}

GtkWidget *
wl_gtk_drag_handle_new(GtkWidget *row, GtkWidget *image)
{
    GtkWidget *handle = gtk_event_box_new();

    gtk_container_add(GTK_CONTAINER(handle), image);
    g_object_set_data(G_OBJECT(handle), "wl-row", row);
    gtk_drag_source_set(handle, GDK_BUTTON1_MASK, &row_target, 1, GDK_ACTION_MOVE);
    g_signal_connect_object(handle, "drag-begin", G_CALLBACK(on_begin), row, (GConnectFlags) 0);
    g_signal_connect(handle, "drag-data-get", G_CALLBACK(on_get), NULL);
    return handle;
}

static void
on_drop(GtkWidget *list, GdkDragContext *context, int x, int y, GtkSelectionData *data, guint info,
        guint time, gpointer user_data)
{
    Target *target = user_data;
    GtkWidget *source = gtk_drag_get_source_widget(context);
    g_auto(GStrv) uris = gtk_selection_data_get_uris(data);

    gtk_drag_finish(context, TRUE, FALSE, time);
    if (info == row_target.info && source)
        move(list, g_object_get_data(G_OBJECT(source), "wl-row"), y, target);
    for (guint i = 0; uris && uris[i] && target->on_file; i++) {
        g_autoptr(GFile) file = g_file_new_for_uri(uris[i]);

        target->on_file(file, target->user_data);
    }
}

static gboolean
on_motion(GtkWidget *list, GdkDragContext *context, int x, int y, guint time, gpointer user_data)
{
    if (gtk_drag_get_source_widget(context))
        drag_along(list, y, user_data);
    return TRUE;
}

static void
on_leave(GtkWidget *list, GdkDragContext *context, guint time, gpointer user_data)
{
    highlight(user_data, NULL);
}

static void
set_target(GtkWidget *list, Target *target)
{
    gtk_drag_dest_set(list, GTK_DEST_DEFAULT_ALL, &row_target, 1,
                      GDK_ACTION_COPY | GDK_ACTION_MOVE);
    gtk_drag_dest_add_uri_targets(list);
    g_signal_connect(list, "drag-data-received", G_CALLBACK(on_drop), target);
    g_signal_connect(list, "drag-motion", G_CALLBACK(on_motion), target);
    g_signal_connect(list, "drag-leave", G_CALLBACK(on_leave), target);
}

#endif

static void
free_target(gpointer data)
{
    highlight(data, NULL);
    g_free(data);
}

void
wl_gtk_accept_drops(GtkWidget *list, WlGtkFileFunc on_file, WlGtkMoveFunc on_move,
                    gpointer user_data)
{
    Target *target = g_new0(Target, 1);

    target->on_file = on_file;
    target->on_move = on_move;
    target->user_data = user_data;
    g_object_set_data_full(G_OBJECT(list), "wl-target", target, free_target);
    set_target(list, target);
}

void
wl_gtk_refuse_drops(GtkWidget *list)
{
    Target *target = g_object_get_data(G_OBJECT(list), "wl-target");

    target->on_file = NULL;
    target->on_move = NULL;
}
