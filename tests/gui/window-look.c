/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window-look.h"

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
look_find_named(GtkWidget *widget, const char *label)
{
    g_autoptr(GPtrArray) children = children_of(widget);
    GtkWidget *found = NULL;

    if (GTK_IS_TOGGLE_BUTTON(widget) && !g_strcmp0(gtk_button_get_label(GTK_BUTTON(widget)), label))
        return widget;
    for (guint i = 0; i < children->len && !found; i++)
        found = look_find_named(children->pdata[i], label);
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

typedef struct {
    const char *text;
    gboolean in_row;
} Mnemonic;

static void
collect_mnemonics(GtkWidget *widget, gboolean in_row, GHashTable *seen)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (!gtk_widget_get_mapped(widget) || GTK_IS_POPOVER(widget))
        return;
    in_row |= GTK_IS_LIST_BOX_ROW(widget);
    if (GTK_IS_LABEL(widget)) {
        /* GTK 4 does not convert to lower case. */
        guint key = gdk_keyval_to_lower(gtk_label_get_mnemonic_keyval(GTK_LABEL(widget)));
        const char *text = gtk_label_get_text(GTK_LABEL(widget));
        Mnemonic *other = g_hash_table_lookup(seen, GUINT_TO_POINTER(key));

        if (key == GDK_KEY_VoidSymbol)
            return;
        /* The same mnemonic in each row of a list cycles through the rows. */
        if (other && !(in_row && other->in_row && g_str_equal(other->text, text)))
            g_error("Alt+%s is for \"%s\" and for \"%s\"", gdk_keyval_name(key), other->text, text);
        other = g_new(Mnemonic, 1);
        other->text = text;
        other->in_row = in_row;
        g_hash_table_replace(seen, GUINT_TO_POINTER(key), other);
    }
    for (guint i = 0; i < children->len; i++)
        collect_mnemonics(children->pdata[i], in_row, seen);
}

void
look_assert_mnemonics(GtkWidget *widget, guint n)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);

    collect_mnemonics(widget, FALSE, seen);
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

/* The labels of one line: name, key, trust. */
static void
collect_labels(GtkWidget *widget, GPtrArray *labels)
{
    g_autoptr(GPtrArray) children = children_of(widget);

    if (GTK_IS_GRID(widget) || !gtk_widget_get_mapped(widget))
        return;
    if (GTK_IS_LABEL(widget))
        g_ptr_array_add(labels, widget);
    for (guint i = 0; i < children->len; i++)
        collect_labels(children->pdata[i], labels);
}

void
look_assert_columns(GtkWidget *widget)
{
    GtkWidget *list = look_find(widget, GTK_TYPE_LIST_BOX);
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    GtkListBoxRow *row;

    for (int i = 0; list && (row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(list), i)); i++) {
        g_autoptr(GPtrArray) labels = g_ptr_array_new();

        collect_labels(GTK_WIDGET(row), i ? labels : first);
        for (guint j = 0; i && j < labels->len; j++) {
            int start = start_of(labels->pdata[j], list);

            if (start != start_of(first->pdata[j], list))
                g_error("\"%s\" is not below \"%s\"", gtk_label_get_text(labels->pdata[j]),
                        gtk_label_get_text(first->pdata[j]));
        }
    }
}
