/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gtk.h"

#define IS_GTK4       GTK_CHECK_VERSION(4, 0, 0)
#define MAX_END_CHARS 16 /* of a label at the end of a row */

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
wl_gtk_box_place(GtkWidget *box, GtkWidget *child, GtkWidget *previous, guint position)
{
#if IS_GTK4
    if (gtk_widget_get_prev_sibling(child) != previous)
        gtk_box_reorder_child_after(GTK_BOX(box), child, previous);
#else
    gtk_box_reorder_child(GTK_BOX(box), child, (int) position);
#endif
}

void
wl_gtk_box_remove(GtkWidget *box, GtkWidget *child)
{
#if IS_GTK4
    gtk_box_remove(GTK_BOX(box), child);
#else
    gtk_widget_destroy(child);
#endif
}

GtkWidget *
wl_gtk_box_child_at(GtkWidget *box, double y)
{
#if IS_GTK4
    for (GtkWidget *child = gtk_widget_get_first_child(box); child;
         child = gtk_widget_get_next_sibling(child)) {
        double top = wl_gtk_translate_y(child, box, 0);

        if (gtk_widget_get_visible(child) && y >= top && y < top + gtk_widget_get_height(child))
            return child;
    }
    return NULL;
#else
    g_autoptr(GList) children = gtk_container_get_children(GTK_CONTAINER(box));

    for (const GList *l = children; l; l = l->next) {
        double top = wl_gtk_translate_y(l->data, box, 0);

        if (gtk_widget_get_visible(l->data) && y >= top &&
            y < top + gtk_widget_get_allocated_height(l->data))
            return l->data;
    }
    return NULL;
#endif
}

void
wl_gtk_set_child(GtkWidget *parent, GtkWidget *child)
{
#if IS_GTK4
    if (GTK_IS_SCROLLED_WINDOW(parent))
        gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(parent), child);
    else if (GTK_IS_BUTTON(parent))
        gtk_button_set_child(GTK_BUTTON(parent), child);
    else if (GTK_IS_FRAME(parent))
        gtk_frame_set_child(GTK_FRAME(parent), child);
    else if (GTK_IS_WINDOW(parent))
        gtk_window_set_child(GTK_WINDOW(parent), child);
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

void
wl_gtk_add_style(GdkDisplay *display, GtkCssProvider *provider, const char *css)
{
#if IS_GTK4
    gtk_css_provider_load_from_data(provider, css, -1);
    gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(provider),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
#else
    g_autoptr(GError) error = NULL;

    if (!gtk_css_provider_load_from_data(provider, css, -1, &error))
        g_warning("style sheet: %s", error->message);
    gtk_style_context_add_provider_for_screen(gdk_display_get_default_screen(display),
                                              GTK_STYLE_PROVIDER(provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
#endif
}

GtkWidget *
wl_gtk_image_new(const char *icon)
{
#if IS_GTK4
    return gtk_image_new_from_icon_name(icon);
#else
    return gtk_image_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);
#endif
}

void
wl_gtk_set_icon(GtkWidget *image, const char *icon)
{
    g_autofree char *old = NULL;

    g_object_get(image, "icon-name", &old, NULL);
    if (g_strcmp0(old, icon))
        g_object_set(image, "icon-name", icon, NULL);
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
wl_gtk_end_label_new(void)
{
    GtkWidget *label = wl_gtk_label_new(NULL);

    gtk_widget_set_hexpand(label, FALSE);
    gtk_widget_set_valign(label, GTK_ALIGN_CENTER);
    gtk_label_set_xalign(GTK_LABEL(label), 1);
    gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_RIGHT);
    g_object_set(label, "wrap-mode", PANGO_WRAP_WORD, NULL);
    return label;
}

void
wl_gtk_end_label_update(GtkWidget *label, const char *text)
{
    int chars = (int) MIN(g_utf8_strlen(text, -1), MAX_END_CHARS);

    gtk_label_set_width_chars(GTK_LABEL(label), chars);
    gtk_label_set_max_width_chars(GTK_LABEL(label), chars);
    wl_gtk_label_update(label, text);
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
wl_gtk_info_button_new(const char *name, GtkWidget *child)
{
    GtkWidget *button = gtk_menu_button_new();
#if IS_GTK4
    GtkWidget *popover = gtk_popover_new();

    gtk_popover_set_child(GTK_POPOVER(popover), child);
    gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "dialog-information-symbolic");
    gtk_menu_button_set_has_frame(GTK_MENU_BUTTON(button), FALSE);
#else
    GtkWidget *popover = gtk_popover_new(button);

    gtk_widget_show_all(child);
    gtk_container_add(GTK_CONTAINER(popover), child);
    gtk_button_set_image(GTK_BUTTON(button), wl_gtk_image_new("dialog-information-symbolic"));
    wl_gtk_add_class(button, "flat");
#endif
    gtk_menu_button_set_popover(GTK_MENU_BUTTON(button), popover);
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
wl_gtk_set_expanded(GtkWidget *widget, gboolean expanded)
{
#if IS_GTK4
    gtk_accessible_update_state(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_STATE_EXPANDED, expanded,
                                -1);
#endif
    /* GTK 3 reports the state of a toggle button, which is the same. */
}

void
wl_gtk_strengthen_placeholder(GtkWidget *entry)
{
#if !IS_GTK4
    /* GTK 4 has a CSS node for it. */
    g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();

    gtk_css_provider_load_from_data(provider,
                                    "@define-color placeholder_text_color"
                                    " mix(@theme_text_color, @theme_base_color, 0.3);",
                                    -1, NULL);
    gtk_style_context_add_provider(gtk_widget_get_style_context(entry),
                                   GTK_STYLE_PROVIDER(provider),
                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
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

double
wl_gtk_translate_y(GtkWidget *widget, GtkWidget *ancestor, double y)
{
#if IS_GTK4
    double x_there, y_there;

    return gtk_widget_translate_coordinates(widget, ancestor, 0, y, &x_there, &y_there) ? y_there
                                                                                        : y;
#else
    int x_there, y_there;

    return gtk_widget_translate_coordinates(widget, ancestor, 0, (int) y, &x_there, &y_there)
               ? y_there
               : y;
#endif
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
