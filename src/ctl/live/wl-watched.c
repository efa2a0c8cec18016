/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles and peers as a watching command last saw them. Signals and reads update them, and
 * each change is reported to one function. Signals that do not come from a service are ignored.
 * Owns its entries; nothing here fails.
 */
#include "wl-watched.h"

#include <string.h>

#include "wl-bus.h"

struct WlWatched {
    WlSignals *signals;
    GHashTable *profiles; /* of WlWatchedProfile by unique name */
    gboolean want_read;
    WlWatchedFunc func;
    gpointer user_data;
};

static void
peer_free(WlWatchedPeer *peer)
{
    g_free(peer->name);
    g_free(peer->key);
    g_free(peer->state);
    g_free(peer->reason);
    g_free(peer);
}

static void
profile_free(WlWatchedProfile *profile)
{
    g_free(profile->label);
    g_free(profile->id);
    g_hash_table_unref(profile->peers);
    g_free(profile);
}

static WlWatchedPeer *
peer_new(GVariant *properties)
{
    WlWatchedPeer *peer = g_new0(WlWatchedPeer, 1);

    peer->name = g_strdup(wl_property_string(properties, "Name"));
    peer->key = g_strdup(wl_property_string(properties, "PublicKey"));
    peer->state = g_strdup(wl_property_string(properties, "State"));
    peer->reason = g_strdup(wl_property_string(properties, "Reason"));
    return peer;
}

static WlWatchedProfile *
profile_new(const WlActiveProfile *read)
{
    WlWatchedProfile *profile = g_new0(WlWatchedProfile, 1);

    profile->label = wl_active_profile_label(read);
    profile->id = g_strdup(wl_property_string(read->link, "Id"));
    profile->peers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) peer_free);
    return profile;
}

/* ---- what changed -------------------------------------------------------------------------- */

static void
set_string(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

static void
report(const WlWatched *self, const WlWatchedProfile *profile, const WlWatchedPeer *peer,
       const char *change, const char *old_state)
{
    self->func(profile, peer, change, old_state, self->user_data);
}

/* @state, @reason: NULL if unchanged. */
static void
update_peer(const WlWatched *self, const WlWatchedProfile *profile, WlWatchedPeer *peer,
            const char *state, const char *reason)
{
    g_autofree char *before = g_strdup(peer->state);
    gboolean other_state = state && strcmp(state, peer->state) != 0;
    gboolean other_reason = reason && strcmp(reason, peer->reason) != 0;

    if (!other_state && !other_reason)
        return;
    if (state)
        set_string(&peer->state, state);
    if (reason)
        set_string(&peer->reason, reason);
    report(self, profile, peer, "state", other_state ? before : NULL);
}

static void
add_peer(const WlWatched *self, WlWatchedProfile *profile, const char *path, GVariant *properties,
         gboolean silent)
{
    WlWatchedPeer *peer = peer_new(properties);

    g_hash_table_insert(profile->peers, g_strdup(path), peer);
    if (!silent)
        report(self, profile, peer, "added", NULL);
}

static void
remove_peer(const WlWatched *self, WlWatchedProfile *profile, const char *path)
{
    const WlWatchedPeer *peer = g_hash_table_lookup(profile->peers, path);

    if (!peer)
        return;
    report(self, profile, peer, "removed", NULL);
    g_hash_table_remove(profile->peers, path);
}

static void
compare_profile(const WlWatched *self, WlWatchedProfile *profile, const WlActiveProfile *read,
                gboolean silent)
{
    g_autoptr(GList) paths = g_hash_table_get_keys(profile->peers);

    for (GList *i = paths; i; i = i->next) {
        if (!wl_active_profile_find_peer(read, i->data))
            remove_peer(self, profile, i->data);
    }
    for (guint i = 0; i < read->peers->len; i++) {
        const WlActivePeer *now = g_ptr_array_index(read->peers, i);
        WlWatchedPeer *peer = g_hash_table_lookup(profile->peers, now->path);

        if (!peer) {
            add_peer(self, profile, now->path, now->properties, silent);
            continue;
        }
        set_string(&peer->name, wl_property_string(now->properties, "Name"));
        update_peer(self, profile, peer, wl_property_string(now->properties, "State"),
                    wl_property_string(now->properties, "Reason"));
    }
    profile->read = wl_signals_get_read(self->signals, read->service);
}

/* @silent: without reports. */
static void
compare_all(WlWatched *self, const WlActiveProfiles *read, gboolean silent)
{
    g_autoptr(GList) services = g_hash_table_get_keys(self->profiles);

    for (GList *i = services; i; i = i->next) {
        /* A service that does not answer may still run. */
        if (read && (read->problems->len > 0 || wl_active_profiles_find(read, i->data)))
            continue;
        report(self, g_hash_table_lookup(self->profiles, i->data), NULL, "down", NULL);
        g_hash_table_remove(self->profiles, i->data);
    }
    for (guint i = 0; read && i < read->profiles->len; i++) {
        const WlActiveProfile *now = g_ptr_array_index(read->profiles, i);
        WlWatchedProfile *profile = g_hash_table_lookup(self->profiles, now->service);

        if (!profile) {
            profile = profile_new(now);
            g_hash_table_insert(self->profiles, g_strdup(now->service), profile);
            if (!silent)
                report(self, profile, NULL, "up", NULL);
        }
        compare_profile(self, profile, now, silent);
    }
}

/* ---- signals ------------------------------------------------------------------------------- */

static gboolean
is_about_state(const char *const *names)
{
    return g_strv_contains(names, "State") || g_strv_contains(names, "Reason") ||
           g_strv_contains(names, "Name");
}

static void
take_changes(WlWatched *self, WlWatchedProfile *profile, const WlSignal *signal)
{
    g_autoptr(GVariant) changed = NULL;
    g_autofree const char **invalidated = NULL;
    const char *name = NULL, *state = NULL, *reason = NULL;
    WlWatchedPeer *peer = g_hash_table_lookup(profile->peers, signal->path);

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(sa{sv}as)")) || !peer)
        return;
    g_variant_get(signal->parameters, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
    g_variant_lookup(changed, "Name", "&s", &name);
    g_variant_lookup(changed, "State", "&s", &state);
    g_variant_lookup(changed, "Reason", "&s", &reason);
    if (name)
        set_string(&peer->name, name);
    update_peer(self, profile, peer, state, reason);
    if (is_about_state(invalidated))
        self->want_read = TRUE;
}

static void
take_added(WlWatched *self, WlWatchedProfile *profile, const WlSignal *signal)
{
    g_autoptr(GVariant) interfaces = NULL;
    g_autoptr(GVariant) properties = NULL;
    const char *path;

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(oa{sa{sv}})")))
        return;
    g_variant_get(signal->parameters, "(&o@a{sa{sv}})", &path, &interfaces);
    properties = g_variant_lookup_value(interfaces, WL_BUS_PEER_INTERFACE, G_VARIANT_TYPE_VARDICT);
    if (!properties || g_hash_table_contains(profile->peers, path))
        return;
    /* The signals of a private profile carry no values. */
    if (*wl_property_string(properties, "PublicKey"))
        add_peer(self, profile, path, properties, FALSE);
    else
        self->want_read = TRUE;
}

static void
take_removed(WlWatched *self, WlWatchedProfile *profile, const WlSignal *signal)
{
    g_autofree const char **interfaces = NULL;
    const char *path;

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(oas)")))
        return;
    g_variant_get(signal->parameters, "(&o^a&s)", &path, &interfaces);
    if (g_strv_contains(interfaces, WL_BUS_PEER_INTERFACE))
        remove_peer(self, profile, path);
}

static void
take_signal(WlWatched *self, const WlSignal *signal)
{
    WlWatchedProfile *profile = g_hash_table_lookup(self->profiles, signal->sender);

    /* A service that started or ended, or is not known yet. */
    if (!profile)
        self->want_read = TRUE;
    else if (signal->place <= profile->read)
        return; /* older than what was read */
    else if (strcmp(signal->member, "PropertiesChanged") == 0)
        take_changes(self, profile, signal);
    else if (strcmp(signal->member, "InterfacesAdded") == 0)
        take_added(self, profile, signal);
    else if (strcmp(signal->member, "InterfacesRemoved") == 0)
        take_removed(self, profile, signal);
}

/* ---- life ---------------------------------------------------------------------------------- */

WlWatched *
wl_watched_new(WlSignals *signals, const WlActiveProfiles *first, WlWatchedFunc func,
               gpointer user_data)
{
    WlWatched *self = g_new0(WlWatched, 1);

    self->signals = signals;
    self->func = func;
    self->user_data = user_data;
    self->profiles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) profile_free);
    compare_all(self, first, TRUE);
    return self;
}

void
wl_watched_free(WlWatched *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->profiles);
    g_free(self);
}

gboolean
wl_watched_take_signal(WlWatched *self)
{
    g_autoptr(WlSignal) signal = wl_signals_take(self->signals);

    if (signal)
        take_signal(self, signal);
    return signal != NULL;
}

gboolean
wl_watched_wants_read(const WlWatched *self)
{
    return self->want_read;
}

void
wl_watched_compare(WlWatched *self, const WlActiveProfiles *read)
{
    self->want_read = FALSE;
    compare_all(self, read, FALSE);
}

void
wl_watched_keep(WlWatched *self)
{
    self->want_read = FALSE;
}
