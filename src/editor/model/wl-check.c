/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-check.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-model-private.h"
#include "wl-profile-check.h"
#include "wl-read.h"

gboolean
wl_editor_key_is_checked(const char *key)
{
    /* These concern no other field; most typing happens here. */
    static const char *const alone[] = {
        "endpoint",  "keepalive", "trust",          "mtu",          "member-name", "role", "chatty",
        "link-name", "basic",     "fact-exchanger", "port-mapping", NULL,
    };

    return !g_strv_contains(alone, key);
}

static void G_GNUC_PRINTF(3, 4)
    set_conflict(const WlEditorFields *fields, const char *key, const char *format, ...)
{
    WlEditorField *field = wl_editor_fields_get(fields, key);
    va_list args;

    if (field->conflict)
        return;
    va_start(args, format);
    field->conflict = g_strdup_vprintf(format, args);
    va_end(args);
}

static void
clear_conflicts(WlEditorFields *fields)
{
    gsize n_keys;

    wl_profile_keys(&n_keys);
    for (gsize i = 0; i < n_keys; i++)
        g_clear_pointer(&fields->fields[i].conflict, g_free);
}

/* The name of a peer, or its position. */
static char *
describe(const WlEditorModel *model, const WlEditorPeer *peer)
{
    const WlProfilePeer *parsed = wl_editor_peer_of(peer);

    if (parsed->name)
        return g_strdup(parsed->name);
    return g_strdup_printf(_("peer %u"), wl_editor_model_get_position(model, peer) + 1);
}

static void
check_own_key(const WlEditorModel *model)
{
    const WlProfile *profile = wl_editor_profile(model);
    const WlEditorField *field = wl_editor_fields_get(&model->fields, "private-key");

    if (!*field->text && profile->private_key_flags == WL_SECRET_FLAG_NONE)
        set_conflict(
            &model->fields, "private-key",
            _("The private key is missing; generate one, or choose to be asked for it each "
              "time"));
    if (*field->text && (profile->private_key_flags & WL_SECRET_FLAG_NOT_REQUIRED))
        set_conflict(&model->fields, "private-key",
                     _("This key is marked as not required and would not be saved; choose where to "
                       "store it"));
}

static void
check_own_fields(const WlEditorModel *model, const char *own_key)
{
    const WlProfile *profile = wl_editor_profile(model);
    g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    check_own_key(model);
    if (profile->private_key && !own_key)
        set_conflict(&model->fields, "private-key",
                     _("This key has no public key; generate another one"));
    for (guint i = 0; i < profile->addresses->len; i++) {
        const char *address = profile->addresses->pdata[i];
        char *host = g_strndup(address, strcspn(address, "/"));

        if (!g_hash_table_add(hosts, host))
            set_conflict(&model->fields, "address", _("%s is listed twice; remove one"), host);
    }
    if (profile->fact_port == profile->listen_port) {
        set_conflict(&model->fields, "fact-port",
                     _("%u is also the listen port; change one of them"), profile->fact_port);
    }
}

static void
check_public_key(const WlEditorModel *model, WlEditorPeer *peer, const char *own_key,
                 GHashTable *owners)
{
    const char *key = wl_editor_peer_of(peer)->public_key;
    WlEditorPeer *other = g_hash_table_lookup(owners, key);

    if (!g_strcmp0(key, wl_editor_profile(model)->private_key)) {
        set_conflict(&peer->fields, "public-key",
                     _("This is the private key of this machine; enter the peer's public key"));
    } else if (!g_strcmp0(key, own_key)) {
        set_conflict(&peer->fields, "public-key",
                     _("This is the public key of this machine; remove this peer"));
    } else if (other) {
        g_autofree char *name = describe(model, peer);
        g_autofree char *other_name = describe(model, other);

        set_conflict(&peer->fields, "public-key",
                     _("%s has the same public key; merge the two peers"), other_name);
        set_conflict(&other->fields, "public-key",
                     _("%s has the same public key; merge the two peers"), name);
    } else {
        g_hash_table_insert(owners, (gpointer) key, peer);
    }
}

static void
check_allowed_ips(const WlEditorModel *model, WlEditorPeer *peer, GHashTable *owners)
{
    const GPtrArray *prefixes = wl_editor_peer_of(peer)->allowed_ips;

    for (guint i = 0; i < prefixes->len; i++) {
        const char *prefix = prefixes->pdata[i];
        WlEditorPeer *other = wl_profile_take_allowed_ip(owners, prefix, peer);
        g_autofree char *name = NULL, *other_name = NULL;

        if (!other || wl_profile_may_share_allowed_ip(wl_editor_profile(model), prefix))
            continue;
        name = describe(model, peer);
        other_name = describe(model, other);
        set_conflict(&peer->fields, "allowed-ips", _(WL_PROFILE_ALLOWED_IP_CONFLICT), prefix,
                     other_name);
        set_conflict(&other->fields, "allowed-ips", _(WL_PROFILE_ALLOWED_IP_CONFLICT), prefix,
                     name);
    }
}

static void
check_preshared_key(WlEditorPeer *peer)
{
    const char *text = wl_editor_fields_get(&peer->fields, "preshared-key")->text;
    const char *flags_text = wl_editor_fields_get(&peer->fields, "preshared-key-flags")->text;
    WlSecretFlags flags = wl_editor_peer_of(peer)->preshared_key_flags;

    if (!*flags_text)
        return; /* the default follows the key */
    if (!*text && flags == WL_SECRET_FLAG_NONE)
        set_conflict(
            &peer->fields, "preshared-key",
            _("The preshared key is missing; enter it, or choose that it is not required"));
    if (*text && (flags & WL_SECRET_FLAG_NOT_REQUIRED))
        set_conflict(&peer->fields, "preshared-key",
                     _("This key is marked as not required and would not be saved; choose where to "
                       "store it"));
}

static gboolean
has_default_route(const WlEditorModel *model)
{
    for (guint i = 0; i < model->peers->len; i++) {
        const GPtrArray *prefixes =
            wl_editor_peer_of((WlEditorPeer *) model->peers->pdata[i])->allowed_ips;

        for (guint j = 0; j < prefixes->len; j++) {
            if (wl_profile_is_default_route(prefixes->pdata[j]))
                return TRUE;
        }
    }
    return FALSE;
}

static void
check_full_tunnel(const WlEditorModel *model)
{
    const WlProfile *profile = wl_editor_profile(model);

    if (profile->full_tunnel && !has_default_route(model))
        set_conflict(
            &model->fields, "full-tunnel",
            _("No peer accepts all traffic; add 0.0.0.0/0 and ::/0 to the allowed IPs of one"));
    if (profile->kill_switch && !profile->full_tunnel)
        set_conflict(&model->fields, "kill-switch",
                     _("This requires sending all traffic through the tunnel; enable that too, or "
                       "disable this"));
}

/* Attaches any other error of wl_profile_check_parts() to the field that it names. */
static void
check_the_rest(WlEditorModel *model)
{
    WlProfile *profile = model->fields.parsed;
    g_autoptr(GError) error = NULL;
    const WlProfileKey *key;
    guint at;

    if (!wl_editor_model_is_valid(model, NULL, NULL))
        return;
    /* Lent to the profile for this check. */
    g_ptr_array_set_free_func(profile->peers, NULL);
    for (guint i = 0; i < model->peers->len; i++)
        g_ptr_array_add(profile->peers, ((WlEditorPeer *) model->peers->pdata[i])->fields.parsed);
    if (!wl_profile_check_parts(profile, WL_PROFILE_CHECK_DEFAULT, &key, &at, &error) && key->name)
        set_conflict(key->scope == WL_KEY_OF_PEER
                         ? &((WlEditorPeer *) model->peers->pdata[at])->fields
                         : &model->fields,
                     key->name, "%s", error->message);
    g_ptr_array_set_size(profile->peers, 0);
}

static char *
find_general_problem(const WlEditorModel *model)
{
    if (model->version)
        return g_strdup_printf(
            _("This profile has format version %s, and this version supports only "
              "1; update NetworkManager-wirelink"),
            model->version);
    if (!model->peers->len)
        return g_strdup(_("A network needs at least one peer; add one"));
    if (model->peers->len > WL_PROFILE_MAX_PEERS)
        return g_strdup_printf(_("Too many peers (%u, at most %u); remove some"), model->peers->len,
                               WL_PROFILE_MAX_PEERS);
    return NULL;
}

void
wl_editor_model_check(WlEditorModel *model)
{
    g_autofree char *own_key = wl_editor_model_dup_public_key(model);
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) prefixes = g_hash_table_new(g_str_hash, g_str_equal);

    clear_conflicts(&model->fields);
    for (guint i = 0; i < model->peers->len; i++)
        clear_conflicts(&((WlEditorPeer *) model->peers->pdata[i])->fields);
    check_own_fields(model, own_key);
    for (guint i = 0; i < model->peers->len; i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (wl_editor_peer_of(peer)->public_key)
            check_public_key(model, peer, own_key, keys);
        check_allowed_ips(model, peer, prefixes);
        check_preshared_key(peer);
    }
    check_full_tunnel(model);
    g_free(model->general_problem);
    model->general_problem = find_general_problem(model);
    check_the_rest(model);
}
