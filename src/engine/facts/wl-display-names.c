/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-display-names.h"

#include <string.h>

#include "state/wl-engine-marks.h"
#include "wl-hash.h"
#include "wl-name-fold.h"

/* The members with one name. */
typedef struct {
    guint count;
    GPtrArray *peers; /* of WlPeer */
} NameUsers;

static void
name_users_free(NameUsers *users)
{
    g_ptr_array_unref(users->peers);
    g_free(users);
}

static NameUsers *
get_users(WlEngine *self, const char *folded)
{
    NameUsers *users = g_hash_table_lookup(self->names.by_folded, folded);

    if (!users) {
        users = g_new0(NameUsers, 1);
        users->peers = g_ptr_array_new();
        g_hash_table_insert(self->names.by_folded, g_strdup(folded), users);
    }
    return users;
}

static void
count_own(WlEngine *self)
{
    g_autofree char *folded = NULL;

    if (!self->config->name || !*self->config->name)
        return;
    folded = wl_name_fold(self->config->name);
    get_users(self, folded)->count++;
}

void
wl_display_names_init(WlEngine *self)
{
    self->names.by_folded = g_hash_table_new_full(wl_hash_string, g_str_equal, g_free,
                                                  (GDestroyNotify) name_users_free);
    count_own(self);
}

/* Updates the other peer when a name gains or loses its second user. */
static void
count_changed(WlEngine *self, const NameUsers *users)
{
    if (users->count > 2)
        return;
    for (guint i = 0; i < users->peers->len; i++) {
        WlPeer *peer = users->peers->pdata[i];
        wl_engine_name_changed(self, peer);
    }
}

static void
remove_user(WlEngine *self, const char *folded)
{
    NameUsers *users = g_hash_table_lookup(self->names.by_folded, folded);

    if (--users->count == 0)
        g_hash_table_remove(self->names.by_folded, folded);
    else
        count_changed(self, users);
}

void
wl_display_names_forget(WlEngine *self, WlPeer *peer)
{
    NameUsers *users;

    if (!peer->names.folded)
        return;
    users = g_hash_table_lookup(self->names.by_folded, peer->names.folded);
    g_ptr_array_remove_fast(users->peers, peer);
    remove_user(self, peer->names.folded);
    g_clear_pointer(&peer->names.folded, g_free);
}

void
wl_display_names_own_changed(WlEngine *self, const char *before)
{
    if (before && *before) {
        g_autofree char *folded = wl_name_fold(before);
        remove_user(self, folded);
    }
    count_own(self);
    if (self->config->name && *self->config->name) {
        g_autofree char *folded = wl_name_fold(self->config->name);
        count_changed(self, g_hash_table_lookup(self->names.by_folded, folded));
    }
}

static void
count(WlEngine *self, WlPeer *peer, const char *name)
{
    g_autofree char *folded = name && *name ? wl_name_fold(name) : NULL;
    NameUsers *users;

    if (g_strcmp0(folded, peer->names.folded) == 0)
        return;
    wl_display_names_forget(self, peer);
    if (!folded)
        return;
    users = get_users(self, folded);
    users->count++;
    count_changed(self, users);
    g_ptr_array_add(users->peers, peer);
    peer->names.folded = g_steal_pointer(&folded);
}

static gboolean
has_name(WlMetadata *metadata)
{
    gsize length = 0;

    return wl_metadata_get(metadata, WL_METADATA_NAME, &length) && length > 0;
}

/* Metadata with a name before metadata without, live before stale, then the first one received. */
static WlMetadata *
best_metadata(const WlEngine *self, const WlPeer *peer)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);
    const WlFactSource *source = NULL; /* of the best */
    WlMetadata *best = NULL;

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        WlMetadata *metadata;

        if (entry->fact.attribute != WL_ATTRIBUTE_METADATA)
            continue;
        metadata = entry->fact.value.metadata;
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            gboolean better;

            if (origin->verdict != WL_VERDICT_ACCEPTED)
                continue;
            if (!best || has_name(metadata) != has_name(best))
                better = !best || has_name(metadata);
            else if (origin->stale != source->stale)
                better = !origin->stale;
            else
                better = origin->sequence < source->sequence;
            if (!better)
                continue;
            best = metadata;
            source = origin;
        }
    }
    return best;
}

static void
update_learned_name(WlEngine *self, WlPeer *peer)
{
    WlMetadata *metadata = best_metadata(self, peer);

    if (metadata && metadata != peer->names.metadata) {
        wl_metadata_ref(metadata);
        g_clear_pointer(&peer->names.metadata, wl_metadata_unref);
        peer->names.metadata = metadata;
    }
    g_clear_pointer(&peer->names.learned, g_free);
    if (peer->names.metadata)
        peer->names.learned = wl_metadata_dup_display_name(peer->names.metadata);
    if (!peer->config)
        peer->basic = peer->names.metadata && wl_metadata_is_basic(peer->names.metadata);
}

void
wl_display_names_unlearn(WlEngine *self, WlPeer *peer)
{
    g_clear_pointer(&peer->names.metadata, wl_metadata_unref);
    wl_engine_name_changed(self, peer);
}

static void
set_name(WlPeer *peer, char *name)
{
    if (g_strcmp0(peer->names.shown, name) == 0) {
        g_free(name);
        return;
    }
    g_free(peer->names.shown);
    peer->names.shown = name;
    peer->names.serial++;
}

void
wl_display_names_update(WlEngine *self, WlPeer *peer)
{
    const char *configured = peer->config ? peer->config->name : NULL;
    const NameUsers *users;

    if (!peer->dirty.name)
        return;
    peer->dirty.name = FALSE;
    wl_scheduler_count_work(&self->scheduler);
    update_learned_name(self, peer);
    count(self, peer, configured && *configured ? configured : peer->names.learned);
    if (configured && *configured) {
        set_name(peer, g_strdup(configured));
        return;
    }
    users =
        peer->names.folded ? g_hash_table_lookup(self->names.by_folded, peer->names.folded) : NULL;
    if (!users) {
        set_name(peer, g_strdup(""));
    } else if (users->count > 1 || !*peer->names.folded) {
        g_autofree char *key = wl_key_to_string(&peer->key);
        set_name(peer, g_strdup_printf("%s (%.8s)", peer->names.learned, key));
    } else {
        set_name(peer, g_strdup(peer->names.learned));
    }
}
