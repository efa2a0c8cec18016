/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peer.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-labels.h"
#include "wl-model-private.h"
#include "wl-profile-value.h"

#define SHORT_KEY 8 /* characters */

WlEditorPeer *
wl_editor_peer_new(void)
{
    WlEditorPeer *peer = g_new0(WlEditorPeer, 1);

    wl_editor_fields_init(&peer->fields, WL_KEY_OF_PEER);
    peer->other_data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    peer->other_secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify) wl_profile_wipe_free);
    return peer;
}

WlEditorPeer *
wl_editor_peer_new_from(const WlProfilePeer *source)
{
    WlEditorPeer *peer = wl_editor_peer_new();
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        char *value;

        if (keys[i].scope != WL_KEY_OF_PEER || keys[i].type == WL_KEY_TYPE_FLAGS)
            continue;
        value = wl_profile_value_format(&keys[i], source, ", ");
        if (value)
            wl_editor_fields_set(&peer->fields, i, value);
        wl_profile_wipe_free(value);
    }
    for (guint i = 0; i < source->extra->len; i++) {
        const WlProfileExtra *extra = source->extra->pdata[i];

        g_hash_table_replace(peer->other_data, g_strconcat("extra-", extra->key, NULL),
                             g_strdup(extra->value));
    }
    return peer;
}

void
wl_editor_peer_free(WlEditorPeer *peer)
{
    wl_editor_fields_clear(&peer->fields);
    g_hash_table_unref(peer->other_data);
    g_hash_table_unref(peer->other_secrets);
    g_free(peer);
}

char *
wl_editor_peer_dup_short_key(const WlEditorPeer *peer)
{
    const char *key = wl_editor_peer_of(peer)->public_key;

    return key ? g_strndup(key, SHORT_KEY) : g_strdup("");
}

char *
wl_editor_peer_dup_title(const WlEditorPeer *peer)
{
    const WlProfilePeer *parsed = wl_editor_peer_of(peer);

    if (parsed->name)
        return g_strdup(parsed->name);
    /* "…" marks the beginning of a key. */
    if (parsed->public_key)
        return g_strdup_printf("%.*s…", SHORT_KEY, parsed->public_key);
    return g_strdup(_("New Peer"));
}

char *
wl_editor_peer_dup_address(const WlEditorPeer *peer, const char *live)
{
    const GPtrArray *allowed = wl_editor_peer_of(peer)->allowed_ips;

    for (guint i = 0; i < allowed->len; i++) {
        g_autofree char *host = wl_editor_host_of_prefix(allowed->pdata[i]);

        if (host)
            return g_steal_pointer(&host);
    }
    if (live && *live)
        return g_strdup(live);
    return g_strdup(allowed->len ? allowed->pdata[0] : "");
}

char *
wl_editor_peer_dup_problem(const WlEditorPeer *peer)
{
    const char *key = wl_editor_fields_first_problem(&peer->fields);
    const WlEditorField *field = key ? wl_editor_fields_get(&peer->fields, key) : NULL;
    g_autofree char *label = key ? wl_editor_label_dup_plain(WL_KEY_OF_PEER, key) : NULL;

    if (!key)
        return NULL;
    /* Translators: a field and its error */
    return g_strdup_printf(_("%s: %s"), label, field->problem ? field->problem : field->conflict);
}

gboolean
wl_editor_peer_has_problem(const WlEditorPeer *peer)
{
    return wl_editor_fields_first_problem(&peer->fields) != NULL;
}

gboolean
wl_editor_peer_matches(const WlEditorPeer *peer, const char *search)
{
    static const char *const keys[] = {"name", "public-key", "endpoint", "allowed-ips", "trust"};
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *folded = g_utf8_casefold(search, -1);
    g_auto(GStrv) words = g_strsplit_set(folded, " \t\n", -1);
    g_autofree char *text = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        g_string_append_printf(all, "%s\n", wl_editor_fields_get(&peer->fields, keys[i])->text);
    g_string_append(all, wl_editor_trust_title(wl_editor_peer_of(peer)->trust));
    text = g_utf8_casefold(all->str, -1);
    for (guint i = 0; words[i]; i++) {
        if (!strstr(text, words[i]))
            return FALSE;
    }
    return TRUE;
}
