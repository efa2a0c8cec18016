/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-compare.h"

#include "wl-profile-keys.h"
#include "wl-profile-value.h"

static gboolean
fields_equal(WlKeyScope scope, gconstpointer a, gconstpointer b)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].scope == scope && keys[i].type != WL_KEY_TYPE_VERSION &&
            !wl_profile_value_equal(&keys[i], a, b))
            return FALSE;
    }
    return TRUE;
}

static gboolean
extra_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const WlProfileExtra *item_a = a->pdata[i];
        const WlProfileExtra *item_b = b->pdata[i];

        if (item_a->section != item_b->section || !g_str_equal(item_a->key, item_b->key) ||
            !g_str_equal(item_a->value, item_b->value))
            return FALSE;
    }
    return TRUE;
}

gboolean
wl_profile_equal(const WlProfile *a, const WlProfile *b)
{
    if (!fields_equal(WL_KEY_OF_PROFILE, a, b) || !extra_equal(a->extra, b->extra) ||
        a->peers->len != b->peers->len)
        return FALSE;
    for (guint i = 0; i < a->peers->len; i++) {
        const WlProfilePeer *peer_a = a->peers->pdata[i];
        const WlProfilePeer *peer_b = b->peers->pdata[i];

        if (!fields_equal(WL_KEY_OF_PEER, peer_a, peer_b) ||
            !extra_equal(peer_a->extra, peer_b->extra))
            return FALSE;
    }
    return TRUE;
}

/* ---- listing changes ----------------------------------------------------------------------- */

static void
list_fields(GPtrArray *changes, WlKeyScope scope, gconstpointer a, gconstpointer b,
            const char *label)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].scope != scope || keys[i].type == WL_KEY_TYPE_VERSION ||
            wl_profile_value_equal(&keys[i], a, b))
            continue;
        g_ptr_array_add(changes, label ? g_strdup_printf("%s of %s", keys[i].name, label)
                                       : g_strdup(keys[i].name));
    }
}

static const WlProfilePeer *
find_peer(const WlProfile *profile, const char *public_key)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];

        if (g_strcmp0(peer->public_key, public_key) == 0)
            return peer;
    }
    return NULL;
}

static char *
peer_label(const WlProfilePeer *peer)
{
    return peer->name ? g_strdup(peer->name) : g_strdup_printf("%.8s…", peer->public_key);
}

GPtrArray *
wl_profile_list_changes(const WlProfile *before, const WlProfile *after)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

    list_fields(changes, WL_KEY_OF_PROFILE, before, after, NULL);
    for (guint i = 0; i < after->peers->len; i++) {
        const WlProfilePeer *peer = after->peers->pdata[i];
        const WlProfilePeer *old = find_peer(before, peer->public_key);
        g_autofree char *label = peer_label(peer);

        if (old)
            list_fields(changes, WL_KEY_OF_PEER, old, peer, label);
        else
            g_ptr_array_add(changes, g_strdup_printf("new peer %s", label));
    }
    for (guint i = 0; i < before->peers->len; i++) {
        const WlProfilePeer *peer = before->peers->pdata[i];
        g_autofree char *label = peer_label(peer);

        if (!find_peer(after, peer->public_key))
            g_ptr_array_add(changes, g_strdup_printf("removed peer %s", label));
    }
    return changes;
}
