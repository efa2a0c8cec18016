/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-read.h"

#include "wl-key.h"
#include "wl-model-private.h"

static const WlEditorFields *
fields_of(const WlEditorModel *model, const WlEditorPeer *peer)
{
    return peer ? &peer->fields : &model->fields;
}

const char *
wl_editor_model_get_text(const WlEditorModel *model, const WlEditorPeer *peer, const char *key)
{
    return wl_editor_fields_get(fields_of(model, peer), key)->text;
}

const char *
wl_editor_model_get_problem(const WlEditorModel *model, const WlEditorPeer *peer, const char *key)
{
    const WlEditorField *field = wl_editor_fields_get(fields_of(model, peer), key);

    return field->problem ? field->problem : field->conflict;
}

const char *
wl_editor_model_get_general_problem(const WlEditorModel *model)
{
    return model->general_problem;
}

gboolean
wl_editor_model_is_valid(const WlEditorModel *model, const WlEditorPeer **peer, const char **key)
{
    const WlEditorPeer *at = NULL;
    const char *wrong = wl_editor_fields_first_problem(&model->fields);

    for (guint i = 0; !wrong && i < model->peers->len; i++) {
        at = model->peers->pdata[i];
        wrong = wl_editor_fields_first_problem(&at->fields);
    }
    if (peer)
        *peer = wrong ? at : NULL;
    if (key)
        *key = wrong;
    return !wrong && !model->general_problem;
}

gboolean
wl_editor_model_is_changed(const WlEditorModel *model)
{
    if (wl_editor_fields_are_changed(&model->fields) ||
        model->persistent != model->loaded_persistent ||
        model->peers->len != model->loaded_order->len)
        return TRUE;
    for (guint i = 0; i < model->peers->len; i++) {
        const WlEditorPeer *peer = model->peers->pdata[i];

        if (peer != model->loaded_order->pdata[i] || wl_editor_fields_are_changed(&peer->fields))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_editor_model_get_persistent(const WlEditorModel *model)
{
    return model->persistent;
}

char *
wl_editor_model_dup_public_key(const WlEditorModel *model)
{
    const char *private_key = wl_editor_profile(model)->private_key;
    WlKey key, public_key;
    gboolean derived;

    if (!private_key || !wl_key_parse(private_key, &key))
        return NULL;
    derived = wl_key_derive_public(&key, &public_key);
    wl_key_wipe(&key);
    return derived ? wl_key_to_string(&public_key) : NULL;
}

guint
wl_editor_model_get_n_peers(const WlEditorModel *model)
{
    return model->peers->len;
}

WlEditorPeer *
wl_editor_model_get_peer(const WlEditorModel *model, guint position)
{
    g_return_val_if_fail(position < model->peers->len, NULL);
    return model->peers->pdata[position];
}

WlEditorPeer *
wl_editor_model_find_peer(const WlEditorModel *model, const char *public_key)
{
    for (guint i = 0; i < model->peers->len; i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (!g_strcmp0(wl_editor_peer_of(peer)->public_key, public_key))
            return peer;
    }
    return NULL;
}

guint
wl_editor_model_get_position(const WlEditorModel *model, const WlEditorPeer *peer)
{
    guint position = 0;
    gboolean found = g_ptr_array_find(model->peers, peer, &position);

    g_assert(found);
    return position;
}

const WlEditorPeer *
wl_editor_model_get_removed(const WlEditorModel *model, guint *position)
{
    *position = MIN(model->removed_position, model->peers->len);
    return model->removed;
}

const WlEditorLive *
wl_editor_model_get_live(const WlEditorModel *model)
{
    return model->live;
}

const WlEditorLivePeer *
wl_editor_model_get_live_peer(const WlEditorModel *model, const WlEditorPeer *peer)
{
    const char *key = wl_editor_peer_of(peer)->public_key;

    return key ? wl_editor_live_find(model->live, key) : NULL;
}
