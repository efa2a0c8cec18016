/* SPDX-License-Identifier: GPL-2.0-or-later */

/* nm-wirelink-auth-dialog-window: a GTK 3 window that asks for secrets. wl-auth-window.h describes
 * its input, output and exit status. */

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wl-auth-window.h"
#include "wl-no-core.h"
#include "wl-profile-value.h"

#define UI_GROUP   "VPN Plugin UI"
#define VALUE      "Value="
#define ROOM       (1024 * 1024)
#define KEY_LENGTH 44

typedef struct {
    GtkWidget *dialog;
    GtkWidget *grid;
    GPtrArray *names;   /* of char *: the secrets to ask for */
    GPtrArray *entries; /* of GtkEntry, in the same order */
    GtkWidget *trouble; /* the error of the entered keys */
} Window;

/* ---- questions ----------------------------------------------------------------------------- */

/* Reads into a single allocation: a growing one would leave copies of secrets. */
static char *
read_input(gsize *length)
{
    char *text = g_malloc0(ROOM);
    ssize_t got;

    for (*length = 0; *length < ROOM - 1; *length += (gsize) got) {
        got = read(STDIN_FILENO, text + *length, ROOM - 1 - *length);
        if (got <= 0)
            break;
    }
    return text;
}

/* Reverts the escaping of a keyfile value. */
static char *
unescape(const char *value)
{
    static const char from[] = "stnr\\", to[] = " \t\n\r\\";
    char *text = g_malloc0(strlen(value) + 1), *end = text;

    for (const char *p = value; *p; p++) {
        const char *escaped = p[0] == '\\' && p[1] ? strchr(from, p[1]) : NULL;

        *end++ = escaped ? to[escaped - from] : *p;
        p += escaped != NULL;
    }
    return text;
}

/* Moves the secrets out of @text into a table by group: GLib would keep copies that cannot be
 * wiped. */
static GHashTable *
take_values(char *text)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                               (GDestroyNotify) wl_profile_wipe_free);
    g_autofree char *group = g_strdup("");

    for (char *line = text, *end; *line; line = end) {
        gsize length = strcspn(line, "\n");
        char kept = line[length];

        end = line + length + (kept != '\0');
        line[length] = '\0';
        if (*line == '[') {
            g_free(group);
            group = g_strndup(line + 1, strcspn(line + 1, "]"));
        } else if (g_str_has_prefix(line, VALUE)) {
            g_hash_table_replace(values, g_strdup(group), unescape(line + strlen(VALUE)));
            memset(line, '#', length);
        }
        line[length] = kept;
    }
    return values;
}

/* NULL if the input is malformed. The error of GLib is dropped, as it quotes the input. */
static GKeyFile *
load_questions(GHashTable **values)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    gsize length;
    char *text = read_input(&length);
    gboolean loaded;

    *values = take_values(text);
    loaded = g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL);
    explicit_bzero(text, length);
    g_free(text);
    return loaded && g_key_file_has_group(file, UI_GROUP) ? g_steal_pointer(&file) : NULL;
}

/* ---- the window ---------------------------------------------------------------------------- */

static gboolean
is_key(GtkEntry *entry)
{
    return wl_profile_value_is_key(gtk_entry_get_text(entry));
}

/* An entry is not marked before it is long enough to be a key. */
static gboolean
is_wrong(GtkEntry *entry)
{
    return gtk_entry_get_text_length(entry) >= KEY_LENGTH && !is_key(entry);
}

static void
on_changed(GtkEditable *editable, gpointer user_data)
{
    Window *window = user_data;
    gboolean all = TRUE, wrong = FALSE;

    for (guint i = 0; i < window->entries->len; i++) {
        GtkEntry *entry = window->entries->pdata[i];
        GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(entry));

        all = all && is_key(entry);
        wrong = wrong || is_wrong(entry);
        if (is_wrong(entry))
            gtk_style_context_add_class(style, GTK_STYLE_CLASS_ERROR);
        else
            gtk_style_context_remove_class(style, GTK_STYLE_CLASS_ERROR);
    }
    gtk_dialog_set_response_sensitive(GTK_DIALOG(window->dialog), GTK_RESPONSE_OK, all);
    gtk_label_set_text(
        GTK_LABEL(window->trouble),
        wrong ? _("This is not a valid key; a key has 44 characters and ends with “=”") : "");
}

static void
on_show_toggled(GtkToggleButton *button, gpointer user_data)
{
    Window *window = user_data;

    for (guint i = 0; i < window->entries->len; i++)
        gtk_entry_set_visibility(window->entries->pdata[i], gtk_toggle_button_get_active(button));
}

static void
attach(Window *window, GtkWidget *widget, int left, int width)
{
    static int row;

    /* A widget that reaches the right edge ends a row. */
    gtk_grid_attach(GTK_GRID(window->grid), widget, left, row, width, 1);
    if (left + width == 2)
        row++;
}

static GtkWidget *
text_new(const char *text)
{
    GtkWidget *label = gtk_label_new(text);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 50);
    return label;
}

static void
add_question(Window *window, GKeyFile *file, const char *name, const char *value)
{
    g_autofree char *label = g_key_file_get_string(file, name, "Label", NULL);
    GtkWidget *text = text_new(label ? label : name), *entry = gtk_entry_new();

    gtk_label_set_mnemonic_widget(GTK_LABEL(text), entry);
    /* Not all screen readers follow the relation of the label. */
    atk_object_set_name(gtk_widget_get_accessible(entry), label ? label : name);
    gtk_entry_set_visibility(GTK_ENTRY(entry), FALSE);
    gtk_entry_set_input_purpose(GTK_ENTRY(entry), GTK_INPUT_PURPOSE_PASSWORD);
    gtk_entry_set_width_chars(GTK_ENTRY(entry), KEY_LENGTH);
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    gtk_entry_set_text(GTK_ENTRY(entry), value ? value : "");
    gtk_widget_set_hexpand(entry, TRUE);
    g_signal_connect(entry, "changed", G_CALLBACK(on_changed), window);
    attach(window, text, 0, 1);
    attach(window, entry, 1, 1);
    g_ptr_array_add(window->names, g_strdup(name));
    g_ptr_array_add(window->entries, entry);
}

static void
add_dialog(Window *window, const char *title)
{
    GtkWidget *content;

    window->dialog = gtk_dialog_new_with_buttons(title, NULL, 0, _("_Cancel"), GTK_RESPONSE_CANCEL,
                                                 _("C_onnect"), GTK_RESPONSE_OK, NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(window->dialog), GTK_RESPONSE_OK);
    gtk_window_set_position(GTK_WINDOW(window->dialog), GTK_WIN_POS_CENTER);
    gtk_window_set_keep_above(GTK_WINDOW(window->dialog), TRUE);
    gtk_window_set_icon_name(GTK_WINDOW(window->dialog), "dialog-password");
    window->grid = gtk_grid_new();
    gtk_grid_set_row_spacing(GTK_GRID(window->grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(window->grid), 12);
    gtk_container_set_border_width(GTK_CONTAINER(window->grid), 12);
    content = gtk_dialog_get_content_area(GTK_DIALOG(window->dialog));
    gtk_box_pack_start(GTK_BOX(content), window->grid, TRUE, TRUE, 0);
}

static void
build(Window *window, GKeyFile *file, GHashTable *values)
{
    g_autofree char *title = g_key_file_get_string(file, UI_GROUP, "Title", NULL);
    g_autofree char *description = g_key_file_get_string(file, UI_GROUP, "Description", NULL);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    GtkWidget *show = gtk_check_button_new_with_mnemonic(_("_Show keys"));

    add_dialog(window, title);
    if (description)
        attach(window, text_new(description), 0, 2);
    for (char **group = groups; *group; group++)
        if (g_key_file_get_boolean(file, *group, "ShouldAsk", NULL))
            add_question(window, file, *group, g_hash_table_lookup(values, *group));
    g_hash_table_remove_all(values);
    window->trouble = text_new("");
    attach(window, window->trouble, 0, 2);
    g_signal_connect(show, "toggled", G_CALLBACK(on_show_toggled), window);
    attach(window, show, 0, 2);
    on_changed(NULL, window);
}

/* Not by dprintf(), whose buffer keeps a copy. */
static void
print(const char *text)
{
    for (gsize left = strlen(text); left > 0;) {
        ssize_t n = write(STDOUT_FILENO, text, left);

        if (n <= 0)
            return; /* the reader is gone */
        text += n;
        left -= (gsize) n;
    }
}

static void
print_answers(const Window *window)
{
    for (guint i = 0; i < window->entries->len; i++) {
        print(window->names->pdata[i]);
        print("\n");
        print(gtk_entry_get_text(window->entries->pdata[i]));
        print("\n");
    }
}

static int
ask(GKeyFile *file, GHashTable *values)
{
    Window window = {
        .names = g_ptr_array_new_with_free_func(g_free),
        .entries = g_ptr_array_new(),
    };
    gboolean answered;

    build(&window, file, values);
    gtk_widget_show_all(window.dialog);
    answered = gtk_dialog_run(GTK_DIALOG(window.dialog)) == GTK_RESPONSE_OK;
    if (answered)
        print_answers(&window);
    gtk_widget_destroy(window.dialog); /* GTK wipes the texts of the entries */
    g_ptr_array_unref(window.names);
    g_ptr_array_unref(window.entries);
    return answered ? EXIT_SUCCESS : WL_AUTH_WINDOW_CANCELED;
}

int
main(int argc, char **argv)
{
    g_autoptr(GKeyFile) file = NULL;
    g_autoptr(GHashTable) values = NULL;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, WL_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    wl_no_core();
    if (!gtk_init_check(&argc, &argv)) {
        g_printerr(WL_AUTH_WINDOW_PROGRAM ": no display to ask for the keys; use "
                                          "\"nmcli --ask connection up\" in a terminal\n");
        return 2;
    }
    file = load_questions(&values);
    if (!file) {
        g_printerr(WL_AUTH_WINDOW_PROGRAM ": no questions on standard input; this program "
                                          "expects the output of \"nm-wirelink-auth-dialog "
                                          "--external-ui-mode\"\n");
        return 2;
    }
    return ask(file, values);
}
