/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-live.h"

#include <string.h>

char *
wl_editor_host_of_prefix(const char *prefix)
{
    gsize length = strcspn(prefix, "/");
    gboolean ipv6 = memchr(prefix, ':', length) != NULL;

    return g_str_equal(prefix + length, ipv6 ? "/128" : "/32") ? g_strndup(prefix, length) : NULL;
}

static void
free_peer(gpointer data)
{
    WlEditorLivePeer *peer = data;

    g_free(peer->public_key);
    g_free(peer->name);
    g_free(peer->state);
    g_free(peer->reason_id);
    g_free(peer->reason);
    g_free(peer->endpoint);
    g_free(peer->trust);
    g_free(peer->address);
    g_free(peer);
}

static void
free_fact(gpointer data)
{
    WlEditorLiveFact *fact = data;

    g_free(fact->subject);
    g_free(fact->type);
    g_free(fact->value);
    g_free(fact->source);
    g_free(fact->source_name);
    g_free(fact->reason);
    g_free(fact);
}

WlEditorLive *
wl_editor_live_new(void)
{
    WlEditorLive *live = g_new0(WlEditorLive, 1);

    live->peers = g_ptr_array_new_with_free_func(free_peer);
    live->facts = g_ptr_array_new_with_free_func(free_fact);
    live->by_subject =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
    live->pending_keys = g_new0(char *, 1);
    live->profile_error = g_strdup("");
    return live;
}

void
wl_editor_live_free(WlEditorLive *live)
{
    if (!live)
        return;
    g_ptr_array_unref(live->peers);
    g_hash_table_unref(live->by_subject);
    g_ptr_array_unref(live->facts);
    g_strfreev(live->pending_keys);
    g_free(live->profile_error);
    g_free(live);
}

static char *
copy(const char *text)
{
    return g_utf8_make_valid(text ? text : "", -1);
}

void
wl_editor_live_add_peer(WlEditorLive *live, const WlEditorLivePeer *peer)
{
    WlEditorLivePeer *own = g_new0(WlEditorLivePeer, 1);

    own->public_key = copy(peer->public_key);
    own->name = copy(peer->name);
    own->state = copy(peer->state);
    own->reason_id = copy(peer->reason_id);
    own->reason = copy(peer->reason);
    own->endpoint = copy(peer->endpoint);
    own->trust = copy(peer->trust);
    own->address = copy(peer->address);
    own->round_trip = peer->round_trip;
    own->received = peer->received;
    own->sent = peer->sent;
    own->configured = peer->configured;
    g_ptr_array_add(live->peers, own);
}

void
wl_editor_live_add_fact(WlEditorLive *live, const WlEditorLiveFact *fact)
{
    WlEditorLiveFact *own = g_new0(WlEditorLiveFact, 1);
    GPtrArray *about;

    own->subject = copy(fact->subject);
    own->type = copy(fact->type);
    own->value = copy(fact->value);
    own->source = copy(fact->source);
    own->source_name = copy(fact->source_name);
    own->reason = copy(fact->reason);
    own->accepted = fact->accepted;
    g_ptr_array_add(live->facts, own);
    about = g_hash_table_lookup(live->by_subject, own->subject);
    if (!about) {
        about = g_ptr_array_new();
        g_hash_table_insert(live->by_subject, own->subject, about);
    }
    g_ptr_array_add(about, own);
}

void
wl_editor_live_set_profile_state(WlEditorLive *live, const char *const *pending_keys,
                                 const char *error)
{
    guint n_keys = pending_keys ? g_strv_length((char **) pending_keys) : 0;

    g_strfreev(live->pending_keys);
    live->pending_keys = g_new0(char *, n_keys + 1);
    for (guint i = 0; i < n_keys; i++)
        live->pending_keys[i] = copy(pending_keys[i]);
    g_free(live->profile_error);
    live->profile_error = copy(error);
}

const GPtrArray *
wl_editor_live_get_facts(const WlEditorLive *live, const char *subject)
{
    return g_hash_table_lookup(live->by_subject, subject);
}

const WlEditorLivePeer *
wl_editor_live_find(const WlEditorLive *live, const char *public_key)
{
    for (guint i = 0; live && i < live->peers->len; i++) {
        const WlEditorLivePeer *peer = live->peers->pdata[i];

        if (g_str_equal(peer->public_key, public_key))
            return peer;
    }
    return NULL;
}
