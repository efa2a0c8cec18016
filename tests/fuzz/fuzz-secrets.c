/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the replies of the auth-dialog. An input is what a secret agent sends, after libnm has
 * read it: lines `key=value`; a `!` before the key marks a secret. Both forms of the reply are
 * valid for agents, whatever names and values contain. */

#include <string.h>

#include "fuzz.h"
#include "wl-auth-form.h"

static void
read_lines(const uint8_t *data, size_t size, GHashTable *items, GHashTable *secrets)
{
    g_autofree char *text = size ? g_strndup((const char *) data, size) : g_strdup("");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        char *value = strchr(lines[i], '=');
        gboolean secret = lines[i][0] == '!';

        if (!value)
            continue;
        *value++ = '\0';
        g_hash_table_insert(
            secret ? secrets : items, g_strdup(lines[i] + (secret ? 1 : 0)),
            g_strcompress(value)); /* the escape \n: values may have several lines */
    }
}

static void
check_ui(WlAuthForm *form)
{
    GString *text = wl_auth_form_to_ui(form);
    g_autoptr(GKeyFile) keyfile = g_key_file_new();
    g_autoptr(GError) error = NULL;

    g_key_file_load_from_data(keyfile, text->str, text->len, G_KEY_FILE_NONE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_key_file_get_integer(keyfile, "VPN Plugin UI", "Version", NULL), ==, 2);
    wl_auth_text_free(text);
}

/* Alternating lines of name and value, then two empty lines. */
static void
check_lines(WlAuthForm *form)
{
    GString *text = wl_auth_form_to_lines(form);
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    guint n = g_strv_length(lines);

    g_assert_cmpuint(n % 2, ==, 1);
    g_assert_cmpuint(n, >=, 3);
    g_assert_true(g_str_has_suffix(text->str, "\n\n"));
    for (guint i = 0; i + 3 < n; i += 2)
        g_assert_cmpstr(lines[i], !=, "");
    wl_auth_text_free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const WlAuthRequest request = {.profile_name = "home", .interactive = TRUE};
    g_autoptr(GHashTable) items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(WlAuthForm) form = NULL;

    read_lines(data, size, items, secrets);
    form = wl_auth_form_new(items, secrets, &request);
    check_ui(form);
    check_lines(form);
    return 0;
}
