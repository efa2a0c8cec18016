/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads vpn.data and vpn.secrets, the keys of a profile in NetworkManager, without libnm. */

#include "wl-profile-data.h"

#include <string.h>

#include "wl-profile-extra.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

typedef struct {
    WlProfile *profile;
    GHashTable *peers; /* number to WlProfilePeer, which profile->peers owns */
    gboolean secrets;  /* reading vpn.secrets, not vpn.data */
} Reader;

static void G_GNUC_PRINTF(2, 3) warn(Reader *reader, const char *format, ...)
{
    va_list args;

    if (reader->profile->warnings->len >= WL_PROFILE_MAX_EXTRA)
        return;
    va_start(args, format);
    g_ptr_array_add(reader->profile->warnings, g_strdup_vprintf(format, args));
    va_end(args);
}

const char *
wl_profile_data_extra_prefix(WlProfileSection section)
{
    return section == WL_PROFILE_SECTION_INTERFACE  ? "extra-interface-"
           : section == WL_PROFILE_SECTION_WIRELINK ? "extra-wirelink-"
                                                    : "extra-";
}

/* Quotes the name, which any writer of the profile may choose. */
static void
warn_unknown(Reader *reader, const char *name)
{
    g_autofree char *shown = wl_profile_value_quote(name);

    warn(reader, "%s: unknown key, ignored; nm-settings-wirelink(5) lists the keys", shown);
}

static gboolean
read_extra(Reader *reader, WlProfileSection section, GPtrArray *extra, const char *name,
           const char *rest, const char *value)
{
    g_autofree char *shown = wl_profile_value_quote(name);
    const char *key;

    if (!g_str_has_prefix(rest, wl_profile_data_extra_prefix(section)))
        return FALSE;
    key = rest + strlen(wl_profile_data_extra_prefix(section));
    if (!wl_profile_extra_key_is_valid(key) || !wl_profile_extra_value_is_valid(value) ||
        !wl_profile_extra_add(extra, section, key, value))
        warn(reader, "%s: ignored, as it cannot be written to a file", shown);
    return TRUE;
}

/* Errors begin with @name. */
static gboolean
read_value(const WlProfileKey *key, const char *name, const char *text, gpointer structure,
           GError **error)
{
    g_autofree char *value = g_strdup(text);
    gsize length = strlen(value);
    gboolean ok;

    g_strstrip(value);
    /* nmcli cannot remove a key while it adds others, so an empty value means that the key is not
     * set. */
    ok = !*value || wl_profile_value_parse(key, value, FALSE, structure, error);
    explicit_bzero(value, length); /* the old length: stripping moved the text */
    if (!ok)
        g_prefix_error(error, "%s: ", name);
    return ok;
}

static WlProfilePeer *
get_peer(Reader *reader, guint number, GError **error)
{
    WlProfilePeer *peer = g_hash_table_lookup(reader->peers, GUINT_TO_POINTER(number));

    if (peer)
        return peer;
    if (reader->profile->peers->len == WL_PROFILE_MAX_PEERS) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                    "peer-%u-public-key: exceeds the limit of %u peers; remove some", number,
                    WL_PROFILE_MAX_PEERS);
        return NULL;
    }
    peer = wl_profile_peer_new();
    peer->number = number;
    g_hash_table_insert(reader->peers, GUINT_TO_POINTER(number), peer);
    g_ptr_array_add(reader->profile->peers, peer);
    return peer;
}

static gboolean
read_item(Reader *reader, const char *name, const char *value, GError **error)
{
    const WlProfileKey *key;
    const char *rest = name;
    gpointer structure = reader->profile;
    guint number = 0;

    if (wl_profile_keys_split_peer(name, &number, &rest)) {
        key = wl_profile_keys_find(WL_KEY_OF_PEER, rest);
    } else {
        key = wl_profile_keys_find(WL_KEY_OF_PROFILE, name);
    }
    if (key && key->secret != reader->secrets) {
        /* The value is not quoted: it may be a private key in the wrong place. */
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE, "%s: belongs in %s, not in %s",
                    name, key->secret ? "vpn.secrets" : "vpn.data",
                    key->secret ? "vpn.data" : "vpn.secrets");
        return FALSE;
    }
    if (!key && (reader->secrets || (number ? !g_str_has_prefix(rest, "extra-")
                                            : !g_str_has_prefix(name, "extra-")))) {
        warn_unknown(reader, name);
        return TRUE;
    }
    /* nmcli can remove the data of a peer, but not a secret that it does not have. */
    if (number && reader->secrets &&
        !g_hash_table_contains(reader->peers, GUINT_TO_POINTER(number))) {
        g_autofree char *shown = wl_profile_value_quote(name);
        warn(reader, "%s: ignored, as there is no such peer", shown);
        return TRUE;
    }
    if (number) {
        structure = get_peer(reader, number, error);
        if (!structure)
            return FALSE;
    }
    if (key)
        return read_value(key, name, value, structure, error);
    if (number) {
        read_extra(reader, WL_PROFILE_SECTION_PEER, ((WlProfilePeer *) structure)->extra, name,
                   rest, value);
    } else if (!read_extra(reader, WL_PROFILE_SECTION_INTERFACE, reader->profile->extra, name, name,
                           value) &&
               !read_extra(reader, WL_PROFILE_SECTION_WIRELINK, reader->profile->extra, name, name,
                           value)) {
        warn_unknown(reader, name);
    }
    return TRUE;
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlProfilePeer *peer_a = *(const WlProfilePeer *const *) a;
    const WlProfilePeer *peer_b = *(const WlProfilePeer *const *) b;

    return peer_a->number < peer_b->number ? -1 : peer_a->number > peer_b->number;
}

/* A preshared key without flags is stored by NetworkManager; without either there is none. */
static void
default_flags(WlProfilePeer *peer, GHashTable *data)
{
    g_autofree char *name = g_strdup_printf("peer-%u-preshared-key-flags", peer->number);
    const char *flags = g_hash_table_lookup(data, name);

    if ((!flags || !*flags) && peer->preshared_key)
        peer->preshared_key_flags = WL_SECRET_FLAG_NONE;
}

/* In the order of the names, so that warnings and the first error are always the same. */
static gboolean
read_items(Reader *reader, GHashTable *items, GError **error)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(items), (GCompareFunc) strcmp);

    for (const GList *i = names; i; i = i->next) {
        if (!read_item(reader, i->data, g_hash_table_lookup(items, i->data), error))
            return FALSE;
    }
    return TRUE;
}

WlProfile *
wl_profile_data_read(GHashTable *data, GHashTable *secrets, WlProfileCheck flags, GError **error)
{
    g_autoptr(WlProfile) profile = wl_profile_new();
    g_autoptr(GHashTable) peers = g_hash_table_new(NULL, NULL);
    Reader reader = {.profile = profile, .peers = peers};

    if (!read_items(&reader, data, error))
        return NULL;
    reader.secrets = TRUE;
    if (secrets && !read_items(&reader, secrets, error))
        return NULL;
    g_ptr_array_sort(profile->peers, compare_peers);
    for (guint i = 0; i < profile->peers->len; i++)
        default_flags(profile->peers->pdata[i], data);
    if (!wl_profile_check(profile, flags, error))
        return NULL;
    return g_steal_pointer(&profile);
}

void
wl_profile_data_add_peer(GHashTable *data, const WlProfilePeer *peer, guint number)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        char *value;

        if (keys[i].scope != WL_KEY_OF_PEER || keys[i].secret || keys[i].type == WL_KEY_TYPE_FLAGS)
            continue;
        value = wl_profile_value_format(&keys[i], peer, " ");
        if (value)
            g_hash_table_replace(data, g_strdup_printf("peer-%u-%s", number, keys[i].name), value);
    }
}
