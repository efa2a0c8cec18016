/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-value.h"

#include <net/if.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-profile-error.h"
#include "wl-profile-file.h"
#include "wl-profile-item.h"
#include "wl-text-sanitize.h"

/* The index of a word is the value of its enum, so an enum field is accessed as an int. */
G_STATIC_ASSERT(sizeof(WlProfileRole) == sizeof(int));
G_STATIC_ASSERT(sizeof(WlProfileTrust) == sizeof(int));
G_STATIC_ASSERT(sizeof(WlSecretFlags) == sizeof(int));

#define LIST_SEPARATORS " \t\r\n,;"

static gboolean
parse_list(const WlProfileKey *key, const char *text, gboolean append, GPtrArray *list,
           GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    guint before = append ? list->len : 0;

    for (const char *p = text;;) {
        g_autofree char *word = NULL;
        g_autofree char *item = NULL;
        gsize length;

        p += strspn(p, LIST_SEPARATORS);
        if (!*p)
            break;
        length = strcspn(p, LIST_SEPARATORS);
        word = g_strndup(p, length);
        p += length;
        item = wl_profile_item_parse(key, word, error);
        if (!item)
            return FALSE;
        /* wl_profile_check() refuses duplicate addresses. */
        if (key->type != WL_KEY_TYPE_ADDRESSES &&
            (g_ptr_array_find_with_equal_func(items, item, g_str_equal, NULL) ||
             (append && g_ptr_array_find_with_equal_func(list, item, g_str_equal, NULL))))
            continue;
        if (before + items->len == key->max) {
            return wl_profile_fail_value(error, "too many entries; at most %u are allowed",
                                         key->max);
        }
        g_ptr_array_add(items, g_steal_pointer(&item));
    }
    if (!append)
        g_ptr_array_set_size(list, 0);
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(list, g_strdup(items->pdata[i]));
    return TRUE;
}

static gboolean
parse_uint(const WlProfileKey *key, const char *text, guint *field, GError **error)
{
    g_autofree char *quoted = NULL;
    guint64 number;

    if (key->words) {
        for (guint i = 0; key->words[i]; i++) {
            if (!g_ascii_strcasecmp(key->words[i], text)) {
                *field = i;
                return TRUE;
            }
        }
    }
    if (wl_profile_value_parse_number(text, key->max, &number) &&
        (number >= key->min || (!number && key->zero))) {
        *field = (guint) number;
        return TRUE;
    }
    quoted = wl_profile_value_quote(text);
    if (key->zero)
        return wl_profile_fail_value(error,
                                     "%s is not valid; use a number from %u to %u, or 0 (%s)",
                                     quoted, key->min, key->max, _(key->zero));
    return wl_profile_fail_value(error, "%s is not valid; use a number from %u to %u", quoted,
                                 key->min, key->max);
}

static gboolean
parse_bool(const char *text, gboolean *field, GError **error)
{
    static const char *const yes[] = {"yes", "true", "1"};
    static const char *const no[] = {"no", "false", "0"};
    g_autofree char *quoted = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
        if (!g_ascii_strcasecmp(text, yes[i]) || !g_ascii_strcasecmp(text, no[i])) {
            *field = !g_ascii_strcasecmp(text, yes[i]);
            return TRUE;
        }
    }
    quoted = wl_profile_value_quote(text);
    return wl_profile_fail_value(error, "%s is not valid; use yes or no", quoted);
}

static gboolean
parse_word(const WlProfileKey *key, const char *text, int *field, GError **error)
{
    g_autofree char *quoted = NULL;
    g_autoptr(GString) list = g_string_new(NULL);

    for (int i = 0; key->words[i]; i++) {
        if (!g_ascii_strcasecmp(key->words[i], text)) {
            *field = i;
            return TRUE;
        }
        if (!key->words[i][0])
            continue;
        if (list->len)
            g_string_append(list, key->words[i + 1] ? ", " : " or ");
        g_string_append(list, key->words[i]);
    }
    quoted = wl_profile_value_quote(text);
    return wl_profile_fail_value(error, "%s is not valid; use %s", quoted, list->str);
}

static gboolean
check_name(const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        return wl_profile_fail_value(error, "the name is not UTF-8");
    }
    if (strlen(text) > WL_PROFILE_MAX_NAME) {
        return wl_profile_fail_value(error, "the name is longer than %u bytes",
                                     WL_PROFILE_MAX_NAME);
    }
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        if (!wl_text_is_safe(g_utf8_get_char(p)))
            return wl_profile_fail_value(
                error, "the name contains a control character, a direction "
                       "mark or another character that cannot be shown; remove it");
    }
    return TRUE;
}

/* What the kernel takes, and NetworkManager. */
static gboolean
is_interface_name(const char *text)
{
    gsize length = strlen(text);

    if (length == 0 || length >= IFNAMSIZ || g_str_equal(text, ".") || g_str_equal(text, ".."))
        return FALSE;
    for (const char *p = text; *p; p++)
        if (*p == '/' || *p == ':' || g_ascii_isspace(*p))
            return FALSE;
    return TRUE;
}

static gboolean
check_interface(const char *text, GError **error)
{
    g_autofree char *quoted = NULL;

    if (is_interface_name(text) && !strpbrk(text, "%#"))
        return TRUE;
    quoted = wl_profile_value_quote(text);
    return wl_profile_fail_value(
        error,
        "%s is not a valid interface name; use 1 to 15 characters without / : %% # and spaces",
        quoted);
}

static gboolean
parse_table(const char *text, guint32 *field, GError **error)
{
    g_autofree char *quoted = NULL;
    guint64 number;

    if (!g_ascii_strcasecmp(text, "auto")) {
        *field = WL_PROFILE_TABLE_AUTO;
        return TRUE;
    }
    if (!g_ascii_strcasecmp(text, "off")) {
        *field = WL_PROFILE_TABLE_OFF;
        return TRUE;
    }
    if (wl_profile_value_parse_number(text, WL_PROFILE_TABLE_OFF - 1, &number) && number > 0) {
        *field = (guint32) number;
        return TRUE;
    }
    quoted = wl_profile_value_quote(text);
    return wl_profile_fail_value(
        error, "%s is not valid; use auto, off or the number of a routing table", quoted);
}

gboolean
wl_profile_value_parse(const WlProfileKey *key, const char *text, gboolean append,
                       gpointer structure, GError **error)
{
    char **string;

    if (strlen(text) > WL_PROFILE_MAX_VALUE) {
        return wl_profile_fail_value(error, "the value is longer than %u bytes",
                                     WL_PROFILE_MAX_VALUE);
    }
    switch (key->type) {
    case WL_KEY_TYPE_KEY:
        if (!wl_profile_value_is_key(text)) {
            g_autofree char *quoted =
                key->secret ? g_strdup(_("the value")) : wl_profile_value_quote(text);

            return wl_profile_fail_value(
                error, "%s is not a WireGuard key; a key is 44 base64 characters ending in \"=\"",
                quoted);
        }
        if (strspn(text, "A") == WL_PROFILE_KEY_LENGTH - 1) {
            return wl_profile_fail_value(error,
                                         "a key of all zeros is not valid; generate another one");
        }
        break;
    case WL_KEY_TYPE_NAME:
        if (!check_name(text, error))
            return FALSE;
        break;
    case WL_KEY_TYPE_INTERFACE:
        if (!check_interface(text, error))
            return FALSE;
        break;
    case WL_KEY_TYPE_ADDRESSES:
    case WL_KEY_TYPE_PREFIXES:
    case WL_KEY_TYPE_ENDPOINTS:
    case WL_KEY_TYPE_PATTERNS:
    case WL_KEY_TYPE_DNS:
        return parse_list(key, text, append, *wl_profile_value_field(key, structure, GPtrArray *),
                          error);
    case WL_KEY_TYPE_UINT:
    case WL_KEY_TYPE_FLAGS:
        return parse_uint(key, text, wl_profile_value_field(key, structure, guint), error);
    case WL_KEY_TYPE_BOOL:
        return parse_bool(text, wl_profile_value_field(key, structure, gboolean), error);
    case WL_KEY_TYPE_WORD:
        return parse_word(key, text, wl_profile_value_field(key, structure, int), error);
    case WL_KEY_TYPE_TABLE:
        return parse_table(text, wl_profile_value_field(key, structure, guint32), error);
    case WL_KEY_TYPE_VERSION:
        if (!strcmp(text, "1"))
            return TRUE;
        return wl_profile_fail_value(
            error, "this version supports only 1; update NetworkManager-wirelink");
    }
    /* The types with a single string. */
    string = wl_profile_value_field(key, structure, char *);
    if (key->secret)
        wl_profile_wipe_free(*string);
    else
        g_free(*string);
    *string = *text ? g_strdup(text) : NULL;
    return TRUE;
}

char *
wl_profile_value_format(const WlProfileKey *key, gconstpointer structure, const char *separator)
{
    switch (key->type) {
    case WL_KEY_TYPE_KEY:
    case WL_KEY_TYPE_NAME:
    case WL_KEY_TYPE_INTERFACE:
        return g_strdup(*wl_profile_value_field(key, structure, char *));
    case WL_KEY_TYPE_ADDRESSES:
    case WL_KEY_TYPE_PREFIXES:
    case WL_KEY_TYPE_ENDPOINTS:
    case WL_KEY_TYPE_PATTERNS:
    case WL_KEY_TYPE_DNS: {
        GPtrArray *list = *wl_profile_value_field(key, structure, GPtrArray *);
        GString *joined;

        if (!list->len)
            return NULL;
        joined = g_string_new(list->pdata[0]);
        for (guint i = 1; i < list->len; i++)
            g_string_append_printf(joined, "%s%s", separator, (const char *) list->pdata[i]);
        return g_string_free(joined, FALSE);
    }
    case WL_KEY_TYPE_UINT: {
        guint value = *wl_profile_value_field(key, structure, guint);

        return value ? g_strdup_printf("%u", value) : NULL;
    }
    case WL_KEY_TYPE_FLAGS:
        return g_strdup_printf("%u", *wl_profile_value_field(key, structure, guint));
    case WL_KEY_TYPE_BOOL:
        return *wl_profile_value_field(key, structure, gboolean) ? g_strdup("yes") : NULL;
    case WL_KEY_TYPE_WORD: {
        int value = *wl_profile_value_field(key, structure, int);

        return value ? g_strdup(key->words[value]) : NULL;
    }
    case WL_KEY_TYPE_TABLE: {
        guint32 table = *wl_profile_value_field(key, structure, guint32);

        if (table == WL_PROFILE_TABLE_AUTO)
            return NULL;
        return table == WL_PROFILE_TABLE_OFF ? g_strdup("off") : g_strdup_printf("%u", table);
    }
    case WL_KEY_TYPE_VERSION:
        return g_strdup("1");
    }
    g_assert_not_reached();
}

gboolean
wl_profile_value_equal(const WlProfileKey *key, gconstpointer a, gconstpointer b)
{
    char *text_a = wl_profile_value_format(key, a, " ");
    char *text_b = wl_profile_value_format(key, b, " ");
    gboolean equal = g_strcmp0(text_a, text_b) == 0;

    wl_profile_wipe_free(text_a);
    wl_profile_wipe_free(text_b);
    return equal;
}
