/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-effective-trust.h"

#include <glib/gi18n-lib.h>

#include "wl-labels.h"
#include "wl-model-private.h"
#include "wl-model.h"
#include "wl-peer.h"
#include "wl-profile-keys.h"
#include "wl-role.h"
#include "wl-trust.h"

#define MAX_NAMES 5

/* The levels of the profile, which include "unset", and those of the engine. */
G_STATIC_ASSERT((int) WL_PROFILE_TRUST_UNTRUSTED == (int) WL_TRUST_UNTRUSTED + 1);
G_STATIC_ASSERT((int) WL_PROFILE_TRUST_DELEGATE_TRUST == (int) WL_TRUST_DELEGATE + 1);

gboolean
wl_editor_model_is_trust_automatic(const WlEditorModel *model)
{
    for (guint i = 0; i < model->peers->len; i++) {
        if (wl_editor_peer_of((WlEditorPeer *) model->peers->pdata[i])->trust)
            return FALSE;
    }
    return TRUE;
}

static GArray *
parse_prefixes(const GPtrArray *texts)
{
    GArray *prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    for (guint i = 0; i < texts->len; i++) {
        WlPrefix prefix;

        if (wl_prefix_parse(texts->pdata[i], &prefix))
            g_array_append_val(prefixes, prefix);
    }
    return prefixes;
}

/* @shortest: the least length of the allowed IPs that count. */
static gboolean
covers_subnet(const WlEditorModel *model, const WlEditorPeer *peer, guint shortest)
{
    const GPtrArray *prefixes = wl_editor_peer_of(peer)->allowed_ips;
    g_autoptr(GArray) addresses = parse_prefixes(wl_editor_profile(model)->addresses);
    g_autoptr(GArray) allowed = parse_prefixes(prefixes);

    for (guint i = 0; i < allowed->len; i++) {
        const WlPrefix *prefix = &g_array_index(allowed, WlPrefix, i);

        if (prefix->length >= shortest && wl_role_covers_subnet(prefix, addresses))
            return TRUE;
    }
    return FALSE;
}

/* As wl_role_is_network_router() decides. */
gboolean
wl_editor_model_is_router(const WlEditorModel *model, const WlEditorPeer *peer)
{
    if (covers_subnet(model, peer, WL_ROLE_SHORTEST_NETWORK))
        return TRUE;
    if (!covers_subnet(model, peer, 0))
        return FALSE;
    for (guint i = 0; i < model->peers->len; i++) {
        if (covers_subnet(model, model->peers->pdata[i], WL_ROLE_SHORTEST_NETWORK))
            return FALSE;
    }
    return TRUE;
}

static WlTrust
evaluate(const WlEditorModel *model, const WlEditorPeer *peer, gboolean automatic,
         WlTrustSource *by)
{
    WlTrustInput question = {
        .configured = (WlTrust) ((int) wl_editor_peer_of(peer)->trust - 1),
        .any_configured = !automatic,
        .source_is_network_router = wl_editor_model_is_router(model, peer),
        .source_is_peer = TRUE,
    };

    return wl_trust_evaluate(&question, by);
}

WlProfileTrust
wl_editor_model_get_trust(const WlEditorModel *model, const WlEditorPeer *peer)
{
    WlTrustSource by;

    return (WlProfileTrust) ((int) evaluate(model, peer, wl_editor_model_is_trust_automatic(model),
                                            &by) +
                             1);
}

char *
wl_editor_model_dup_trust_reason(const WlEditorModel *model, const WlEditorPeer *peer)
{
    WlTrustSource by;
    WlTrust level = evaluate(model, peer, wl_editor_model_is_trust_automatic(model), &by);
    const char *title = wl_editor_trust_title((WlProfileTrust) ((int) level + 1));

    if (wl_editor_peer_of(peer)->basic)
        return g_strdup(_("Runs WireGuard only and exchanges no facts"));
    switch (by) {
    case WL_TRUST_SOURCE_CONFIG:
        return g_strdup_printf(_("%s: set in this profile"), title);
    case WL_TRUST_SOURCE_ROUTE:
        return g_strdup_printf(_("%s: a router, as its allowed IPs cover this network"), title);
    case WL_TRUST_SOURCE_KNOWN_PEER:
        return g_strdup_printf(_("%s: a known peer"), title);
    case WL_TRUST_SOURCE_NONE:
        break;
    }
    g_return_val_if_reached(NULL);
}

/* "hub, nas and 3 more" */
static char *
join_names(const GPtrArray *peers)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < MIN(peers->len, MAX_NAMES); i++) {
        g_autofree char *title = wl_editor_peer_dup_title(peers->pdata[i]);

        g_string_append_printf(names, "%s%s", i ? ", " : "", title);
    }
    if (peers->len <= MAX_NAMES)
        return g_strdup(names->str);
    return g_strdup_printf(
        g_dngettext(GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", peers->len - MAX_NAMES),
        names->str, peers->len - MAX_NAMES);
}

/* The routers that have no level while another peer has one. */
static GPtrArray *
list_lost_routers(const WlEditorModel *model)
{
    GPtrArray *routers = g_ptr_array_new();

    for (guint i = 0; i < model->peers->len && !wl_editor_model_is_trust_automatic(model); i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (!wl_editor_peer_of(peer)->trust && wl_editor_model_is_router(model, peer))
            g_ptr_array_add(routers, peer);
    }
    return routers;
}

char *
wl_editor_model_dup_lost_routers(const WlEditorModel *model)
{
    g_autoptr(GPtrArray) routers = list_lost_routers(model);

    return routers->len ? join_names(routers) : NULL;
}

void
wl_editor_model_trust_routers(WlEditorModel *model)
{
    g_autoptr(GPtrArray) routers = list_lost_routers(model);

    for (guint i = 0; i < routers->len; i++)
        wl_editor_model_set_text(model, routers->pdata[i], "trust",
                                 wl_profile_trust_to_string(WL_PROFILE_TRUST_MEMBERSHIP));
}

char *
wl_editor_model_dup_trust_warning(const WlEditorModel *model)
{
    g_autoptr(GPtrArray) set = g_ptr_array_new();
    g_autofree char *set_names = NULL;
    g_autofree char *router_names = wl_editor_model_dup_lost_routers(model);

    for (guint i = 0; i < model->peers->len; i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (wl_editor_peer_of(peer)->trust)
            g_ptr_array_add(set, peer);
    }
    if (!set->len)
        return NULL;
    set_names = join_names(set);
    if (!router_names)
        return g_strdup_printf(
            _("A trust level is set for %s, so automatic trust is off for all peers."), set_names);
    return g_strdup_printf(_("A trust level is set for %s, so automatic trust is off for all "
                             "peers. Without a level of its own, %s may advertise endpoints only "
                             "and cannot introduce members."),
                           set_names, router_names);
}
