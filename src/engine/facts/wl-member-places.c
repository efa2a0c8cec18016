/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-member-places.h"

#include "wl-array.h"

struct _WlMemberPlaces {
    const WlEngine *engine;
    GHashTable *by_source; /* WlKey* -> number of learned members that it introduces */
};

int
wl_member_places_choose(const WlMemberPlace *places, guint n, guint wanted)
{
    int best = -1;

    for (guint i = 0; i < n; i++) {
        if (places[i].has_right || places[i].weight <= wanted || places[i].weight - wanted < 2)
            continue;
        if (best < 0 || places[i].weight > places[best].weight)
            best = (int) i;
    }
    return best;
}

typedef void (*SourceFunc)(WlMemberPlaces *self, const WlKey *source, gpointer user_data);

static void
for_each_source(const WlMemberPlaces *self, const WlKey *key, SourceFunc func, gpointer user_data)
{
    const GPtrArray *about = wl_fact_set_about(self->engine->facts, key);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];

        for (guint j = 0; wl_fact_is_member(&entry->fact) && j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);

            if (origin->verdict == WL_VERDICT_ACCEPTED)
                func((WlMemberPlaces *) self, &origin->key, user_data);
        }
    }
}

static guint
get_count(const WlMemberPlaces *self, const WlKey *source)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->by_source, source));
}

static void
add_one(WlMemberPlaces *self, const WlKey *source, gpointer user_data)
{
    g_hash_table_replace(self->by_source, wl_key_copy(source),
                         GUINT_TO_POINTER(get_count(self, source) + 1));
}

static void
remove_one(WlMemberPlaces *self, const WlKey *source, gpointer user_data)
{
    guint n = get_count(self, source);

    g_hash_table_replace(self->by_source, wl_key_copy(source), GUINT_TO_POINTER(n > 0 ? n - 1 : 0));
}

static void
weigh(WlMemberPlaces *self, const WlKey *source, gpointer user_data)
{
    guint *weight = user_data;

    *weight = MIN(*weight, get_count(self, source));
}

static guint
get_weight(const WlMemberPlaces *self, const WlKey *key)
{
    guint weight = G_MAXUINT;

    for_each_source(self, key, weigh, &weight);
    return weight;
}

WlMemberPlaces *
wl_member_places_new(const WlEngine *engine)
{
    WlMemberPlaces *self = g_new0(WlMemberPlaces, 1);

    self->engine = engine;
    self->by_source = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    for (guint i = 0; i < wl_peer_table_size(&engine->peers); i++) {
        const WlPeer *peer = wl_peer_table_get(&engine->peers, i);

        if (!peer->config)
            wl_member_places_note(self, &peer->key, TRUE);
    }
    return self;
}

void
wl_member_places_free(WlMemberPlaces *self)
{
    g_hash_table_unref(self->by_source);
    g_free(self);
}

void
wl_member_places_note(WlMemberPlaces *self, const WlKey *key, gboolean added)
{
    for_each_source(self, key, added ? add_one : remove_one, NULL);
}

WlPeer *
wl_member_places_find_victim(const WlMemberPlaces *self, const WlKey *key)
{
    const WlPeerTable *peers = &self->engine->peers;
    g_autoptr(GArray) places = wl_array_new(WlMemberPlace);
    int index;

    for (guint i = 0; i < wl_peer_table_size(peers); i++) {
        const WlPeer *peer = wl_peer_table_get(peers, i);
        WlMemberPlace place = {.has_right = peer->config || peer->router ||
                                            peer->liveness.healthy || peer->membership.displaced};

        if (!place.has_right)
            place.weight = get_weight(self, &peer->key);
        g_array_append_val(places, place);
    }
    index = wl_member_places_choose((const WlMemberPlace *) places->data, places->len,
                                    get_weight(self, key));
    return index < 0 ? NULL : wl_peer_table_get(peers, (guint) index);
}
