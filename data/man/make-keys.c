/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Build-time tool: prints a manual page from its template, replacing the lines @PROFILE@, @PEER@ and @FILE@
 * with the key table. Usage: make-keys TEMPLATE */

#include <stdio.h>
#include <string.h>

#include "wl-profile-keys.h"

static const char *const types[] = {
    [WL_KEY_TYPE_KEY] = "32 bytes in base64",
    [WL_KEY_TYPE_ADDRESSES] = "addresses with prefix length",
    [WL_KEY_TYPE_PREFIXES] = "prefixes",
    [WL_KEY_TYPE_ENDPOINTS] = "host:port",
    [WL_KEY_TYPE_PATTERNS] = "shell patterns",
    [WL_KEY_TYPE_UINT] = "number",
    [WL_KEY_TYPE_BOOL] = "yes or no",
    [WL_KEY_TYPE_WORD] = "word",
    [WL_KEY_TYPE_NAME] = "text",
    [WL_KEY_TYPE_INTERFACE] = "interface name",
    [WL_KEY_TYPE_FLAGS] = "number from 0 to 7",
    [WL_KEY_TYPE_VERSION] = "number",
    [WL_KEY_TYPE_DNS] = "addresses and domains",
    [WL_KEY_TYPE_TABLE] = "auto, off or a number",
};

/* Prints escaped text, one sentence per line. */
static void
print_text(const char *text)
{
    fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '"')
            fputs("\\(dq", stdout);
        else if (text[0] == '.' && text[1] == ' ') {
            fputs(".\n\\&", stdout);
            text++;
        } else {
            putchar(*text);
        }
    }
}

static void
print_list_type(const WlProfileKey *key)
{
    gboolean list = key->type == WL_KEY_TYPE_ADDRESSES || key->type == WL_KEY_TYPE_PREFIXES ||
                    key->type == WL_KEY_TYPE_ENDPOINTS || key->type == WL_KEY_TYPE_PATTERNS ||
                    key->type == WL_KEY_TYPE_DNS;

    printf("Type: ");
    print_text(types[key->type]);
    if (key->type == WL_KEY_TYPE_UINT)
        printf(" from %u to %u", key->min, key->max);
    if (key->type == WL_KEY_TYPE_UINT && key->zero)
        printf(", or 0 (%s)", key->zero);
    if (list)
        printf(", at most %u", key->max);
    puts(".");
}

static void
print_key(const WlProfileKey *key, gboolean by_file_name)
{
    printf(".It Cm %s", by_file_name ? key->file_name : key->name);
    if (!by_file_name && key->file_name)
        printf(" Pq in files: Cm %s No in Bq %s", key->file_name,
               wl_profile_section_to_string(key->section));
    putchar('\n');
    print_text(key->help);
    puts(".");
    print_list_type(key);
    if (key->default_text) {
        fputs("Default: ", stdout);
        print_text(key->default_text);
        puts(".");
    }
    if (key->required)
        puts("Required.");
    if (key->needs_reactivation)
        puts("Changes take effect at the next activation.");
    if (key->secret)
        puts("Secret, stored in\n.Cm vpn.secrets .");
}

static void
print_table(WlKeyScope scope)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    puts(".Bl -tag -width Ds");
    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].scope == scope)
            print_key(&keys[i], scope == WL_KEY_OF_FILE);
    }
    puts(".El");
}

int
main(int argc, char **argv)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;

    if (argc != 2 || !g_file_get_contents(argv[1], &text, NULL, &error)) {
        fprintf(stderr, "make-keys: %s\n", error ? error->message : "no template; usage: make-keys TEMPLATE");
        return 1;
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_equal(*line, "@PROFILE@"))
            print_table(WL_KEY_OF_PROFILE);
        else if (g_str_equal(*line, "@PEER@"))
            print_table(WL_KEY_OF_PEER);
        else if (g_str_equal(*line, "@FILE@"))
            print_table(WL_KEY_OF_FILE);
        else if (line[1])
            puts(*line);
    }
    return 0;
}
