/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-phone.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wl-check.h"
#include "wl-effective-trust.h"
#include "wl-key-pair.h"
#include "wl-model-private.h"
#include "wl-model.h"
#include "wl-network.h"
#include "wl-peer.h"
#include "wl-profile-check.h"
#include "wl-profile-data.h"
#include "wl-profile-error.h"
#include "wl-profile-text.h"
#include "wl-read.h"
#include "wl-wgquick-write.h"

gboolean
wl_editor_phone_is_possible(const WlEditorModel *model)
{
    WlProfileRole role = wl_editor_profile(model)->role;

    if (wl_editor_profile(model)->addresses->len == 0 || role == WL_PROFILE_ROLE_LEAF)
        return FALSE;
    for (guint i = 0; i < model->peers->len && role == WL_PROFILE_ROLE_AUTOMATIC; i++) {
        if (wl_editor_model_is_router(model, model->peers->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* The key of vpn.data with the endpoint. */
static char *
dup_endpoint_key(void)
{
    return g_strconcat(wl_profile_data_extra_prefix(WL_PROFILE_SECTION_WIRELINK),
                       WL_NETWORK_NOTE_ENDPOINT, NULL);
}

const char *
wl_editor_phone_get_endpoint(const WlEditorModel *model)
{
    g_autofree char *key = dup_endpoint_key();

    return g_hash_table_lookup(model->other_data, key);
}

static gpointer
copy_string(gconstpointer text, gpointer user_data)
{
    return g_strdup(text);
}

static void
add_peer(WlProfile *profile, const char *name, const GPtrArray *allowed_ips)
{
    WlProfilePeer *peer = wl_profile_peer_new();

    peer->name = g_strdup(name);
    if (allowed_ips)
        g_ptr_array_extend(peer->allowed_ips, (GPtrArray *) allowed_ips, copy_string, NULL);
    g_ptr_array_add(profile->peers, peer);
}

/* The names and addresses that are in use, and what all members share: of this machine, the peers
 * of the profile, and the members that others introduced. */
static WlProfile *
dup_known(const WlEditorModel *model)
{
    const WlProfile *own = wl_editor_profile(model);
    WlProfile *known = wl_profile_new();

    known->name = g_strdup(own->name);
    known->fact_port = own->fact_port;
    known->mtu = own->mtu;
    g_ptr_array_extend(known->addresses, own->addresses, copy_string, NULL);
    g_ptr_array_extend(known->networks, own->networks, copy_string, NULL);
    for (guint i = 0; i < model->peers->len; i++) {
        const WlProfilePeer *peer = wl_editor_peer_of((WlEditorPeer *) model->peers->pdata[i]);

        add_peer(known, peer->name, peer->allowed_ips);
    }
    for (guint i = 0; model->live && i < model->live->peers->len; i++) {
        const WlEditorLivePeer *live = model->live->peers->pdata[i];
        g_autoptr(GPtrArray) addresses = g_ptr_array_new();

        if (*live->address)
            g_ptr_array_add(addresses, live->address);
        if (!wl_editor_model_find_peer(model, live->public_key))
            add_peer(known, *live->name ? live->name : NULL, addresses);
    }
    return known;
}

char *
wl_editor_phone_suggest_name(const WlEditorModel *model)
{
    g_autoptr(WlProfile) known = dup_known(model);

    for (guint i = 1;; i++) {
        g_autofree char *name = i == 1 ? g_strdup(_("phone")) : g_strdup_printf(_("phone %u"), i);

        if (wl_network_check_new_name(known, name, NULL))
            return g_steal_pointer(&name);
    }
}

/* Checks @hub and the name. */
static gboolean
check(const WlEditorModel *model, const WlNetworkHub *hub, const char *name, GError **error)
{
    if (!wl_network_check_name(name, error) ||
        !wl_network_check_new_name(hub->profile, name, error))
        return FALSE;
    if (!hub->public_key)
        return wl_profile_fail(error, WL_PROFILE_ERROR_SECRET,
                               _("this machine has no private key; generate or enter it first"));
    if (wl_editor_phone_is_possible(model))
        return TRUE;
    return wl_profile_fail(error, WL_PROFILE_ERROR_CONFLICT,
                           _("this machine is not the hub of its network; add the phone there"));
}

/* Makes the phone; *peer is what it is for the hub. NULL with *error. */
static char *
make(const WlNetworkHub *hub, const char *name, WlProfilePeer **peer, GError **error)
{
    g_autoptr(WlProfileFile) file = NULL;
    g_autofree char *public_key = NULL;
    char *private_key;
    guint64 host;

    if (!wl_network_next(hub->networks, hub->profile, &host, error))
        return NULL;
    private_key = wl_key_pair_generate();
    public_key = wl_key_pair_public_of(private_key);
    file = wl_network_new_member(hub, private_key, name, host);
    wl_profile_wipe_free(private_key);
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error))
        return NULL;
    *peer = wl_network_member_peer(public_key, name, hub->networks, host, TRUE);
    return wl_wgquick_format_plain(file);
}

/* A listen port that the kernel chooses would be another one at each start. */
static void
take_endpoint(WlEditorModel *model, const char *endpoint)
{
    g_hash_table_replace(model->other_data, dup_endpoint_key(), g_strdup(endpoint));
    if (wl_editor_profile(model)->listen_port == 0)
        wl_editor_fields_set(&model->fields, wl_editor_fields_row(&model->fields, "listen-port"),
                             strrchr(endpoint, ':') + 1);
}

char *
wl_editor_phone_add(WlEditorModel *model, const char *name, const char *endpoint, GError **error)
{
    g_autoptr(WlProfile) known = dup_known(model);
    g_autoptr(GArray) networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autofree char *public_key = wl_editor_model_dup_public_key(model);
    g_autofree char *whole = wl_network_endpoint(endpoint, error);
    WlNetworkHub hub = {known, public_key, whole, networks};
    WlProfilePeer *peer = NULL;
    char *text;

    if (!whole || !check(model, &hub, name, error) ||
        !wl_network_of(wl_editor_profile(model), networks, error))
        return NULL;
    text = make(&hub, name, &peer, error);
    if (!text)
        return NULL;
    take_endpoint(model, whole);
    g_ptr_array_add(model->peers, wl_editor_peer_new_from(peer));
    wl_profile_peer_free(peer);
    wl_editor_model_check(model);
    wl_editor_model_notify(model, WL_EDITOR_CHANGE_FIELD | WL_EDITOR_CHANGE_PEERS);
    return text;
}
