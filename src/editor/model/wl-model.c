/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-model-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <sodium.h>

#include "wl-effective-trust.h"
#include "wl-key.h"
#include "wl-profile-value.h"

#define SHORT_KEY 8 /* characters */

WlEditorPeer *
wl_editor_peer_new(void)
{
    WlEditorPeer *peer = g_new0(WlEditorPeer, 1);

    wl_editor_fields_init(&peer->fields, WL_KEY_OF_PEER);
    peer->other_data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    peer->other_secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify) wl_profile_wipe_free);
    return peer;
}

static void
free_peer(gpointer data)
{
    WlEditorPeer *peer = data;

    wl_editor_fields_clear(&peer->fields);
    g_hash_table_unref(peer->other_data);
    g_hash_table_unref(peer->other_secrets);
    g_free(peer);
}

WlEditorModel *
wl_editor_model_new(void)
{
    WlEditorModel *model = g_new0(WlEditorModel, 1);

    wl_editor_fields_init(&model->fields, WL_KEY_OF_PROFILE);
    model->peers = g_ptr_array_new_with_free_func(free_peer);
    model->loaded_order = g_ptr_array_new();
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
    g_ptr_array_unref(model->peers);
    g_ptr_array_unref(model->loaded_order);
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

void
wl_editor_model_set_persistent(WlEditorModel *model, gboolean persistent)
{
    if (model->persistent == !!persistent)
        return;
    model->persistent = !!persistent;
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_FIELD);
}

/* The engine's random bytes come from outside. */
static void
fill_random(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

void
wl_editor_model_generate_key(WlEditorModel *model)
{
    WlKey key;
    char *text;

    wl_key_generate(&key, fill_random, NULL);
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    wl_editor_model_set_text(model, NULL, "private-key", text);
    wl_key_free_string(text);
}

void
wl_editor_model_generate_preshared_key(WlEditorModel *model, WlEditorPeer *peer)
{
    WlKey key;
    char *text;

    fill_random(NULL, key.bytes, sizeof(key.bytes));
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    wl_editor_model_set_text(model, peer, "preshared-key", text);
    wl_key_free_string(text);
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
wl_editor_model_remove_peer(WlEditorModel *model, WlEditorPeer *peer)
{
    guint position = wl_editor_model_get_position(model, peer);
    gpointer removed = g_ptr_array_steal_index(model->peers, position);
    guint loaded;

    /* A later peer may get the same place in memory. */
    if (g_ptr_array_find(model->loaded_order, peer, &loaded))
        model->loaded_order->pdata[loaded] = NULL;
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
    free_peer(removed);
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

char *
wl_editor_peer_dup_short_key(const WlEditorPeer *peer)
{
    const char *key = wl_editor_peer_of(peer)->public_key;

    return key ? g_strndup(key, SHORT_KEY) : g_strdup("");
}

char *
wl_editor_peer_dup_title(const WlEditorPeer *peer)
{
    const WlProfilePeer *parsed = wl_editor_peer_of(peer);

    if (parsed->name)
        return g_strdup(parsed->name);
    /* "…" says that it is the beginning of a key. */
    if (parsed->public_key)
        return g_strdup_printf("%.*s…", SHORT_KEY, parsed->public_key);
    return g_strdup(_("New peer"));
}

gboolean
wl_editor_peer_has_problem(const WlEditorPeer *peer)
{
    return wl_editor_fields_first_problem(&peer->fields) != NULL;
}

gboolean
wl_editor_peer_matches(const WlEditorPeer *peer, const char *search)
{
    static const char *const keys[] = {"name", "public-key", "endpoint", "allowed-ips", "trust"};
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *folded = g_utf8_casefold(search, -1);
    g_auto(GStrv) words = g_strsplit_set(folded, " \t\n", -1);
    g_autofree char *text = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        g_string_append_printf(all, "%s\n", wl_editor_fields_get(&peer->fields, keys[i])->text);
    g_string_append(all, wl_editor_trust_title(wl_editor_peer_of(peer)->trust));
    text = g_utf8_casefold(all->str, -1);
    for (guint i = 0; words[i]; i++) {
        if (!strstr(text, words[i]))
            return FALSE;
    }
    return TRUE;
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

        if (fact->accepted && g_str_equal(fact->attribute, "allowed-ips") &&
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
