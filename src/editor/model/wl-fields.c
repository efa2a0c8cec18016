/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-fields.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-profile-item.h"
#include "wl-profile-value.h"

#define LIST_SEPARATORS " \t\r\n,;"

void
wl_editor_fields_init(WlEditorFields *fields, WlKeyScope scope)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    fields->scope = scope;
    fields->fields = g_new0(WlEditorField, n_keys);
    fields->parsed =
        scope == WL_KEY_OF_PEER ? (gpointer) wl_profile_peer_new() : (gpointer) wl_profile_new();
    for (gsize i = 0; i < n_keys; i++) {
        if (wl_profile_keys(NULL)[i].scope == scope && wl_profile_keys(NULL)[i].name)
            wl_editor_fields_set(fields, (guint) i, "");
    }
    wl_editor_fields_settle(fields);
}

void
wl_editor_fields_clear(WlEditorFields *fields)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    for (gsize i = 0; i < n_keys; i++) {
        wl_profile_wipe_free(fields->fields[i].text);
        wl_profile_wipe_free(fields->fields[i].original);
        g_free(fields->fields[i].problem);
        g_free(fields->fields[i].conflict);
    }
    g_free(fields->fields);
    if (fields->scope == WL_KEY_OF_PEER)
        wl_profile_peer_free(fields->parsed);
    else
        wl_profile_free(fields->parsed);
}

guint
wl_editor_fields_row(const WlEditorFields *fields, const char *key)
{
    const WlProfileKey *row = wl_profile_keys_find(fields->scope, key);

    g_assert(row);
    return (guint) (row - wl_profile_keys(NULL));
}

WlEditorField *
wl_editor_fields_get(const WlEditorFields *fields, const char *key)
{
    return &fields->fields[wl_editor_fields_row(fields, key)];
}

/* Sets the value of @key to its default. */
static void
reset(const WlProfileKey *key, gpointer structure)
{
    char **string;

    switch (key->type) {
    case WL_KEY_TYPE_KEY:
    case WL_KEY_TYPE_NAME:
    case WL_KEY_TYPE_INTERFACE:
        string = wl_profile_value_field(key, structure, char *);
        if (key->secret)
            wl_profile_wipe_free(*string);
        else
            g_free(*string);
        *string = NULL;
        return;
    case WL_KEY_TYPE_ADDRESSES:
    case WL_KEY_TYPE_PREFIXES:
    case WL_KEY_TYPE_ENDPOINTS:
    case WL_KEY_TYPE_PATTERNS:
    case WL_KEY_TYPE_DNS:
        g_ptr_array_set_size(*wl_profile_value_field(key, structure, GPtrArray *), 0);
        return;
    case WL_KEY_TYPE_UINT:
    case WL_KEY_TYPE_BOOL:
    case WL_KEY_TYPE_WORD:
    case WL_KEY_TYPE_FLAGS:
    case WL_KEY_TYPE_TABLE: {
        g_autoptr(WlProfile) profile = wl_profile_new();
        g_autoptr(WlProfilePeer) peer = wl_profile_peer_new();
        gpointer fresh = key->scope == WL_KEY_OF_PEER ? (gpointer) peer : (gpointer) profile;

        *wl_profile_value_field(key, structure, guint) = *wl_profile_value_field(key, fresh, guint);
        return;
    }
    case WL_KEY_TYPE_VERSION:
        return;
    }
}

/* Whether @text looks like an entire file pasted into one field. */
static gboolean
is_whole_file(const char *text)
{
    static const char *const signs[] = {"[Interface]", "[Peer]", "[Wirelink]", "PrivateKey",
                                        "\"Peers\""};

    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (strcasestr(text, signs[i]))
            return TRUE;
    }
    return FALSE;
}

static char *
missing(const WlProfileKey *key)
{
    if (!key->required)
        return NULL;
    if (!strcmp(key->name, "address"))
        return g_strdup(
            _("Enter the address of this machine in the network, such as 10.77.0.2/24"));
    if (!strcmp(key->name, "public-key"))
        return g_strdup(_("Enter the peer's public key; it identifies the peer"));
    /* Whether a private key is required depends on where it is stored. */
    return NULL;
}

/* Finds mistakes that the parsers accept, but that a user who types them should see. */
static char *
find_slip(const WlProfileKey *key, const char *text)
{
    g_auto(GStrv) items = NULL;

    if (key->type != WL_KEY_TYPE_ADDRESSES && key->type != WL_KEY_TYPE_PREFIXES)
        return NULL;
    items = g_strsplit_set(text, LIST_SEPARATORS, -1);
    for (guint i = 0; items[i]; i++) {
        g_autofree char *quoted = wl_profile_value_quote(items[i]);
        g_autofree char *canonical = NULL;
        g_autofree char *host = NULL;
        const char *slash = strchr(items[i], '/');

        if (!items[i][0])
            continue;
        canonical = wl_profile_item_parse(key, items[i], NULL);
        if (!canonical)
            continue;
        if (key->type == WL_KEY_TYPE_ADDRESSES && !slash)
            return g_strdup_printf(
                _("%s has no prefix length; write an address like 10.77.0.2/24 or "
                  "fd77::2/64"),
                quoted);
        if (key->type != WL_KEY_TYPE_PREFIXES || !slash)
            continue;
        *strchr(items[i], '/') = '\0';
        host = wl_profile_item_parse(key, items[i], NULL);
        if (strncmp(host, canonical, strcspn(host, "/") + 1) != 0)
            return g_strdup_printf(
                _("%s has bits set beyond its prefix; write %s for the network or "
                  "%s for the single address"),
                quoted, canonical, host);
    }
    return NULL;
}

static char *
find_problem(const WlProfileKey *key, const char *text, gpointer structure)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    g_autoptr(GError) error = NULL;
    gsize length = strlen(text);
    char *problem = NULL;

    reset(key, structure);
    if (!*stripped) {
        problem = missing(key);
    } else if (key->type != WL_KEY_TYPE_NAME && is_whole_file(stripped)) {
        problem = g_strdup(_("This is an entire file; import it instead, or drop it on the list "
                             "of peers"));
    } else if (!wl_profile_value_parse(key, stripped, FALSE, structure, &error)) {
        problem = g_strdup(error->message);
    } else {
        problem = find_slip(key, stripped);
        if (problem)
            reset(key, structure);
    }
    if (key->secret)
        explicit_bzero(stripped, length); /* the old length: stripping moved the text */
    return problem;
}

gboolean
wl_editor_fields_set(WlEditorFields *fields, guint row, const char *text)
{
    const WlProfileKey *key = &wl_profile_keys(NULL)[row];
    WlEditorField *field = &fields->fields[row];
    char *valid;

    if (field->text && !strcmp(field->text, text))
        return FALSE;
    valid = g_utf8_make_valid(text, -1);
    wl_profile_wipe_free(field->text);
    field->text = valid;
    g_free(field->problem);
    field->problem = find_problem(key, field->text, fields->parsed);
    return TRUE;
}

void
wl_editor_fields_settle(WlEditorFields *fields)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    for (gsize i = 0; i < n_keys; i++) {
        wl_profile_wipe_free(fields->fields[i].original);
        fields->fields[i].original = g_strdup(fields->fields[i].text);
    }
}

gboolean
wl_editor_fields_are_changed(const WlEditorFields *fields)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    for (gsize i = 0; i < n_keys; i++) {
        if (g_strcmp0(fields->fields[i].text, fields->fields[i].original))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_editor_fields_is_changed(const WlEditorFields *fields, const char *key)
{
    const WlEditorField *field = wl_editor_fields_get(fields, key);

    return strcmp(field->text, field->original) != 0;
}

const char *
wl_editor_fields_first_problem(const WlEditorFields *fields)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    for (gsize i = 0; i < n_keys; i++) {
        if (fields->fields[i].problem || fields->fields[i].conflict)
            return wl_profile_keys(NULL)[i].name;
    }
    return NULL;
}

char *
wl_editor_fields_dup_value(const WlEditorFields *fields, guint row)
{
    const WlProfileKey *key = &wl_profile_keys(NULL)[row];
    const WlEditorField *field = &fields->fields[row];

    if (!field->text || !*field->text)
        return NULL;
    if (field->original && !strcmp(field->text, field->original))
        return g_strdup(field->text);
    return wl_profile_value_format(key, fields->parsed, " ");
}
