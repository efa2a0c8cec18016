/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window-look.h"

#include <math.h>

#if !GTK_CHECK_VERSION(4, 0, 0)
static void
add_child(GtkWidget *child, gpointer list)
{
    g_ptr_array_add(list, child);
}
#endif

static GPtrArray *
children_of(GtkWidget *widget)
{
    GPtrArray *children = g_ptr_array_new();

#if GTK_CHECK_VERSION(4, 0, 0)
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child))
        g_ptr_array_add(children, child);
#else
    if (GTK_IS_CONTAINER(widget))
        gtk_container_forall(GTK_CONTAINER(widget), add_child, children);
#endif
    return children;
}

GtkWidget *
look_find(GtkWidget *widget, GType type)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (G_TYPE_CHECK_INSTANCE_TYPE(widget, type) && gtk_widget_get_mapped(widget))
        return widget;
    for (guint i = 0; i < children->len; i++) {
        GtkWidget *found = look_find(children->pdata[i], type);

        if (found)
            return found;
    }
    return NULL;
}

GtkWidget *
look_find_entry(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    g_autofree char *found_text = NULL;
    GtkWidget *found = NULL;

    if (GTK_IS_ENTRY(widget))
        g_object_get(widget, "text", &found_text, NULL);
    if (found_text && g_str_has_prefix(found_text, text))
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = look_find_entry(children->pdata[i], text);
    return found;
}

GtkWidget *
look_find_entry_with(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    g_autofree char *found_text = NULL;
    GtkWidget *found = NULL;

    if (!gtk_widget_get_mapped(widget))
        return NULL;
    if (GTK_IS_ENTRY(widget))
        g_object_get(widget, "text", &found_text, NULL);
    if (g_strcmp0(found_text, text) == 0)
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = look_find_entry_with(children->pdata[i], text);
    return found;
}

static gboolean
has_label(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (GTK_IS_LABEL(widget) && g_str_equal(gtk_label_get_text(GTK_LABEL(widget)), text))
        return TRUE;
    for (guint i = 0; i < children->len; i++) {
        if (has_label(children->pdata[i], text))
            return TRUE;
    }
    return FALSE;
}

GtkWidget *
look_find_toggle(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    GtkWidget *found = NULL;

    if (GTK_IS_TOGGLE_BUTTON(widget) && has_label(widget, text))
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = look_find_toggle(children->pdata[i], text);
    return found;
}

static GtkWidget *
find_label(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    GtkWidget *found = NULL;

    if (!gtk_widget_get_mapped(widget))
        return NULL;
    if (GTK_IS_LABEL(widget) && g_str_has_prefix(gtk_label_get_text(GTK_LABEL(widget)), text))
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = find_label(children->pdata[i], text);
    return found;
}

static GtkWidget *
find_button(GtkWidget *widget, const char *text)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    GtkWidget *found = NULL;

    if (!gtk_widget_get_mapped(widget))
        return NULL;
    if (GTK_IS_BUTTON(widget) && has_label(widget, text))
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = find_button(children->pdata[i], text);
    return found;
}

void
look_press(GtkWidget *widget, const char *text)
{
    GtkWidget *button = find_button(widget, text);

    if (!button)
        g_error("there is no button \"%s\"", text);
    g_signal_emit_by_name(button, "clicked");
}

GtkWidget *
look_find_window_over(GtkWidget *window)
{
    g_autoptr(GList) all = gtk_window_list_toplevels();

    for (const GList *l = all; l; l = l->next) {
        if (GTK_IS_WINDOW(l->data) && gtk_widget_get_visible(l->data) &&
            (GtkWidget *) gtk_window_get_transient_for(l->data) == window)
            return l->data;
    }
    g_error("there is no other window");
}

static gboolean
on_late(gpointer text)
{
    g_error("there is no label \"%s\"", (const char *) text);
    return G_SOURCE_REMOVE;
}

GtkWidget *
look_wait_for_label(GtkWidget *widget, const char *text)
{
    guint late = g_timeout_add_seconds(60, on_late, (gpointer) text);
    GtkWidget *found;

    while (!(found = find_label(widget, text)))
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(late);
    return found;
}

/* No Hebrew text has two Latin words in a row. */
void
look_assert_no_english(GtkWidget *widget)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    const char *text = NULL;

    /* The menu of libnma has its own translations. */
    if (GTK_IS_POPOVER(widget))
        return;
    if (GTK_IS_LABEL(widget))
        text = gtk_label_get_text(GTK_LABEL(widget));
    else if (GTK_IS_ENTRY(widget))
        text = gtk_entry_get_placeholder_text(GTK_ENTRY(widget));
    if (text && g_regex_match_simple("[A-Za-z]{2} [A-Za-z]{2}", text, 0, 0))
        g_error("\"%s\" is not Hebrew", text);
    for (guint i = 0; i < children->len; i++)
        look_assert_no_english(children->pdata[i]);
}

/* ---- mnemonics --------------------------------------------------------------------------------
 */

static void
collect_mnemonics(GtkWidget *widget, GHashTable *seen)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (!gtk_widget_get_mapped(widget) || GTK_IS_POPOVER(widget))
        return;
    if (GTK_IS_LABEL(widget)) {
        /* GTK 4 does not convert to lower case. */
        guint key = gdk_keyval_to_lower(gtk_label_get_mnemonic_keyval(GTK_LABEL(widget)));
        const char *text = gtk_label_get_text(GTK_LABEL(widget));
        const char *other = g_hash_table_lookup(seen, GUINT_TO_POINTER(key));

        if (key == GDK_KEY_VoidSymbol)
            return;
        if (other)
            g_error("Alt+%s is for \"%s\" and for \"%s\"", gdk_keyval_name(key), other, text);
        g_hash_table_insert(seen, GUINT_TO_POINTER(key), (gpointer) text);
    }
    for (guint i = 0; i < children->len; i++)
        collect_mnemonics(children->pdata[i], seen);
}

void
look_assert_mnemonics(GtkWidget *widget, guint n)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    collect_mnemonics(widget, seen);
    g_assert_cmpuint(g_hash_table_size(seen), ==, n);
}

/* ---- columns ----------------------------------------------------------------------------------
 */

/* The start of @widget in reading direction, in pixels. */
static int
start_of(GtkWidget *widget, GtkWidget *window)
{
    gboolean right = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
#if GTK_CHECK_VERSION(4, 0, 0)
    graphene_rect_t bounds;

    g_assert_true(gtk_widget_compute_bounds(widget, window, &bounds));
    return (int) (bounds.origin.x + (right ? bounds.size.width : 0));
#else
    int x, y;

    g_assert_true(gtk_widget_translate_coordinates(widget, window, 0, 0, &x, &y));
    return x + (right ? gtk_widget_get_allocated_width(widget) : 0);
#endif
}

/* The labels in the heading of a row, which starts at the same place in each. */
static void
collect_labels(GtkWidget *widget, GPtrArray *labels)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (!gtk_widget_get_mapped(widget))
        return;
    if (GTK_IS_LABEL(widget) && gtk_widget_get_ancestor(widget, GTK_TYPE_TOGGLE_BUTTON))
        g_ptr_array_add(labels, widget);
    for (guint i = 0; i < children->len; i++)
        collect_labels(children->pdata[i], labels);
}

void
look_assert_columns(GtkWidget *list)
{
    g_autoptr(GPtrArray) rows = children_of(list);
    g_autoptr(GPtrArray) first = g_ptr_array_new();

    for (guint i = 0; i < rows->len; i++) {
        g_autoptr(GPtrArray) labels = g_ptr_array_new();

        collect_labels(rows->pdata[i], first->len ? labels : first);
        for (guint j = 0; j < MIN(labels->len, first->len); j++) {
            int start = start_of(labels->pdata[j], list);

            if (start != start_of(first->pdata[j], list))
                g_error("\"%s\" is not below \"%s\"", gtk_label_get_text(labels->pdata[j]),
                        gtk_label_get_text(first->pdata[j]));
        }
    }
}

/* ---- contrast ---------------------------------------------------------------------------------
 */

static double
linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double
luminance(const GdkRGBA *color)
{
    return 0.2126 * linear(color->red) + 0.7152 * linear(color->green) +
           0.0722 * linear(color->blue);
}

static double
contrast(const GdkRGBA *text, const GdkRGBA *background)
{
    const GdkRGBA mixed = {
        text->red * text->alpha + background->red * (1 - text->alpha),
        text->green * text->alpha + background->green * (1 - text->alpha),
        text->blue * text->alpha + background->blue * (1 - text->alpha),
        1,
    };
    double a = luminance(&mixed) + 0.05, b = luminance(background) + 0.05;

    return MAX(a, b) / MIN(a, b);
}

static void
assert_label_contrast(GtkWidget *label)
{
    static const char *const backgrounds[] = {"theme_base_color", "theme_bg_color"};
    GtkStyleContext *context = gtk_widget_get_style_context(label);
    GdkRGBA text, background;

#if GTK_CHECK_VERSION(4, 0, 0)
    gtk_style_context_get_color(context, &text);
#else
    gtk_style_context_get_color(context, gtk_style_context_get_state(context), &text);
#endif
    text.alpha *= gtk_widget_get_opacity(label);
    for (guint i = 0; i < G_N_ELEMENTS(backgrounds); i++) {
        g_assert_true(gtk_style_context_lookup_color(context, backgrounds[i], &background));
        if (contrast(&text, &background) < 4.5)
            g_error("\"%s\" has a contrast of %.1f only", gtk_label_get_text(GTK_LABEL(label)),
                    contrast(&text, &background));
    }
}

void
look_assert_contrast(GtkWidget *widget)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    /* Buttons have backgrounds of their own, except the headings of rows. */
    if (!gtk_widget_get_mapped(widget) || !gtk_widget_is_sensitive(widget) ||
        GTK_IS_POPOVER(widget) || (GTK_IS_BUTTON(widget) && !GTK_IS_TOGGLE_BUTTON(widget)))
        return;
    if (GTK_IS_LABEL(widget))
        assert_label_contrast(widget);
    for (guint i = 0; i < children->len; i++)
        look_assert_contrast(children->pdata[i]);
}

void
look_scroll_to(GtkWidget *page, GtkWidget *widget)
{
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(page));
    double top = gtk_adjustment_get_value(adjustment);
#if GTK_CHECK_VERSION(4, 0, 0)
    graphene_rect_t bounds;

    g_assert_true(gtk_widget_compute_bounds(widget, page, &bounds));
    gtk_adjustment_set_value(adjustment, top + bounds.origin.y);
#else
    int x, y;

    g_assert_true(gtk_widget_translate_coordinates(widget, page, 0, 0, &x, &y));
    gtk_adjustment_set_value(adjustment, top + y);
#endif
}
