/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-editor-live.h"

#include <glib/gi18n-lib.h>

static void
free_peer(gpointer data)
{
    WlEditorLivePeer *peer = data;

    g_free(peer->public_key);
    g_free(peer->name);
    g_free(peer->state);
    g_free(peer->reason);
    g_free(peer->endpoint);
    g_free(peer->trust);
    g_free(peer);
}

static void
free_fact(gpointer data)
{
    WlEditorLiveFact *fact = data;

    g_free(fact->subject);
    g_free(fact->attribute);
    g_free(fact->value);
    g_free(fact->source);
    g_free(fact->source_name);
    g_free(fact->rule);
    g_free(fact);
}

WlEditorLive *
wl_editor_live_new(void)
{
    WlEditorLive *live = g_new0(WlEditorLive, 1);

    live->peers = g_ptr_array_new_with_free_func(free_peer);
    live->facts = g_ptr_array_new_with_free_func(free_fact);
    return live;
}

void
wl_editor_live_free(WlEditorLive *live)
{
    if (!live)
        return;
    g_ptr_array_unref(live->peers);
    g_ptr_array_unref(live->facts);
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
    own->reason = copy(peer->reason);
    own->endpoint = copy(peer->endpoint);
    own->trust = copy(peer->trust);
    own->configured = peer->configured;
    g_ptr_array_add(live->peers, own);
}

void
wl_editor_live_add_fact(WlEditorLive *live, const WlEditorLiveFact *fact)
{
    WlEditorLiveFact *own = g_new0(WlEditorLiveFact, 1);

    own->subject = copy(fact->subject);
    own->attribute = copy(fact->attribute);
    own->value = copy(fact->value);
    own->source = copy(fact->source);
    own->source_name = copy(fact->source_name);
    own->rule = copy(fact->rule);
    own->accepted = fact->accepted;
    g_ptr_array_add(live->facts, own);
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

const char *
wl_editor_live_state_title(const char *state)
{
    static const struct {
        const char *state, *title;
    } titles[] = {
        {"direct-lan", N_("Direct, in the same network")},
        {"direct", N_("Direct")},
        {"routed", N_("Through a router")},
        {"connecting", N_("Connecting")},
        {"offline", N_("Offline")},
    };

    for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
        if (g_str_equal(titles[i].state, state))
            return _(titles[i].title);
    }
    return state;
}
