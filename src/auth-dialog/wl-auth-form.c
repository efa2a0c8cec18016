/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-auth-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wl-profile-value.h"

/* More than the text of one secret needs: a growing string would leave copies of secrets. */
#define ROOM_BASE   1024
#define ROOM_SECRET 2048

typedef struct {
    char *name;
    char *label;
    char *value; /* or NULL */
    gboolean ask;
} Field;

struct _WlAuthForm {
    char *profile_name;
    GPtrArray *fields; /* of Field */
};

static void
field_free(gpointer data)
{
    Field *field = data;

    g_free(field->name);
    g_free(field->label);
    wl_profile_wipe_free(field->value);
    g_free(field);
}

static gboolean
is_of_user(const WlProfileSecret *secret)
{
    return (secret->flags &
            (NM_SETTING_SECRET_FLAG_AGENT_OWNED | NM_SETTING_SECRET_FLAG_NOT_SAVED)) != 0;
}

static gboolean
is_wanted(const WlProfileSecret *secret, const WlAuthRequest *request)
{
    if (wl_profile_secret_is_missing(secret))
        return TRUE;
    return !secret->value && request->hints && g_strv_contains(request->hints, secret->name);
}

static NMSettingVpn *
make_setting(GHashTable *data, GHashTable *secrets)
{
    NMSettingVpn *setting = NM_SETTING_VPN(nm_setting_vpn_new());
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, data);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (*(const char *) key)
            nm_setting_vpn_add_data_item(setting, key, value);
    g_hash_table_iter_init(&iter, secrets);
    while (g_hash_table_iter_next(&iter, &key, &value))
        /* A value of several lines would be read as further secrets in the plain mode. */
        if (*(const char *) key && !strpbrk(value, "\r\n"))
            nm_setting_vpn_add_secret(setting, key, value);
    return setting;
}

WlAuthForm *
wl_auth_form_new(GHashTable *data, GHashTable *secrets, const WlAuthRequest *request)
{
    WlAuthForm *self = g_new0(WlAuthForm, 1);
    g_autoptr(NMSettingVpn) setting = make_setting(data, secrets);
    g_autoptr(GPtrArray) list = wl_profile_list_secrets(setting);

    self->profile_name = g_strdup(request->profile_name);
    self->fields = g_ptr_array_new_with_free_func(field_free);
    for (guint i = 0; i < list->len; i++) {
        const WlProfileSecret *secret = list->pdata[i];
        Field *field = g_new0(Field, 1);

        field->name = g_strdup(secret->name);
        field->label = wl_profile_secret_label(secret);
        field->value = g_strdup(secret->value);
        field->ask = request->interactive && is_wanted(secret, request);
        g_ptr_array_add(self->fields, field);
    }
    /* Only the user knows which of them was wrong. */
    if (request->interactive && request->reprompt && !wl_auth_form_asks(self))
        for (guint i = 0; i < list->len; i++)
            ((Field *) self->fields->pdata[i])->ask = is_of_user(list->pdata[i]);
    return self;
}

void
wl_auth_form_free(WlAuthForm *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->fields);
    g_free(self->profile_name);
    g_free(self);
}

gboolean
wl_auth_form_asks(const WlAuthForm *self)
{
    for (guint i = 0; i < self->fields->len; i++)
        if (((const Field *) self->fields->pdata[i])->ask)
            return TRUE;
    return FALSE;
}

gboolean
wl_auth_form_answer(WlAuthForm *self, const char *name, const char *value)
{
    for (guint i = 0; i < self->fields->len; i++) {
        Field *field = self->fields->pdata[i];

        if (!field->ask || !g_str_equal(field->name, name) || strpbrk(value, "\r\n"))
            continue;
        wl_profile_wipe_free(field->value);
        field->value = g_strdup(value);
        return TRUE;
    }
    return FALSE;
}

/* Appends a keyfile entry, escaping the value. */
static void
append_entry(GString *text, const char *key, const char *value)
{
    g_string_append_printf(text, "%s=", key);
    for (const char *p = value; *p; p++) {
        if (*p == '\\')
            g_string_append(text, "\\\\");
        else if (*p == ' ' && p == value)
            g_string_append(text, "\\s");
        else if (*p == '\t')
            g_string_append(text, "\\t");
        else if (*p == '\n')
            g_string_append(text, "\\n");
        else if (*p == '\r')
            g_string_append(text, "\\r");
        else
            g_string_append_c(text, *p);
    }
    g_string_append_c(text, '\n');
}

static GString *
text_new(const WlAuthForm *self)
{
    return g_string_sized_new(ROOM_BASE + ROOM_SECRET * self->fields->len);
}

GString *
wl_auth_form_to_ui(const WlAuthForm *self)
{
    GString *text = text_new(self);
    g_autofree char *title = g_strdup_printf(_("VPN %s"), self->profile_name);
    g_autofree char *description =
        g_strdup_printf(_("Enter the keys for “%s”."), self->profile_name);

    g_string_append(text, "[VPN Plugin UI]\nVersion=2\n");
    append_entry(text, "Title", title);
    append_entry(text, "Description", description);
    for (guint i = 0; i < self->fields->len; i++) {
        const Field *field = self->fields->pdata[i];

        if (!field->ask && !field->value)
            continue;
        g_string_append_printf(text, "\n[%s]\n", field->name);
        append_entry(text, "Value", field->value ? field->value : "");
        append_entry(text, "Label", field->label);
        append_entry(text, "IsSecret", "true");
        append_entry(text, "ShouldAsk", field->ask ? "true" : "false");
    }
    return text;
}

GString *
wl_auth_form_to_lines(const WlAuthForm *self)
{
    GString *text = text_new(self);

    for (guint i = 0; i < self->fields->len; i++) {
        const Field *field = self->fields->pdata[i];

        if (field->value)
            g_string_append_printf(text, "%s\n%s\n", field->name, field->value);
    }
    g_string_append(text, "\n\n");
    return text;
}

void
wl_auth_text_free(GString *text)
{
    if (!text)
        return;
    explicit_bzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
}
