/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gtk.h"

#define IS_GTK4 GTK_CHECK_VERSION(4, 0, 0)

typedef struct {
    GCallback func;
    gpointer user_data;
} Callback;

/* The single callback of @widget, freed with it. */
static Callback *
attach(GtkWidget *widget, GCallback func, gpointer user_data)
{
    Callback *callback = g_new(Callback, 1);

    callback->func = func;
    callback->user_data = user_data;
    g_object_set_data_full(G_OBJECT(widget), "wl-callback", callback, g_free);
    return callback;
}

void
wl_gtk_detach(GtkWidget *widget)
{
    Callback *callback = g_object_get_data(G_OBJECT(widget), "wl-callback");

    if (callback)
        callback->func = NULL;
}

void
wl_gtk_box_append(GtkWidget *box, GtkWidget *child)
{
#if IS_GTK4
    gtk_box_append(GTK_BOX(box), child);
#else
    gboolean wide =
        gtk_orientable_get_orientation(GTK_ORIENTABLE(box)) == GTK_ORIENTATION_HORIZONTAL;

    gtk_box_pack_start(GTK_BOX(box), child,
                       wide ? gtk_widget_get_hexpand(child) : gtk_widget_get_vexpand(child), TRUE,
                       0);
#endif
}

void
wl_gtk_list_append(GtkWidget *list, GtkWidget *child)
{
#if IS_GTK4
    gtk_list_box_append(GTK_LIST_BOX(list), child);
#else
    gtk_container_add(GTK_CONTAINER(list), child);
#endif
}

void
wl_gtk_list_remove(GtkWidget *list, GtkWidget *row)
{
#if IS_GTK4
    gtk_list_box_remove(GTK_LIST_BOX(list), row);
#else
    gtk_widget_destroy(row);
#endif
}

void
wl_gtk_set_child(GtkWidget *parent, GtkWidget *child)
{
#if IS_GTK4
    if (GTK_IS_SCROLLED_WINDOW(parent))
        gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(parent), child);
    else if (GTK_IS_EXPANDER(parent))
        gtk_expander_set_child(GTK_EXPANDER(parent), child);
    else if (GTK_IS_LIST_BOX_ROW(parent))
        gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(parent), child);
    else if (GTK_IS_FRAME(parent))
        gtk_frame_set_child(GTK_FRAME(parent), child);
    else
        g_return_if_reached();
#else
    gtk_container_add(GTK_CONTAINER(parent), child);
#endif
}

void
wl_gtk_show(GtkWidget *widget)
{
#if !IS_GTK4
    gtk_widget_show_all(widget);
#endif
}

void
wl_gtk_set_shown(GtkWidget *widget, gboolean shown)
{
#if !IS_GTK4
    gtk_widget_set_no_show_all(widget, FALSE);
    if (shown)
        gtk_widget_show_all(widget);
    gtk_widget_set_no_show_all(widget, !shown);
#endif
    gtk_widget_set_visible(widget, shown);
}

gboolean
wl_gtk_get_active(GtkWidget *check)
{
#if IS_GTK4
    return gtk_check_button_get_active(GTK_CHECK_BUTTON(check));
#else
    return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(check));
#endif
}

void
wl_gtk_set_active(GtkWidget *check, gboolean active)
{
#if IS_GTK4
    gtk_check_button_set_active(GTK_CHECK_BUTTON(check), active);
#else
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(check), active);
#endif
}

GtkWidget *
wl_gtk_choice_new(const char *const *titles)
{
#if IS_GTK4
    return gtk_drop_down_new_from_strings(titles);
#else
    GtkWidget *choice = gtk_combo_box_text_new();

    for (guint i = 0; titles[i]; i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(choice), titles[i]);
    gtk_combo_box_set_active(GTK_COMBO_BOX(choice), 0);
    return choice;
#endif
}

int
wl_gtk_choice_get(GtkWidget *choice)
{
#if IS_GTK4
    guint selected = gtk_drop_down_get_selected(GTK_DROP_DOWN(choice));

    return selected == GTK_INVALID_LIST_POSITION ? -1 : (int) selected;
#else
    return gtk_combo_box_get_active(GTK_COMBO_BOX(choice));
#endif
}

void
wl_gtk_choice_set(GtkWidget *choice, int number)
{
    if (wl_gtk_choice_get(choice) == number)
        return;
#if IS_GTK4
    gtk_drop_down_set_selected(GTK_DROP_DOWN(choice),
                               number < 0 ? GTK_INVALID_LIST_POSITION : (guint) number);
#else
    gtk_combo_box_set_active(GTK_COMBO_BOX(choice), number);
#endif
}

#if IS_GTK4
/* The handler of a property takes the property, too, which a WlGtkChoiceFunc does not. */
static void
on_selected(GtkWidget *choice, GParamSpec *spec, gpointer user_data)
{
    Callback *callback = g_object_get_data(G_OBJECT(choice), "wl-callback");

    ((WlGtkChoiceFunc) callback->func)(choice, user_data);
}
#endif

void
wl_gtk_choice_on_changed(GtkWidget *choice, WlGtkChoiceFunc func, gpointer user_data)
{
#if IS_GTK4
    attach(choice, G_CALLBACK(func), user_data);
    g_signal_connect(choice, "notify::selected", G_CALLBACK(on_selected), user_data);
#else
    g_signal_connect(choice, "changed", G_CALLBACK(func), user_data);
#endif
}

const char *
wl_gtk_get_text(GtkWidget *entry)
{
#if IS_GTK4
    return gtk_editable_get_text(GTK_EDITABLE(entry));
#else
    return gtk_entry_get_text(GTK_ENTRY(entry));
#endif
}

void
wl_gtk_set_text(GtkWidget *entry, const char *text)
{
    if (!g_strcmp0(wl_gtk_get_text(entry), text))
        return;
#if IS_GTK4
    gtk_editable_set_text(GTK_EDITABLE(entry), text);
#else
    gtk_entry_set_text(GTK_ENTRY(entry), text);
#endif
}

GtkWidget *
wl_gtk_label_new(const char *text)
{
    GtkWidget *label = gtk_label_new(text ? text : "");

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_widget_set_hexpand(label, TRUE);
#if IS_GTK4
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
#else
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
#endif
    /* Otherwise a long sentence would widen the window. */
    gtk_label_set_width_chars(GTK_LABEL(label), 20);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 40);
    return label;
}

void
wl_gtk_label_update(GtkWidget *label, const char *text)
{
    if (g_strcmp0(gtk_label_get_text(GTK_LABEL(label)), text ? text : ""))
        gtk_label_set_text(GTK_LABEL(label), text ? text : "");
}

GtkWidget *
wl_gtk_icon_button_new(const char *icon, const char *name)
{
#if IS_GTK4
    GtkWidget *button = gtk_button_new_from_icon_name(icon);
#else
    GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);
#endif

    gtk_widget_set_tooltip_text(button, name);
    wl_gtk_set_name(button, name);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    return button;
}

GtkWidget *
wl_gtk_warning_bar_new(GtkWidget *child)
{
#if IS_GTK4
    /* the info bar of GTK 4 is deprecated, without a successor */
    GtkWidget *bar = gtk_frame_new(NULL);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *icon = gtk_image_new_from_icon_name("dialog-warning-symbolic");

    wl_gtk_add_class(icon, "warning");
    gtk_widget_set_valign(icon, GTK_ALIGN_START);
    wl_gtk_set_margins(box, 9);
    gtk_box_append(GTK_BOX(box), icon);
    gtk_box_append(GTK_BOX(box), child);
    gtk_frame_set_child(GTK_FRAME(bar), box);
#else
    GtkWidget *bar = gtk_info_bar_new();

    gtk_info_bar_set_message_type(GTK_INFO_BAR(bar), GTK_MESSAGE_WARNING);
    gtk_container_add(GTK_CONTAINER(gtk_info_bar_get_content_area(GTK_INFO_BAR(bar))), child);
#endif
    return bar;
}

GtkWidget *
wl_gtk_scrolled_new(GtkWidget *child, int min_height)
{
#if IS_GTK4
    GtkWidget *scrolled = gtk_scrolled_window_new();
#else
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
#endif

    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled), min_height);
    gtk_widget_set_vexpand(scrolled, TRUE);
    gtk_widget_set_hexpand(scrolled, TRUE);
    wl_gtk_set_child(scrolled, child);
    return scrolled;
}

void
wl_gtk_set_margins(GtkWidget *widget, int pixels)
{
    gtk_widget_set_margin_top(widget, pixels);
    gtk_widget_set_margin_bottom(widget, pixels);
    gtk_widget_set_margin_start(widget, pixels);
    gtk_widget_set_margin_end(widget, pixels);
}

void
wl_gtk_add_class(GtkWidget *widget, const char *name)
{
#if IS_GTK4
    gtk_widget_add_css_class(widget, name);
#else
    gtk_style_context_add_class(gtk_widget_get_style_context(widget), name);
#endif
}

void
wl_gtk_set_class(GtkWidget *widget, const char *name, gboolean set)
{
    if (set)
        wl_gtk_add_class(widget, name);
    else
#if IS_GTK4
        gtk_widget_remove_css_class(widget, name);
#else
        gtk_style_context_remove_class(gtk_widget_get_style_context(widget), name);
#endif
}

void
wl_gtk_set_name(GtkWidget *widget, const char *name)
{
#if IS_GTK4
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
#else
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
#endif
}

void
wl_gtk_set_description(GtkWidget *widget, const char *description)
{
#if IS_GTK4
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   description ? description : "", -1);
#else
    atk_object_set_description(gtk_widget_get_accessible(widget), description ? description : "");
#endif
}

void
wl_gtk_set_label_of(GtkWidget *label, GtkWidget *widget)
{
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), widget);
#if !IS_GTK4
    /* GTK 4 derives the name from the relation. */
    wl_gtk_set_name(widget, gtk_label_get_text(GTK_LABEL(label)));
#endif
}

void
wl_gtk_settle_expander(GtkWidget *expander)
{
#if !IS_GTK4
    /* The arrow takes the text direction only at the first change of state. */
    gtk_widget_set_state_flags(expander, GTK_STATE_FLAG_PRELIGHT, FALSE);
    gtk_widget_unset_state_flags(expander, GTK_STATE_FLAG_PRELIGHT);
#endif
}

static gboolean
focus_now(gpointer user_data)
{
    GtkWidget *widget = user_data;

    if (gtk_widget_get_mapped(widget))
        gtk_widget_grab_focus(widget);
    return G_SOURCE_REMOVE;
}

void
wl_gtk_focus_later(GtkWidget *widget)
{
    /* After the allocation, which has a higher priority. */
    g_idle_add_full(G_PRIORITY_LOW, focus_now, g_object_ref(widget), g_object_unref);
}

void
wl_gtk_copy(GtkWidget *widget, const char *text)
{
#if IS_GTK4
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), text);
#else
    gtk_clipboard_set_text(gtk_widget_get_clipboard(widget, GDK_SELECTION_CLIPBOARD), text, -1);
#endif
}

#if IS_GTK4

static void
on_draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
    Callback *callback = user_data;

    if (callback->func)
        ((WlGtkDrawFunc) callback->func)(cr, width, height, callback->user_data);
}

static gboolean
on_key(GtkEventControllerKey *controller, guint keyval, guint code, GdkModifierType state,
       gpointer user_data)
{
    Callback *callback = user_data;

    return callback->func && ((WlGtkKeyFunc) callback->func)(keyval, state, callback->user_data);
}

#else

static gboolean
on_draw(GtkWidget *widget, cairo_t *cr, gpointer user_data)
{
    Callback *callback = user_data;

    if (callback->func)
        ((WlGtkDrawFunc) callback->func)(cr, gtk_widget_get_allocated_width(widget),
                                         gtk_widget_get_allocated_height(widget),
                                         callback->user_data);
    return FALSE;
}

static gboolean
on_key(GtkWidget *widget, GdkEventKey *event, gpointer user_data)
{
    Callback *callback = user_data;

    return callback->func &&
           ((WlGtkKeyFunc) callback->func)(event->keyval, (GdkModifierType) event->state,
                                           callback->user_data);
}

#endif

GtkWidget *
wl_gtk_drawing_new(int size, WlGtkDrawFunc func, gpointer user_data)
{
    GtkWidget *area = gtk_drawing_area_new();
    Callback *callback = attach(area, G_CALLBACK(func), user_data);

    gtk_widget_set_size_request(area, size, size);
    gtk_widget_set_halign(area, GTK_ALIGN_START);
#if IS_GTK4
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), on_draw, callback, NULL);
#else
    g_signal_connect(area, "draw", G_CALLBACK(on_draw), callback);
#endif
    return area;
}

void
wl_gtk_on_key(GtkWidget *widget, WlGtkKeyFunc func, gpointer user_data)
{
    Callback *callback = attach(widget, G_CALLBACK(func), user_data);

#if IS_GTK4
    GtkEventController *controller = gtk_event_controller_key_new();

    g_signal_connect(controller, "key-pressed", G_CALLBACK(on_key), callback);
    gtk_widget_add_controller(widget, controller);
#else
    g_signal_connect(widget, "key-press-event", G_CALLBACK(on_key), callback);
#endif
}
