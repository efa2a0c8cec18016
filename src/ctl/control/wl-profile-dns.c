/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS servers of stored profiles: ipv4.dns and ipv6.dns of NetworkManager, DNS in a file.
 * Stateless.
 */
#include "wl-profile-dns.h"

#include <arpa/inet.h>
#include <string.h>

#include "wl-display.h"
#include "wl-wgquick.h"

#define MAX_LIST 200 /* columns */

static void
add(GString *list, const char *server)
{
    g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", server);
}

/* Numbers in network byte order, as versions before dns-data have them. */
static void
add_numbers(GString *list, GVariant *servers)
{
    for (gsize i = 0; i < g_variant_n_children(servers); i++) {
        g_autoptr(GVariant) item = g_variant_get_child_value(servers, i);
        gboolean v4 = g_variant_is_of_type(item, G_VARIANT_TYPE_UINT32);
        char text[INET6_ADDRSTRLEN];

        if (g_variant_get_size(item) == (v4 ? 4 : 16) &&
            inet_ntop(v4 ? AF_INET : AF_INET6, g_variant_get_data(item), text, sizeof(text)))
            add(list, text);
    }
}

static void
add_servers(GString *list, GVariant *setting)
{
    g_autoptr(GVariant) texts = g_variant_lookup_value(setting, "dns-data", G_VARIANT_TYPE("as"));
    g_autoptr(GVariant) numbers = g_variant_lookup_value(setting, "dns", G_VARIANT_TYPE_ARRAY);

    if (!texts && numbers)
        add_numbers(list, numbers);
    for (gsize i = 0; texts && i < g_variant_n_children(texts); i++) {
        const char *text;

        g_variant_get_child(texts, i, "&s", &text);
        add(list, text);
    }
}

/* The search domain "~" stands for all names. */
static gboolean
is_for_all(GVariant *setting)
{
    g_autoptr(GVariant) domains =
        g_variant_lookup_value(setting, "dns-search", G_VARIANT_TYPE("as"));

    for (gsize i = 0; domains && i < g_variant_n_children(domains); i++) {
        const char *domain;

        g_variant_get_child(domains, i, "&s", &domain);
        if (strcmp(domain, "~") == 0 || strcmp(domain, "~.") == 0)
            return TRUE;
    }
    return FALSE;
}

static void
list_stored(const WlStoredProfile *stored, GString *list, gboolean *only)
{
    static const char *const families[] = {"ipv4", "ipv6"};

    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autoptr(GVariant) setting =
            g_variant_lookup_value(stored->settings, families[i], G_VARIANT_TYPE_VARDICT);

        if (!setting)
            continue;
        add_servers(list, setting);
        *only = *only || is_for_all(setting);
    }
}

/* wirelinkd asks the servers of a full tunnel for all names. */
static void
list_file(const WlProfileEdit *edit, GString *list, gboolean *only)
{
    g_autoptr(WlProfileFile) file =
        wl_wgquick_parse(edit->text, strlen(edit->text), edit->id, NULL);

    *only = TRUE;
    for (guint i = 0; file && i < file->dns->len; i++) {
        const char *word = file->dns->pdata[i];
        guint8 bytes[16];

        if (inet_pton(strchr(word, ':') ? AF_INET6 : AF_INET, word, bytes) == 1)
            add(list, word);
    }
}

char *
wl_profile_dns_list(const WlProfileEdit *edit, gboolean *only)
{
    g_autoptr(GString) list = g_string_new(NULL);

    *only = FALSE;
    if (edit->stored)
        list_stored(edit->stored, list, only);
    else
        list_file(edit, list, only);
    return wl_display_quote(list->str, MAX_LIST);
}
