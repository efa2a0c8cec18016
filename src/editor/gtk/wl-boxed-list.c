/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-boxed-list.h"

#include "wl-gtk.h"

#define GAP 6 /* pixels between the parts of a row */

/* The colors mix with that of the text, so that they are readable in light and dark: at least 4.5:1
 * for texts. %s is the color of the list. */
static const char style[] =
    ".wirelink-list { background-color: %s; border: 1px solid alpha(currentColor, 0.2);"
    "  border-radius: 9px; padding: 0; margin: 0; }"
    ".wirelink-row { padding: 8px 12px; min-height: 32px; }"
    ".wirelink-expander { padding: 0; }"
    ".wirelink-list > .wirelink-row:not(:first-child), .wirelink-content > .wirelink-row"
    "  { border-top: 1px solid alpha(currentColor, 0.12); }"
    ".wirelink-content { background-color: alpha(currentColor, 0.03); }"
    ".wirelink-list > .wirelink-drop { background-color: alpha(currentColor, 0.1); }"
    ".wirelink-heading { font-weight: bold; }"
    ".wirelink-caption { font-size: smaller; }"
    ".wirelink-dim { color: alpha(currentColor, 0.75); opacity: 1; }"
    ".wirelink-error { color: mix(currentColor, #ff0000, 0.5); }"
    ".wirelink-good { color: mix(currentColor, #00c000, 0.5); }"
    ".wirelink-header { background: none; border: none; box-shadow: none; text-shadow: none;"
    "  font-weight: normal; padding: 8px 12px; min-height: 32px; border-radius: 9px; }"
    ".wirelink-entry { background: none; border: none; box-shadow: none; border-radius: 0;"
    "  padding: 0; min-height: 28px; }"
    ".wirelink-entry:focus, .wirelink-entry:focus-within"
    "  { box-shadow: inset 0 -2px @theme_selected_bg_color; outline: none; }"
    ".wirelink-entry.error { box-shadow: inset 0 -2px mix(currentColor, #ff0000, 0.5); }"
    ".wirelink-entry > text > placeholder { color: alpha(currentColor, 0.7); opacity: 1; }";

void
wl_boxed_list_load_style(GtkWidget *widget)
{
    GdkDisplay *display = gtk_widget_get_display(widget);
    GtkStyleContext *context = gtk_widget_get_style_context(widget);
    g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();
    g_autofree char *css = NULL;
    GdkRGBA color;

    if (g_object_get_data(G_OBJECT(display), "wirelink-style"))
        return;
    g_object_set_data(G_OBJECT(display), "wirelink-style", GINT_TO_POINTER(TRUE));
    /* only libadwaita has a color for cards */
    css = g_strdup_printf(style, gtk_style_context_lookup_color(context, "card_bg_color", &color)
                                     ? "@card_bg_color"
                                     : "@theme_base_color");
    wl_gtk_add_style(display, provider, css);
}

GtkWidget *
wl_group_new(const char *title, GtkWidget **header)
{
    GtkWidget *group = gtk_box_new(GTK_ORIENTATION_VERTICAL, GAP);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, GAP);
    GtkWidget *label = wl_gtk_label_new(title);

    wl_gtk_add_class(label, "wirelink-heading");
    wl_gtk_box_append(box, label);
    wl_gtk_box_append(group, box);
    if (header)
        *header = box;
    return group;
}

GtkWidget *
wl_boxed_list_new(void)
{
    GtkWidget *list = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    wl_gtk_add_class(list, "wirelink-list");
    return list;
}

GtkWidget *
wl_boxed_row_new(GtkOrientation orientation)
{
    GtkWidget *row = gtk_box_new(orientation, orientation == GTK_ORIENTATION_HORIZONTAL ? GAP : 0);

    wl_gtk_add_class(row, "wirelink-row");
    return row;
}

GtkWidget *
wl_dim_label_new(const char *text)
{
    GtkWidget *label = wl_gtk_label_new(text);

    wl_gtk_add_class(label, "wirelink-dim");
    wl_gtk_add_class(label, "wirelink-caption");
    return label;
}

/* ---- a row that expands -------------------------------------------------------------------- */

static void
set_label(GtkWidget *label, const char *text)
{
    wl_gtk_label_update(label, text);
    wl_gtk_set_shown(label, text && *text);
}

static void
refresh_problem(GtkWidget *button, GtkWidget *problem)
{
    gboolean open = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button));

    wl_gtk_set_shown(problem, !open && *gtk_label_get_text(GTK_LABEL(problem)));
}

static void
on_toggled(GtkWidget *button, GtkWidget *content)
{
    gboolean open = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button));

    wl_gtk_set_icon(g_object_get_data(G_OBJECT(button), "wl-arrow"),
                    open ? "pan-down-symbolic" : "pan-end-symbolic");
    wl_gtk_set_expanded(button, open);
    wl_gtk_set_shown(content, open);
    /* What is open shows its errors itself. */
    refresh_problem(button, g_object_get_data(G_OBJECT(button), "wl-problem"));
}

static GtkWidget *
heading_new(WlExpander *expander, const char *mnemonic)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, GAP);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *arrow = wl_gtk_image_new("pan-end-symbolic");

    expander->title = wl_gtk_label_new(NULL);
    expander->subtitle = wl_dim_label_new(NULL);
    expander->problem = wl_gtk_label_new(NULL);
    wl_gtk_add_class(expander->problem, "wirelink-error");
    wl_gtk_add_class(expander->problem, "wirelink-caption");
    wl_gtk_set_shown(expander->subtitle, FALSE);
    wl_gtk_set_shown(expander->problem, FALSE);
    if (mnemonic)
        gtk_label_set_text_with_mnemonic(GTK_LABEL(expander->title), mnemonic);
    gtk_widget_set_hexpand(texts, TRUE);
    gtk_widget_set_valign(texts, GTK_ALIGN_CENTER);
    wl_gtk_box_append(texts, expander->title);
    wl_gtk_box_append(texts, expander->subtitle);
    wl_gtk_box_append(texts, expander->problem);
    expander->end = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, GAP);
    gtk_widget_set_valign(expander->end, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(arrow, GTK_ALIGN_CENTER);
    wl_gtk_box_append(box, texts);
    wl_gtk_box_append(box, expander->end);
    wl_gtk_box_append(box, arrow);
    g_object_set_data(G_OBJECT(expander->button), "wl-arrow", arrow);
    g_object_set_data(G_OBJECT(expander->button), "wl-problem", expander->problem);
    return box;
}

WlExpander *
wl_expander_new(const char *mnemonic)
{
    WlExpander *expander = g_new0(WlExpander, 1);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);

    expander->widget = wl_boxed_row_new(GTK_ORIENTATION_VERTICAL);
    wl_gtk_add_class(expander->widget, "wirelink-expander");
    expander->start = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_set_valign(expander->start, GTK_ALIGN_CENTER);
    expander->button = gtk_toggle_button_new();
    gtk_widget_set_hexpand(expander->button, TRUE);
    wl_gtk_add_class(expander->button, "wirelink-header");
    wl_gtk_set_child(expander->button, heading_new(expander, mnemonic));
    expander->content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    wl_gtk_add_class(expander->content, "wirelink-content");
    wl_gtk_box_append(top, expander->start);
    wl_gtk_box_append(top, expander->button);
    wl_gtk_box_append(expander->widget, top);
    wl_gtk_box_append(expander->widget, expander->content);
    wl_gtk_set_shown(expander->content, FALSE);
    wl_gtk_set_expanded(expander->button, FALSE);
    if (mnemonic)
        wl_gtk_set_label_of(expander->title, expander->button);
    g_signal_connect_object(expander->button, "toggled", G_CALLBACK(on_toggled), expander->content,
                            (GConnectFlags) 0);
    return expander;
}

void
wl_expander_set_open(WlExpander *expander, gboolean open)
{
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(expander->button), open);
}

gboolean
wl_expander_is_open(const WlExpander *expander)
{
    return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(expander->button));
}

void
wl_expander_set_texts(WlExpander *expander, const char *title, const char *subtitle)
{
    set_label(expander->title, title);
    set_label(expander->subtitle, subtitle);
}

void
wl_expander_set_problem(WlExpander *expander, const char *problem)
{
    wl_gtk_label_update(expander->problem, problem);
    refresh_problem(expander->button, expander->problem);
    wl_gtk_set_description(expander->button, problem);
}
