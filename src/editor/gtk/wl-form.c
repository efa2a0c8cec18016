/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-form.h"

#include <glib/gi18n-lib.h>
#include <nma-ui-utils.h>

#include "model/wl-labels.h"
#include "model/wl-model.h"
#include "model/wl-read.h"
#include "wl-gtk.h"
#include "wl-profile-keys.h"

#define CHECK_INDENT 24 /* pixels: where the text of a check button begins */

typedef enum {
    ITEM_ENTRY,
    ITEM_SECRET,
    ITEM_CHECK,
    ITEM_CHOICE,
} ItemKind;

typedef struct {
    WlEditorForm *form;
    ItemKind kind;
    const char *key;
    char *flags_key;  /* of a secret */
    GtkWidget *input; /* owned: it may leave the window before the form is freed */
    GtkWidget *problem;
    char *hint;
    GStrv words; /* of a choice */
} Item;

struct _WlEditorForm {
    WlEditorModel *model;
    WlEditorPeer *peer;
    GtkWidget *grid; /* owned */
    GPtrArray *items;
    int n_rows;
    gboolean refreshing;
};

static void
free_item(gpointer data)
{
    Item *item = data;

    g_signal_handlers_disconnect_by_data(item->input, item);
    g_object_unref(item->input);
    g_object_unref(item->problem);
    g_free(item->flags_key);
    g_free(item->hint);
    g_strfreev(item->words);
    g_free(item);
}

WlEditorForm *
wl_editor_form_new(WlEditorModel *model, WlEditorPeer *peer)
{
    WlEditorForm *form = g_new0(WlEditorForm, 1);

    form->model = model;
    form->peer = peer;
    form->items = g_ptr_array_new_with_free_func(free_item);
    form->grid = g_object_ref_sink(gtk_grid_new());
    gtk_grid_set_row_spacing(GTK_GRID(form->grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(form->grid), 12);
    return form;
}

void
wl_editor_form_free(WlEditorForm *form)
{
    if (!form)
        return;
    g_ptr_array_unref(form->items);
    g_object_unref(form->grid);
    g_free(form);
}

GtkWidget *
wl_editor_form_get_grid(WlEditorForm *form)
{
    return form->grid;
}

static WlKeyScope
scope_of(const WlEditorForm *form)
{
    return form->peer ? WL_KEY_OF_PEER : WL_KEY_OF_PROFILE;
}

static void
refresh_choice(const Item *item, const char *text)
{
    int active = -1;

    for (int i = 0; item->words[i]; i++) {
        if (!g_ascii_strcasecmp(item->words[i], text))
            active = i;
    }
    if (!*text)
        active = 0;
    wl_gtk_choice_set(item->input, active);
}

static gboolean
is_yes(const char *text)
{
    return !g_ascii_strcasecmp(text, "yes") || !g_ascii_strcasecmp(text, "true") ||
           g_str_equal(text, "1");
}

static void
refresh_item(const Item *item)
{
    WlEditorForm *form = item->form;
    const char *text = wl_editor_model_get_text(form->model, form->peer, item->key);
    const char *problem = wl_editor_model_get_problem(form->model, form->peer, item->key);

    if (!problem && item->flags_key)
        problem = wl_editor_model_get_problem(form->model, form->peer, item->flags_key);
    switch (item->kind) {
    case ITEM_ENTRY:
    case ITEM_SECRET:
        wl_gtk_set_text(item->input, text);
        break;
    case ITEM_CHECK:
        wl_gtk_set_active(item->input, is_yes(text));
        break;
    case ITEM_CHOICE:
        refresh_choice(item, text);
        break;
    }
    wl_gtk_set_class(item->input, "error", problem != NULL);
    wl_gtk_set_description(item->input, problem ? problem : item->hint);
    wl_gtk_label_update(item->problem, problem);
    if (gtk_widget_get_visible(item->problem) != (problem != NULL))
        wl_gtk_set_shown(item->problem, problem != NULL);
}

void
wl_editor_form_refresh(WlEditorForm *form)
{
    if (form->refreshing)
        return;
    form->refreshing = TRUE;
    for (guint i = 0; i < form->items->len; i++)
        refresh_item(form->items->pdata[i]);
    form->refreshing = FALSE;
}

static void
set_text(const Item *item, const char *key, const char *text)
{
    if (!item->form->refreshing)
        wl_editor_model_set_text(item->form->model, item->form->peer, key, text);
}

static void
on_entry_changed(GtkWidget *entry, Item *item)
{
    set_text(item, item->key, wl_gtk_get_text(entry));
}

/* The icon is the only signal that libnma sends when the user chooses from its menu. */
static void
on_storage_changed(GtkWidget *entry, GParamSpec *spec, Item *item)
{
    NMSettingSecretFlags flags = nma_utils_menu_to_secret_flags(entry);
    g_autofree char *text = g_strdup_printf("%u", flags);

    /* A peer without preshared key has no flags either. */
    if (item->form->peer && !*wl_gtk_get_text(entry) &&
        (flags & NM_SETTING_SECRET_FLAG_NOT_REQUIRED))
        set_text(item, item->flags_key, "");
    else
        set_text(item, item->flags_key, text);
}

static void
on_secret_changed(GtkWidget *entry, Item *item)
{
    const char *text = wl_gtk_get_text(entry);

    if (item->form->refreshing)
        return;
    /* A key that the user types is to be saved. */
    if (*text && (nma_utils_menu_to_secret_flags(entry) & NM_SETTING_SECRET_FLAG_NOT_REQUIRED))
        nma_utils_update_password_storage(entry, NM_SETTING_SECRET_FLAG_NONE, NULL, NULL);
    set_text(item, item->key, text);
}

static void
on_check_toggled(GtkWidget *button, Item *item)
{
    set_text(item, item->key, wl_gtk_get_active(button) ? "yes" : "no");
}

static void
on_choice_changed(GtkWidget *choice, gpointer user_data)
{
    const Item *item = user_data;
    int active = wl_gtk_choice_get(choice);

    if (active >= 0)
        set_text(item, item->key, active ? item->words[active] : "");
}

static Item *
add_item(WlEditorForm *form, ItemKind kind, const char *key, GtkWidget *input, const char *hint)
{
    Item *item = g_new0(Item, 1);

    item->form = form;
    item->kind = kind;
    item->key = key;
    item->input = g_object_ref_sink(input);
    item->problem = g_object_ref_sink(wl_gtk_label_new(NULL));
    item->hint = g_strdup(hint);
    wl_gtk_add_class(item->problem, "error");
    wl_gtk_set_shown(item->problem, FALSE);
    g_ptr_array_add(form->items, item);
    return item;
}

static GtkWidget *
hint_label(const char *hint)
{
    GtkWidget *label = wl_gtk_label_new(hint);

    wl_gtk_add_class(label, "dim-label");
    return label;
}

/* In a row of its own, across the labels or beside them. */
static void
attach_wide(WlEditorForm *form, GtkWidget *widget, gboolean wide)
{
    gtk_grid_attach(GTK_GRID(form->grid), widget, wide ? 0 : 1, form->n_rows++, wide ? 2 : 1, 1);
}

/* Label and input side by side, the rest below the input, so that the form fits a narrow window. */
static void
attach_item(WlEditorForm *form, Item *item, gboolean with_label, GtkWidget *below)
{
    GtkGrid *grid = GTK_GRID(form->grid);
    gboolean wide = item->kind == ITEM_CHECK;
    GtkWidget *label;

    if (!wide && with_label) {
        label = gtk_label_new_with_mnemonic(wl_editor_label(scope_of(form), item->key));
        gtk_label_set_xalign(GTK_LABEL(label), 0);
        gtk_grid_attach(grid, label, 0, form->n_rows, 1, 1);
        wl_gtk_set_label_of(label, item->input);
    }
    gtk_widget_set_hexpand(item->input, TRUE);
    attach_wide(form, item->input, wide);
    if (below)
        attach_wide(form, below, wide);
    gtk_widget_set_margin_start(item->problem, wide ? CHECK_INDENT : 0);
    attach_wide(form, item->problem, wide);
    if (item->hint) {
        label = hint_label(item->hint);
        gtk_widget_set_margin_start(label, wide ? CHECK_INDENT : 0);
        attach_wide(form, label, wide);
    }
    refresh_item(item);
}

static GtkWidget *
new_entry(void)
{
    GtkWidget *entry = gtk_entry_new();

    /* The entry fills the remaining space and does not widen the window. */
    g_object_set(entry, "width-chars", 10, NULL);
    return entry;
}

GtkWidget *
wl_editor_form_add_entry(WlEditorForm *form, const char *key, const char *placeholder,
                         const char *hint)
{
    GtkWidget *entry = new_entry();
    Item *item = add_item(form, ITEM_ENTRY, key, entry, hint);

    gtk_entry_set_placeholder_text(GTK_ENTRY(entry), placeholder);
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    attach_item(form, item, TRUE, NULL);
    g_signal_connect(entry, "changed", G_CALLBACK(on_entry_changed), item);
    return entry;
}

static void
on_see_toggled(GtkWidget *button, GtkWidget *entry)
{
    gtk_entry_set_visibility(GTK_ENTRY(entry), wl_gtk_get_active(button));
}

GtkWidget *
wl_editor_form_add_secret(WlEditorForm *form, const char *key, gboolean not_required,
                          GCallback generate, gpointer user_data)
{
    GtkWidget *entry = new_entry();
    GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *see = gtk_check_button_new_with_mnemonic(_("S_how"));
    GtkWidget *make = gtk_button_new_with_mnemonic(_("_Generate"));
    Item *item = add_item(form, ITEM_SECRET, key, entry, NULL);
    const char *flags_text;
    guint flags;

    item->flags_key = g_strconcat(key, "-flags", NULL);
    flags_text = wl_editor_model_get_text(form->model, form->peer, item->flags_key);
    flags = (guint) g_ascii_strtoull(flags_text, NULL, 10) & 7;
    if (!*flags_text && not_required && !*wl_editor_model_get_text(form->model, form->peer, key))
        flags = NM_SETTING_SECRET_FLAG_NOT_REQUIRED;
    gtk_entry_set_visibility(GTK_ENTRY(entry), FALSE);
    gtk_entry_set_input_purpose(GTK_ENTRY(entry), GTK_INPUT_PURPOSE_PASSWORD);
    nma_utils_setup_password_storage(entry, (NMSettingSecretFlags) flags, NULL, NULL, not_required,
                                     FALSE);
    wl_gtk_box_append(buttons, see);
    wl_gtk_box_append(buttons, make);
    attach_item(form, item, TRUE, buttons);
    g_signal_connect(entry, "changed", G_CALLBACK(on_secret_changed), item);
    g_signal_connect(entry, "notify::secondary-icon-name", G_CALLBACK(on_storage_changed), item);
    g_signal_connect_object(see, "toggled", G_CALLBACK(on_see_toggled), entry, (GConnectFlags) 0);
    g_signal_connect(make, "clicked", generate, user_data);
    return entry;
}

GtkWidget *
wl_editor_form_add_check(WlEditorForm *form, const char *key, const char *hint)
{
    GtkWidget *check = gtk_check_button_new_with_mnemonic(wl_editor_label(scope_of(form), key));
    g_autofree char *name = wl_editor_label_dup_plain(scope_of(form), key);
    Item *item = add_item(form, ITEM_CHECK, key, check, hint);

    wl_gtk_set_name(check, name);
    attach_item(form, item, TRUE, NULL);
    g_signal_connect(check, "toggled", G_CALLBACK(on_check_toggled), item);
    return check;
}

static GtkWidget *
add_choice(WlEditorForm *form, const char *key, const char *const *words, const char *const *titles,
           const char *hint, gboolean with_label)
{
    GtkWidget *choice = wl_gtk_choice_new(titles);
    Item *item = add_item(form, ITEM_CHOICE, key, choice, hint);

    item->words = g_strdupv((char **) words);
    attach_item(form, item, with_label, NULL);
    wl_gtk_choice_on_changed(choice, on_choice_changed, item);
    return choice;
}

GtkWidget *
wl_editor_form_add_choice(WlEditorForm *form, const char *key, const char *const *words,
                          const char *const *titles, const char *hint)
{
    return add_choice(form, key, words, titles, hint, TRUE);
}

GtkWidget *
wl_editor_form_add_trust(WlEditorForm *form, gboolean with_label)
{
    const char *words[WL_PROFILE_TRUST_DELEGATE_TRUST + 2] = {NULL};
    const char *titles[WL_PROFILE_TRUST_DELEGATE_TRUST + 2] = {NULL};

    for (int i = 0; i <= WL_PROFILE_TRUST_DELEGATE_TRUST; i++) {
        words[i] = wl_profile_trust_to_string((WlProfileTrust) i);
        titles[i] = wl_editor_trust_title((WlProfileTrust) i);
    }
    return add_choice(form, "trust", words, titles, NULL, with_label);
}

void
wl_editor_form_add_labeled(WlEditorForm *form, const char *label, GtkWidget *widget)
{
    if (label) {
        GtkWidget *text = gtk_label_new_with_mnemonic(label);

        gtk_label_set_xalign(GTK_LABEL(text), 0);
        gtk_grid_attach(GTK_GRID(form->grid), text, 0, form->n_rows, 1, 1);
        wl_gtk_set_label_of(text, widget);
    }
    attach_wide(form, widget, FALSE);
}

void
wl_editor_form_add_widget(WlEditorForm *form, GtkWidget *widget)
{
    attach_wide(form, widget, TRUE);
}
