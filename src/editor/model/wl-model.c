/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-model.h"

#include <sodium.h>

#include "wl-check.h"
#include "wl-key-pair.h"
#include "wl-model-private.h"
#include "wl-peer.h"
#include "wl-profile-value.h"
#include "wl-read.h"

static void
free_peer(gpointer peer)
{
    wl_editor_peer_free(peer);
}

WlEditorModel *
wl_editor_model_new(void)
{
    WlEditorModel *model = g_new0(WlEditorModel, 1);

    wl_editor_fields_init(&model->fields, WL_KEY_OF_PROFILE);
    model->peers = g_ptr_array_new_with_free_func(free_peer);
    model->loaded_order = g_ptr_array_new();
    model->other_data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    model->persistent = model->loaded_persistent = TRUE;
    wl_editor_model_check(model);
    return model;
}

void
wl_editor_model_free(WlEditorModel *model)
{
    if (!model)
        return;
    wl_editor_fields_clear(&model->fields);
    wl_editor_model_forget_removed(model);
    g_ptr_array_unref(model->peers);
    g_ptr_array_unref(model->loaded_order);
    g_hash_table_unref(model->other_data);
    g_free(model->version);
    g_free(model->general_problem);
    wl_editor_live_free(model->live);
    g_free(model);
}

void
wl_editor_model_set_changed_func(WlEditorModel *model, WlEditorChangedFunc func, gpointer user_data)
{
    model->changed = func;
    model->changed_data = user_data;
}

void
wl_editor_model_notify(WlEditorModel *model, WlEditorChange change)
{
    if (model->changed)
        model->changed(model, change, model->changed_data);
}

void
wl_editor_model_set_text(WlEditorModel *model, WlEditorPeer *peer, const char *key,
                         const char *text)
{
    WlEditorFields *fields = peer ? &peer->fields : &model->fields;

    if (!wl_editor_fields_set(fields, wl_editor_fields_row(fields, key), text))
        return;
    if (wl_editor_key_is_checked(key))
        wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_FIELD);
}

void
wl_editor_model_set_persistent(WlEditorModel *model, gboolean persistent)
{
    if (model->persistent == !!persistent)
        return;
    model->persistent = !!persistent;
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_FIELD);
}

void
wl_editor_model_generate_key(WlEditorModel *model)
{
    char *text = wl_key_pair_generate();

    wl_editor_model_set_text(model, NULL, "private-key", text);
    wl_key_free_string(text);
}

void
wl_editor_model_generate_preshared_key(WlEditorModel *model, WlEditorPeer *peer)
{
    WlKey key;
    char *text;

    randombytes_buf(key.bytes, sizeof(key.bytes));
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    wl_editor_model_set_text(model, peer, "preshared-key", text);
    wl_key_free_string(text);
}

WlEditorPeer *
wl_editor_model_add_peer(WlEditorModel *model)
{
    WlEditorPeer *peer = wl_editor_peer_new();

    g_ptr_array_add(model->peers, peer);
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
    return peer;
}

void
wl_editor_model_forget_removed(WlEditorModel *model)
{
    guint loaded;

    if (!model->removed)
        return;
    /* A later peer may get the same address. */
    if (g_ptr_array_find(model->loaded_order, model->removed, &loaded))
        model->loaded_order->pdata[loaded] = NULL;
    g_clear_pointer(&model->removed, wl_editor_peer_free);
}

void
wl_editor_model_remove_peer(WlEditorModel *model, WlEditorPeer *peer)
{
    guint position = wl_editor_model_get_position(model, peer);

    wl_editor_model_forget_removed(model);
    model->removed = g_ptr_array_steal_index(model->peers, position);
    model->removed_position = position;
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
}

WlEditorPeer *
wl_editor_model_undo_remove(WlEditorModel *model)
{
    WlEditorPeer *peer = g_steal_pointer(&model->removed);

    if (!peer)
        return NULL;
    g_ptr_array_insert(model->peers, (int) MIN(model->removed_position, model->peers->len), peer);
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
    return peer;
}

void
wl_editor_model_move_peer(WlEditorModel *model, WlEditorPeer *peer, guint position)
{
    guint from = wl_editor_model_get_position(model, peer);

    position = MIN(position, model->peers->len - 1);
    if (from == position)
        return;
    g_ptr_array_insert(model->peers, (int) position, g_ptr_array_steal_index(model->peers, from));
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
}

void
wl_editor_model_set_live(WlEditorModel *model, WlEditorLive *live)
{
    if (!live && !model->live && !model->live_is_hidden)
        return;
    wl_editor_live_free(model->live);
    model->live = live;
    model->live_is_hidden = FALSE;
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_LIVE);
}

void
wl_editor_model_hide_live(WlEditorModel *model)
{
    if (model->live_is_hidden)
        return;
    g_clear_pointer(&model->live, wl_editor_live_free);
    model->live_is_hidden = TRUE;
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_LIVE);
}

WlEditorPeer *
wl_editor_model_trust_member(WlEditorModel *model, const char *public_key, WlProfileTrust trust)
{
    const WlEditorLivePeer *member = wl_editor_live_find(model->live, public_key);
    g_autoptr(GString) allowed = g_string_new(NULL);
    WlEditorPeer *peer;

    if (!member || wl_editor_model_find_peer(model, public_key))
        return NULL;
    for (guint i = 0; i < model->live->facts->len; i++) {
        const WlEditorLiveFact *fact = model->live->facts->pdata[i];

        if (fact->accepted && g_str_equal(fact->type, "allowed-ips") &&
            g_str_equal(fact->subject, public_key))
            g_string_append_printf(allowed, "%s%s", allowed->len ? " " : "", fact->value);
    }
    peer = wl_editor_peer_new();
    g_ptr_array_add(model->peers, peer);
    wl_editor_fields_set(&peer->fields, wl_editor_fields_row(&peer->fields, "public-key"),
                         public_key);
    wl_editor_fields_set(&peer->fields, wl_editor_fields_row(&peer->fields, "name"), member->name);
    wl_editor_fields_set(&peer->fields, wl_editor_fields_row(&peer->fields, "allowed-ips"),
                         allowed->str);
    wl_editor_fields_set(&peer->fields, wl_editor_fields_row(&peer->fields, "trust"),
                         wl_profile_trust_to_string(trust));
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
    return peer;
}
