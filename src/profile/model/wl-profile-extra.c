/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-extra.h"

#include <string.h>

#include "wl-profile-keys.h"
#include "wl-profile-text.h"

gboolean
wl_profile_extra_key_is_valid(const char *key)
{
    gsize length = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    return length > 0 && length <= 40 && !key[length] && !wl_profile_keys_is_command(key) &&
           !wl_profile_keys_find_in_any_section(key);
}

gboolean
wl_profile_extra_value_is_valid(const char *value)
{
    g_auto(GStrv) lines = NULL;

    if (strlen(value) > WL_PROFILE_MAX_VALUE || !g_utf8_validate(value, -1, NULL))
        return FALSE;
    lines = g_strsplit(value, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        gsize length = strlen(lines[i]);

        if (!length || g_ascii_isspace(lines[i][0]) || g_ascii_isspace(lines[i][length - 1]) ||
            strchr(lines[i], '#') || wl_profile_value_is_key(lines[i]))
            return FALSE;
        for (const char *p = lines[i]; *p; p++) {
            if (g_ascii_iscntrl(*p) && *p != '\t')
                return FALSE;
        }
    }
    return lines[0] != NULL;
}

static int
compare_extra(const WlProfileExtra *a, WlProfileSection section, const char *key)
{
    if (a->section != section)
        return a->section < section ? -1 : 1;
    return strcmp(a->key, key);
}

gboolean
wl_profile_extra_add(GPtrArray *extra, WlProfileSection section, const char *key, const char *value)
{
    WlProfileExtra *item;
    guint i;

    for (i = 0; i < extra->len; i++) {
        item = extra->pdata[i];
        int order = compare_extra(item, section, key);

        if (order == 0) {
            g_autofree char *before = NULL;

            if (strlen(item->value) + strlen(value) >= WL_PROFILE_MAX_VALUE)
                return FALSE;
            before = g_steal_pointer(&item->value);
            item->value = g_strconcat(before, "\n", value, NULL);
            return TRUE;
        }
        if (order > 0)
            break;
    }
    if (extra->len >= WL_PROFILE_MAX_EXTRA)
        return FALSE;
    item = g_new0(WlProfileExtra, 1);
    item->section = section;
    item->key = g_strdup(key);
    item->value = g_strdup(value);
    g_ptr_array_insert(extra, (int) i, item);
    return TRUE;
}
