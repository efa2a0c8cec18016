/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Compares a stored profile with the active one: what can be applied now and what needs a
 * reactivation. */

#include "wl-profile-diff.h"

#include <string.h>

#include "wl-engine-config-from-profile.h"
#include "wl-profile-check.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

static void
wipe_secrets(WlProfile *profile)
{
    g_clear_pointer(&profile->private_key, wl_profile_wipe_free);
    for (guint i = 0; i < profile->peers->len; i++) {
        WlProfilePeer *peer = profile->peers->pdata[i];
        g_clear_pointer(&peer->preshared_key, wl_profile_wipe_free);
    }
}

static const WlPeerConfig *
find_peer(const WlEngineConfig *config, const WlKey *key)
{
    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];
        if (wl_key_equal(&peer->public_key, key))
            return peer;
    }
    return NULL;
}

/* ---- preshared keys; those that NetworkManager does not store are not available */

static char *
preshared_key_name(const WlProfilePeer *peer)
{
    return g_strdup_printf("peer-%u-preshared-key", peer->number);
}

/* The peer has a key that is not available: an agent stores it, or it is not stored yet. */
static gboolean
has_hidden_key(const WlProfilePeer *peer)
{
    WlSecretFlags elsewhere = WL_SECRET_FLAG_AGENT_OWNED | WL_SECRET_FLAG_NOT_SAVED;

    return !peer->preshared_key && (!(peer->preshared_key_flags & WL_SECRET_FLAG_NOT_REQUIRED) ||
                                    (peer->preshared_key_flags & elsewhere));
}

/* FALSE: the peer cannot be added. */
static gboolean
apply_preshared_key(WlPeerConfig *config, const WlPeerConfig *running, const WlProfilePeer *peer,
                    WlProfileDiff *self)
{
    gboolean optional = peer->preshared_key_flags & WL_SECRET_FLAG_NOT_REQUIRED;

    if (!has_hidden_key(peer)) {
        /* Also lists the key that a skipped peer was missing. */
        if (running ? running->has_preshared_key != config->has_preshared_key ||
                          !wl_key_equal(&running->preshared_key, &config->preshared_key)
                    : config->has_preshared_key)
            g_ptr_array_add(self->preshared_keys, preshared_key_name(peer));
        return TRUE;
    }
    if (running && running->has_preshared_key) {
        config->has_preshared_key = TRUE;
        config->preshared_key = running->preshared_key;
        return TRUE;
    }
    if (optional)
        return TRUE;
    g_ptr_array_add(self->pending, preshared_key_name(peer));
    if (!running)
        g_ptr_array_add(self->skipped_peers, g_strdup_printf("peer-%u-", peer->number));
    return running != NULL;
}

static void
apply_preshared_keys(WlProfileDiff *self, const WlActiveProfile *active)
{
    for (guint i = 0, place = 0; i < self->profile->peers->len; i++) {
        WlPeerConfig *config = self->config->peers->pdata[place];
        const WlPeerConfig *before = find_peer(active->config, &config->public_key);

        if (apply_preshared_key(config, before, self->profile->peers->pdata[i], self))
            place++;
        else
            g_ptr_array_remove_index(self->config->peers, place);
    }
}

/* ---- pending keys */

static gboolean
same_private_key(const WlProfile *profile, const WlKey *public_key)
{
    WlKey key, public;
    gboolean same;

    /* A key that is not available is assumed to be unchanged. */
    if (!profile->private_key || !wl_key_parse(profile->private_key, &key))
        return TRUE;
    same = wl_key_derive_public(&key, &public) && wl_key_equal(&public, public_key);
    wl_key_wipe(&key);
    return same;
}

static gboolean
is_same(const WlProfileDiff *self, const WlActiveProfile *active, const WlProfileKey *key,
        const char *link_name)
{
    const WlProfile *before = active->profile, *after = self->profile;

    if (key->type == WL_KEY_TYPE_INTERFACE)
        return g_str_equal(link_name, active->interface);
    if (key->secret)
        return same_private_key(after, active->public_key);
    return wl_profile_value_equal(key, before, after);
}

static void
list_pending(WlProfileDiff *self, const WlActiveProfile *active, const char *link_name)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].needs_reactivation && keys[i].scope == WL_KEY_OF_PROFILE &&
            !is_same(self, active, &keys[i], link_name))
            g_ptr_array_add(self->pending, g_strdup(keys[i].name));
    }
}

/* ---- comparison */

WlProfileDiff *
wl_profile_diff_new(const WlActiveProfile *active, WlProfile *stored, const char *link_name,
                    GError **error)
{
    g_autoptr(WlProfileDiff) self = g_new0(WlProfileDiff, 1);

    self->pending = g_ptr_array_new_with_free_func(g_free);
    self->skipped_peers = g_ptr_array_new_with_free_func(g_free);
    self->preshared_keys = g_ptr_array_new_with_free_func(g_free);
    self->profile = stored;
    self->config =
        wl_engine_config_from_profile_with_public_key(self->profile, active->public_key, error);
    if (!self->config)
        return NULL;
    list_pending(self, active, link_name);
    apply_preshared_keys(self, active);
    wipe_secrets(self->profile);
    return g_steal_pointer(&self);
}

void
wl_profile_diff_free(WlProfileDiff *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->profile, wl_profile_free);
    wl_engine_config_free(self->config);
    g_ptr_array_unref(self->pending);
    g_ptr_array_unref(self->skipped_peers);
    g_ptr_array_unref(self->preshared_keys);
    g_free(self);
}
