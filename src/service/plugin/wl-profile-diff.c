/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-diff.h"

#include <string.h>

#include "wl-engine-config-from-profile.h"
#include "wl-profile-connection.h"
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

/* ---- preshared keys: those that nobody but the user keeps cannot be had */

static char *
preshared_key_name(const WlProfilePeer *peer)
{
    return g_strdup_printf("peer-%u-preshared-key", peer->number);
}

/* It has a key that we are not told: somebody else keeps it, or nobody has stored it yet. */
static gboolean
hides_key(const WlProfilePeer *peer)
{
    WlSecretFlags elsewhere = WL_SECRET_FLAG_AGENT_OWNED | WL_SECRET_FLAG_NOT_SAVED;

    return !peer->preshared_key && (!(peer->preshared_key_flags & WL_SECRET_FLAG_NOT_REQUIRED) ||
                                    (peer->preshared_key_flags & elsewhere));
}

/* FALSE: it cannot be brought up. */
static gboolean
settle_key(WlPeerConfig *config, const WlPeerConfig *running, const WlProfilePeer *peer,
           WlProfileDiff *self)
{
    gboolean optional = peer->preshared_key_flags & WL_SECRET_FLAG_NOT_REQUIRED;

    if (!hides_key(peer)) {
        /* Also the key that a new peer has waited for, where nothing else says so. */
        if (running ? running->has_preshared_key != config->has_preshared_key ||
                          !wl_key_equal(&running->preshared_key, &config->preshared_key)
                    : config->has_preshared_key)
            g_ptr_array_add(self->keys, preshared_key_name(peer));
        return TRUE;
    }
    if (running && running->has_preshared_key) {
        config->has_preshared_key = TRUE;
        config->preshared_key = running->preshared_key;
        return TRUE;
    }
    if (optional)
        return TRUE;
    g_ptr_array_add(self->waiting, preshared_key_name(peer));
    if (!running)
        g_ptr_array_add(self->left_out, g_strdup_printf("peer-%u-", peer->number));
    return running != NULL;
}

static void
settle_keys(WlProfileDiff *self, const WlRunning *running)
{
    for (guint i = 0, place = 0; i < self->profile->peers->len; i++) {
        WlPeerConfig *config = self->config->peers->pdata[place];
        const WlPeerConfig *before = find_peer(running->config, &config->public_key);

        if (settle_key(config, before, self->profile->peers->pdata[i], self))
            place++;
        else
            g_ptr_array_remove_index(self->config->peers, place);
    }
}

/* ---- what waits */

static gboolean
same_private_key(const WlProfile *profile, const WlKey *public_key)
{
    WlKey key, public;
    gboolean same;

    /* One that cannot be had is taken to be the same. */
    if (!profile->private_key || !wl_key_parse(profile->private_key, &key))
        return TRUE;
    same = wl_key_derive_public(&key, &public) && wl_key_equal(&public, public_key);
    wl_key_wipe(&key);
    return same;
}

static gboolean
takes_family(const WlProfile *profile, gboolean v6)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const char *prefix = peer->allowed_ips->pdata[j];

            if ((g_str_has_suffix(prefix, "/0") || g_str_has_suffix(prefix, "/1")) &&
                !strchr(prefix, ':') == !v6)
                return TRUE;
        }
    }
    return FALSE;
}

/* Which peer takes everything may change, but not whether one does: that is rules and routes. */
static gboolean
same_tunnel(const WlProfile *a, const WlProfile *b)
{
    return !a->full_tunnel || !b->full_tunnel ||
           (takes_family(a, FALSE) == takes_family(b, FALSE) &&
            takes_family(a, TRUE) == takes_family(b, TRUE));
}

static gboolean
is_same(const WlProfileDiff *self, const WlRunning *running, const WlProfileKey *key,
        NMConnection *stored)
{
    const WlProfile *before = running->profile, *after = self->profile;

    if (key->type == WL_KEY_TYPE_INTERFACE) {
        g_autofree char *name = wl_profile_get_link_name(after, stored);
        return g_str_equal(name, running->interface);
    }
    if (key->secret)
        return same_private_key(after, running->public_key);
    if (key->offset == G_STRUCT_OFFSET(WlProfile, full_tunnel) && !same_tunnel(before, after))
        return FALSE;
    return wl_profile_value_equal(key, before, after);
}

static void
list_waiting(WlProfileDiff *self, const WlRunning *running, NMConnection *stored)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].needs_reactivation && keys[i].scope == WL_KEY_OF_PROFILE &&
            !is_same(self, running, &keys[i], stored))
            g_ptr_array_add(self->waiting, g_strdup(keys[i].name));
    }
}

/* ---- all of it */

WlProfileDiff *
wl_profile_diff_new(const WlRunning *running, NMConnection *stored, GError **error)
{
    g_autoptr(WlProfileDiff) self = g_new0(WlProfileDiff, 1);

    self->waiting = g_ptr_array_new_with_free_func(g_free);
    self->left_out = g_ptr_array_new_with_free_func(g_free);
    self->keys = g_ptr_array_new_with_free_func(g_free);
    self->profile = wl_profile_from_connection(stored, WL_PROFILE_CHECK_DEFAULT, error);
    if (!self->profile)
        return NULL;
    self->config =
        wl_engine_config_from_profile_with_public_key(self->profile, running->public_key, error);
    if (!self->config)
        return NULL;
    list_waiting(self, running, stored);
    settle_keys(self, running);
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
    g_ptr_array_unref(self->waiting);
    g_ptr_array_unref(self->left_out);
    g_ptr_array_unref(self->keys);
    g_free(self);
}
