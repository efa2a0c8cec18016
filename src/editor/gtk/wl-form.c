/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-form.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <nma-ui-utils.h>

#include "model/wl-labels.h"
#include "model/wl-model.h"
#include "model/wl-read.h"
#include "wl-boxed-list.h"
#include "wl-gtk.h"
#include "wl-profile-keys.h"

#define BUTTON_GAP 6 /* pixels */

typedef enum {
    ITEM_ENTRY,
    ITEM_SECRET,
    ITEM_SWITCH,
    ITEM_CHOICE,
} ItemKind;

typedef struct {
    WlEditorForm *form;
    ItemKind kind;
    const char *key;
    char *flags_key;  /* of a secret */
    GtkWidget *input; /* owned: it may leave the window before the form is freed */
    GtkWidget *problem;
    GtkWidget *list; /* that the row is in; compared only */
    char *hint;
    GtkWidget *notes; /* the label of the hint, or NULL; owned */
    GStrv words;      /* of a choice */
} Item;

struct _WlEditorForm {
    WlEditorModel *model;
    WlEditorPeer *peer;
    GtkWidget *list; /* of the following rows; owned */
    gboolean mnemonics;
    GPtrArray *items;
    gboolean refreshing;
};

static void
free_item(gpointer data)
{
    Item *item = data;

    g_signal_handlers_disconnect_by_data(item->input, item);
    g_object_unref(item->input);
    g_object_unref(item->problem);
    g_clear_object(&item->notes);
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
    return form;
}

void
wl_editor_form_free(WlEditorForm *form)
{
    if (!form)
        return;
    g_ptr_array_unref(form->items);
    g_clear_object(&form->list);
    g_free(form);
}

void
wl_editor_form_begin(WlEditorForm *form, GtkWidget *list, gboolean mnemonics)
{
    g_set_object(&form->list, list);
    form->mnemonics = mnemonics;
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

static const char *
problem_of(const Item *item)
{
    const WlEditorForm *form = item->form;
    const char *problem = wl_editor_model_get_problem(form->model, form->peer, item->key);

    if (!problem && item->flags_key)
        problem = wl_editor_model_get_problem(form->model, form->peer, item->flags_key);
    return problem;
}

static void
refresh_item(const Item *item)
{
    WlEditorForm *form = item->form;
    const char *text = wl_editor_model_get_text(form->model, form->peer, item->key);
    const char *problem = problem_of(item);

    switch (item->kind) {
    case ITEM_ENTRY:
    case ITEM_SECRET:
        wl_gtk_set_text(item->input, text);
        break;
    case ITEM_SWITCH:
        if (gtk_switch_get_active(GTK_SWITCH(item->input)) != is_yes(text))
            gtk_switch_set_active(GTK_SWITCH(item->input), is_yes(text));
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

char *
wl_editor_form_dup_problem(WlEditorForm *form, GtkWidget *list)
{
    for (guint i = 0; i < form->items->len; i++) {
        const Item *item = form->items->pdata[i];
        g_autofree char *label = NULL;

        if (item->list != list || !problem_of(item))
            continue;
        label = wl_editor_label_dup_plain(scope_of(form), item->key);
        /* Translators: a field and its error */
        return g_strdup_printf(_("%s: %s"), label, problem_of(item));
    }
    return NULL;
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
on_switched(GtkWidget *widget, GParamSpec *spec, Item *item)
{
    set_text(item, item->key, gtk_switch_get_active(GTK_SWITCH(widget)) ? "yes" : "no");
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
    item->list = form->list;
    item->hint = g_strdup(hint);
    wl_gtk_add_class(item->problem, "wirelink-error");
    wl_gtk_add_class(item->problem, "wirelink-caption");
    wl_gtk_set_shown(item->problem, FALSE);
    g_ptr_array_add(form->items, item);
    return item;
}

/* The label of @widget; @text has a mnemonic, which is left out where the form has none. */
static GtkWidget *
label_for(const WlEditorForm *form, const char *text, GtkWidget *widget)
{
    GtkWidget *label = wl_gtk_label_new(NULL);
    char *plain;

    if (form->mnemonics) {
        gtk_label_set_text_with_mnemonic(GTK_LABEL(label), text);
    } else {
        plain = wl_editor_label_strip(text);
        gtk_label_set_text(GTK_LABEL(label), plain);
        g_free(plain);
    }
    wl_gtk_set_label_of(label, widget);
    return label;
}

static void
append_notes(GtkWidget *box, Item *item)
{
    wl_gtk_box_append(box, item->problem);
    if (!item->hint)
        return;
    item->notes = g_object_ref_sink(wl_dim_label_new(item->hint));
    wl_gtk_box_append(box, item->notes);
}

/* The label above the input and @suffix, so that a long text has the whole width. */
static void
attach_below(WlEditorForm *form, Item *item, GtkWidget *suffix)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_VERTICAL);
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, BUTTON_GAP);
    GtkWidget *label = label_for(form, wl_editor_label(scope_of(form), item->key), item->input);

    wl_gtk_add_class(label, "wirelink-caption");
    wl_gtk_box_append(row, label);
    gtk_widget_set_hexpand(item->input, TRUE);
    wl_gtk_box_append(line, item->input);
    if (suffix)
        wl_gtk_box_append(line, suffix);
    wl_gtk_box_append(row, line);
    append_notes(row, item);
    wl_gtk_box_append(form->list, row);
    refresh_item(item);
}

/* The input at the end of the label and the notes, after @before, which may be NULL. */
static void
attach_beside(WlEditorForm *form, Item *item, GtkWidget *before)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    gtk_widget_set_hexpand(texts, TRUE);
    gtk_widget_set_valign(texts, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(item->input, GTK_ALIGN_CENTER);
    wl_gtk_box_append(texts,
                      label_for(form, wl_editor_label(scope_of(form), item->key), item->input));
    append_notes(texts, item);
    wl_gtk_box_append(row, texts);
    if (before)
        wl_gtk_box_append(row, before);
    wl_gtk_box_append(row, item->input);
    wl_gtk_box_append(form->list, row);
    refresh_item(item);
}

static GtkWidget *
new_entry(void)
{
    GtkWidget *entry = gtk_entry_new();

    /* The entry fills the remaining space and does not widen the window. */
    g_object_set(entry, "width-chars", 10, NULL);
    wl_gtk_add_class(entry, "wirelink-entry");
    wl_gtk_strengthen_placeholder(entry);
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
    attach_below(form, item, NULL);
    g_signal_connect(entry, "changed", G_CALLBACK(on_entry_changed), item);
    return entry;
}

static void
on_see_toggled(GtkWidget *button, GtkWidget *entry)
{
    gtk_entry_set_visibility(GTK_ENTRY(entry),
                             gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)));
}

GtkWidget *
wl_editor_form_add_secret(WlEditorForm *form, const char *key, gboolean not_required,
                          GCallback generate, gpointer user_data)
{
    GtkWidget *entry = new_entry();
    GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, BUTTON_GAP);
    GtkWidget *see = gtk_toggle_button_new();
    GtkWidget *make = gtk_button_new_with_label(_("Generate"));
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
    wl_gtk_set_child(see, wl_gtk_image_new("view-reveal-symbolic"));
    wl_gtk_set_name(see, _("Show"));
    gtk_widget_set_tooltip_text(see, _("Show"));
    wl_gtk_add_class(see, "flat");
    gtk_widget_set_valign(see, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(make, GTK_ALIGN_CENTER);
    wl_gtk_box_append(buttons, see);
    wl_gtk_box_append(buttons, make);
    attach_below(form, item, buttons);
    g_signal_connect(entry, "changed", G_CALLBACK(on_secret_changed), item);
    g_signal_connect(entry, "notify::secondary-icon-name", G_CALLBACK(on_storage_changed), item);
    g_signal_connect_object(see, "toggled", G_CALLBACK(on_see_toggled), entry, (GConnectFlags) 0);
    g_signal_connect(make, "clicked", generate, user_data);
    return entry;
}

GtkWidget *
wl_editor_form_add_switch(WlEditorForm *form, const char *key, const char *hint)
{
    GtkWidget *widget = gtk_switch_new();
    Item *item = add_item(form, ITEM_SWITCH, key, widget, hint);

    attach_beside(form, item, NULL);
    g_signal_connect(widget, "notify::active", G_CALLBACK(on_switched), item);
    return widget;
}

static GtkWidget *
add_choice(WlEditorForm *form, const char *key, const char *const *words, const char *const *titles,
           const char *hint, GtkWidget *before)
{
    GtkWidget *choice = wl_gtk_choice_new(titles);
    Item *item = add_item(form, ITEM_CHOICE, key, choice, hint);

    item->words = g_strdupv((char **) words);
    attach_beside(form, item, before);
    wl_gtk_choice_on_changed(choice, on_choice_changed, item);
    return choice;
}

GtkWidget *
wl_editor_form_add_choice(WlEditorForm *form, const char *key, const char *const *words,
                          const char *const *titles, const char *hint)
{
    return add_choice(form, key, words, titles, hint, NULL);
}

/* All levels with what they mean, to compare them before one is chosen. */
static GtkWidget *
trust_levels_new(void)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    for (int i = 0; i <= WL_PROFILE_TRUST_MEMBERSHIP; i++) {
        GtkWidget *title = wl_gtk_label_new(wl_editor_trust_title((WlProfileTrust) i));

        wl_gtk_add_class(title, "wirelink-heading");
        wl_gtk_box_append(box, title);
        wl_gtk_box_append(box, wl_gtk_label_new(wl_editor_trust_explanation((WlProfileTrust) i)));
    }
    wl_gtk_set_margins(box, 9);
    return box;
}

GtkWidget *
wl_editor_form_add_trust(WlEditorForm *form)
{
    const char *words[WL_PROFILE_TRUST_DELEGATE_TRUST + 2] = {NULL};
    const char *titles[WL_PROFILE_TRUST_DELEGATE_TRUST + 2] = {NULL};
    int last = WL_PROFILE_TRUST_MEMBERSHIP;

    /* The last level is reserved, and is shown only where it is set. */
    if (g_ascii_strcasecmp(wl_editor_model_get_text(form->model, form->peer, "trust"),
                           wl_profile_trust_to_string(WL_PROFILE_TRUST_DELEGATE_TRUST)) == 0)
        last = WL_PROFILE_TRUST_DELEGATE_TRUST;
    for (int i = 0; i <= last; i++) {
        words[i] = wl_profile_trust_to_string((WlProfileTrust) i);
        titles[i] = wl_editor_trust_title((WlProfileTrust) i);
    }
    return add_choice(form, "trust", words, titles, "",
                      wl_gtk_info_button_new(_("Trust Levels"), trust_levels_new()));
}

void
wl_editor_form_set_hint(WlEditorForm *form, const char *key, const char *hint)
{
    for (guint i = 0; i < form->items->len; i++) {
        Item *item = form->items->pdata[i];

        if (strcmp(item->key, key) != 0 || !item->notes)
            continue;
        g_free(item->hint);
        item->hint = g_strdup(hint);
        wl_gtk_label_update(item->notes, hint);
        if (!problem_of(item))
            wl_gtk_set_description(item->input, hint);
    }
}

void
wl_editor_form_add_below(WlEditorForm *form, const char *label, GtkWidget *widget, GtkWidget *line)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_VERTICAL);
    GtkWidget *text = label_for(form, label, widget);

    wl_gtk_add_class(text, "wirelink-caption");
    wl_gtk_box_append(row, text);
    wl_gtk_box_append(row, line);
    wl_gtk_box_append(form->list, row);
}

void
wl_editor_form_add_beside(WlEditorForm *form, const char *label, GtkWidget *widget)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_HORIZONTAL);

    wl_gtk_box_append(row, label_for(form, label, widget));
    gtk_widget_set_valign(widget, GTK_ALIGN_CENTER);
    wl_gtk_box_append(row, widget);
    wl_gtk_box_append(form->list, row);
}

void
wl_editor_form_add_widget(WlEditorForm *form, GtkWidget *widget)
{
    GtkWidget *row = wl_boxed_row_new(GTK_ORIENTATION_VERTICAL);

    wl_gtk_box_append(row, widget);
    wl_gtk_box_append(form->list, row);
}
