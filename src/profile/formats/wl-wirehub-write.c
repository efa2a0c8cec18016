/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-wirehub-write.h"

#include <arpa/inet.h>
#include <string.h>

#include "wl-profile-value.h"

/* An IPv4 "address/length"; FALSE for IPv6. */
static gboolean
split(const char *prefix, guint8 bytes[4], guint *length)
{
    g_autofree char *address = g_strndup(prefix, strcspn(prefix, "/"));
    const char *slash = strchr(prefix, '/');

    *length = slash ? (guint) g_ascii_strtoull(slash + 1, NULL, 10) : 32;
    return inet_pton(AF_INET, address, bytes) == 1;
}

static guint32
to_number(const guint8 bytes[4])
{
    return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static guint32
masked(const guint8 bytes[4], guint length)
{
    return length ? to_number(bytes) & 0xffffffffU << (32 - length) : 0;
}

/* The network of the first IPv4 address of this member. */
static gboolean
find_network(const WlProfile *profile, guint8 own[4], guint *length)
{
    for (guint i = 0; i < profile->addresses->len; i++) {
        if (split(profile->addresses->pdata[i], own, length) && *length <= 30)
            return TRUE;
    }
    return FALSE;
}

static void
append_key(GString *text, const char *key)
{
    g_autofree char *copy = g_strndup(key, strlen(key) - 1);

    g_strdelimit(copy, "+", '-');
    g_strdelimit(copy, "/", '_');
    g_string_append(text, copy);
}

/* Whether WireHub accepts @name: one word that is not a key and not an address. */
static gboolean
is_name(const char *name)
{
    g_autofree char *as_key = g_strconcat(name, "=", NULL);
    guint8 bytes[16];

    g_strdelimit(as_key, "-", '+');
    g_strdelimit(as_key, "_", '/');
    return *name && !strpbrk(name, " \t\r\n\v\f#") && !wl_profile_value_is_key(as_key) &&
           inet_pton(AF_INET, name, bytes) != 1 && inet_pton(AF_INET6, name, bytes) != 1;
}

static void
append_name(GString *text, const char *name, GHashTable *names, const WlProfilePeer *peer,
            WlLosses *losses)
{
    if (!name)
        return;
    if (is_name(name) && g_hash_table_add(names, (gpointer) name))
        g_string_append_printf(text, " %s", name);
    else
        wl_losses_add(losses, "Name", peer);
}

static void
append_peer(GString *text, const WlProfilePeer *peer, const guint8 own[4], guint network_length,
            GHashTable *names, WlLosses *losses)
{
    gboolean router = FALSE;
    const char *host = NULL;
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const char *prefix = peer->allowed_ips->pdata[i];
        guint8 bytes[4];
        guint length;
        gboolean v4 = split(prefix, bytes, &length);

        if (v4 && length == network_length &&
            masked(bytes, network_length) == masked(own, network_length))
            router = TRUE;
        else if (v4 && length == 32 && !host &&
                 masked(bytes, network_length) == masked(own, network_length))
            host = prefix;
        else
            wl_losses_add(losses, "AllowedIPs, some,", peer);
    }
    append_name(line, peer->name, names, peer, losses);
    if (host)
        g_string_append_printf(line, " %.*s", (int) strcspn(host, "/"), host);
    else
        wl_losses_add(losses, "the address (WireHub assigns a free one)", peer);
    g_string_append_c(line, ' ');
    append_key(line, peer->public_key);
    if (peer->endpoints->len)
        g_string_append_printf(line, " %s", (const char *) peer->endpoints->pdata[0]);
    if (peer->endpoints->len > 1)
        wl_losses_add(losses, "Endpoint, all but the first,", peer);
    g_string_append_printf(text, "%s%s\n", router ? "router" : "trust", line->str);
    g_string_free(line, TRUE);
}

/* Appends the lines that the reader kept as notes. */
static void
append_notes(GString *text, const WlProfile *profile, const char *key, const char *word)
{
    g_autofree char *name = g_strconcat(WL_PROFILE_NOTE "WireHub-", key, NULL);

    for (guint i = 0; i < profile->extra->len; i++) {
        const WlProfileExtra *item = profile->extra->pdata[i];
        g_auto(GStrv) lines = NULL;

        if (item->section != WL_PROFILE_SECTION_WIRELINK || !g_str_equal(item->key, name))
            continue;
        lines = g_strsplit(item->value, "\n", -1);
        for (guint j = 0; lines[j]; j++)
            g_string_append_printf(text, "%s%s%s\n", word, *word ? " " : "", lines[j]);
    }
}

char *
wl_wirehub_format(const WlProfileFile *file, const char *own_key, WlLosses *losses, GError **error)
{
    const WlProfile *profile = file->profile;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) text = g_string_new(NULL);
    struct in_addr network;
    char buffer[INET_ADDRSTRLEN];
    guint8 own[4];
    guint length;

    if (!find_network(profile, own, &length)) {
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_MISSING,
            "Address: no IPv4 address with a prefix length, which WireHub requires; add one like 10.77.0.2/24");
        return NULL;
    }
    append_notes(text, profile, "Name", "name");
    append_notes(text, profile, "Workbit", "workbit");
    append_notes(text, profile, "Namespace", "namespace");
    network.s_addr = g_htonl(masked(own, length));
    g_string_append_printf(text, "subnet %s/%u\n\n",
                           inet_ntop(AF_INET, &network, buffer, sizeof(buffer)), length);
    append_notes(text, profile, "Boot", "boot");
    append_notes(text, profile, "Alias", "alias");
    if (own_key) {
        g_string_append(text, profile->role == WL_PROFILE_ROLE_ROUTER ? "router" : "trust");
        append_name(text, profile->name, names, NULL, losses);
        g_string_append_printf(text, " %s ", inet_ntop(AF_INET, own, buffer, sizeof(buffer)));
        append_key(text, own_key);
        g_string_append_c(text, ' ');
        append_notes(text, profile, "Endpoint", "");
        if (text->str[text->len - 1] == ' ')
            text->str[text->len - 1] = '\n';
    } else {
        wl_losses_add(losses, "the line of this member, as there is no private key,", NULL);
    }
    for (guint i = 0; i < profile->addresses->len; i++) {
        guint8 bytes[4];
        guint ignored;

        if (!split(profile->addresses->pdata[i], bytes, &ignored) || memcmp(bytes, own, 4) != 0)
            wl_losses_add(losses, "Address, all but the first IPv4 one,", NULL);
    }
    if (profile->role == WL_PROFILE_ROLE_LEAF)
        wl_losses_add(losses, "Role", NULL);
    for (guint i = 0; i < profile->peers->len; i++)
        append_peer(text, profile->peers->pdata[i], own, length, names, losses);
    append_notes(text, profile, "Peer", "peer");
    return g_string_free(g_steal_pointer(&text), FALSE);
}
