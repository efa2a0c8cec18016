/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "wl-engine-private.h"

/* Two names that look alike to people are one name (architecture, "Names"). */
static char *
fold(const char *name)
{
    g_autofree char *folded = g_utf8_casefold(name, -1);
    char *normal = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);

    return normal ? normal : g_steal_pointer(&folded);
}

static void
count(GHashTable *names, const char *name)
{
    g_autofree char *folded = NULL;
    guint n;

    if (!name || !*name)
        return;
    folded = fold(name);
    n = GPOINTER_TO_UINT(g_hash_table_lookup(names, folded));
    g_hash_table_replace(names, g_steal_pointer(&folded), GUINT_TO_POINTER(n + 1));
}

static gboolean
has_name(WlMetadata *metadata)
{
    gsize length = 0;

    return wl_metadata_get(metadata, WL_METADATA_NAME, &length) && length > 0;
}

/* One with a name before one without, a live one before a stale one, then the one told first. */
static WlMetadata *
best_metadata(const WlEngine *self, const WlPeer *peer)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);
    WlMetadata *best = NULL;
    guint64 best_sequence = 0;
    gboolean best_stale = FALSE;

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        WlMetadata *metadata;

        if (entry->fact.attribute != WL_ATTRIBUTE_METADATA)
            continue;
        metadata = entry->fact.value.metadata;
        for (guint j = 0; j < entry->claims->len; j++) {
            const WlClaim *claim = &g_array_index(entry->claims, WlClaim, j);
            gboolean better;

            if (claim->verdict != WL_VERDICT_ACCEPTED)
                continue;
            if (!best || has_name(metadata) != has_name(best))
                better = !best || has_name(metadata);
            else if (claim->stale != best_stale)
                better = !claim->stale;
            else
                better = claim->sequence < best_sequence;
            if (!better)
                continue;
            best = metadata;
            best_sequence = claim->sequence;
            best_stale = claim->stale;
        }
    }
    return best;
}

static void
learn(WlEngine *self, WlPeer *peer)
{
    WlMetadata *metadata = best_metadata(self, peer);

    if (metadata && metadata != peer->metadata) {
        wl_metadata_ref(metadata);
        g_clear_pointer(&peer->metadata, wl_metadata_unref);
        peer->metadata = metadata;
    }
    g_clear_pointer(&peer->learned_name, g_free);
    if (peer->metadata)
        peer->learned_name = wl_metadata_dup_display_name(peer->metadata);
    if (!peer->config)
        peer->basic = peer->metadata && wl_metadata_is_basic(peer->metadata);
}

static void
set_name(WlPeer *peer, char *name)
{
    if (g_strcmp0(peer->name, name) == 0) {
        g_free(name);
        return;
    }
    g_free(peer->name);
    peer->name = name;
    peer->name_serial++;
}

void
wl_engine_update_names(WlEngine *self)
{
    g_autoptr(GHashTable) names = NULL;

    if (!self->names_dirty)
        return;
    self->names_dirty = FALSE;
    self->name_serial++;
    names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    count(names, self->config->name);
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        learn(self, peer);
        count(names, peer->config && peer->config->name && *peer->config->name
                         ? peer->config->name
                         : peer->learned_name);
    }
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        g_autofree char *folded = NULL;

        if (peer->config && peer->config->name && *peer->config->name) {
            set_name(peer, g_strdup(peer->config->name));
            continue;
        }
        if (!peer->learned_name || !*peer->learned_name) {
            set_name(peer, g_strdup(""));
            continue;
        }
        folded = fold(peer->learned_name);
        if (GPOINTER_TO_UINT(g_hash_table_lookup(names, folded)) > 1) {
            g_autofree char *key = wl_key_to_string(&peer->key);
            set_name(peer, g_strdup_printf("%s (%.8s)", peer->learned_name, key));
        } else {
            set_name(peer, g_strdup(peer->learned_name));
        }
    }
}
