/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-effective-trust.h"

#include <glib/gi18n-lib.h>

#include "wl-model-private.h"
#include "wl-trust.h"

#define MOST_NAMES 5

/* Of the profile, which counts "not chosen" too, and of the engine. */
G_STATIC_ASSERT((int) WL_PROFILE_TRUST_UNTRUSTED == (int) WL_TRUST_UNTRUSTED + 1);
G_STATIC_ASSERT((int) WL_PROFILE_TRUST_DELEGATE_TRUST == (int) WL_TRUST_DELEGATE + 1);

static const struct {
    const char *title, *explanation;
} levels[] = {
    [WL_PROFILE_TRUST_UNSET] =
        {N_("Automatic"),
         N_("Nothing is chosen: routers are believed up to members, others where peers are found.")},
    [WL_PROFILE_TRUST_UNTRUSTED] =
        {N_("Nothing"),
         N_("Nothing that this peer tells is believed. It is reached as this profile "
            "says, no other way.")},
    [WL_PROFILE_TRUST_ENDPOINT] =
        {N_("Endpoints"), N_("It may tell at which addresses on the Internet or in the local "
                             "network the known peers, itself too, are found.")},
    [WL_PROFILE_TRUST_ALLOWED_IPS] =
        {N_("Allowed IPs"), N_("Besides, it may tell which addresses inside the network belong to "
                               "the known peers. Traffic goes where it says.")},
    [WL_PROFILE_TRUST_MEMBERSHIP] =
        {N_("Members"), N_("Besides, it may tell of new members by their keys, which are then "
                           "peers of this machine as long as it names them.")},
    [WL_PROFILE_TRUST_DELEGATE_TRUST] =
        {N_("Delegate"), N_("Meant for peers that may say whom else to believe. At present it is "
                            "the same as Members.")},
};

const char *
wl_editor_trust_title(WlProfileTrust trust)
{
    g_return_val_if_fail((guint) trust < G_N_ELEMENTS(levels), "");
    return _(levels[trust].title);
}

const char *
wl_editor_trust_explanation(WlProfileTrust trust)
{
    g_return_val_if_fail((guint) trust < G_N_ELEMENTS(levels), "");
    return _(levels[trust].explanation);
}

gboolean
wl_editor_model_is_trust_automatic(const WlEditorModel *model)
{
    for (guint i = 0; i < model->peers->len; i++) {
        if (wl_editor_peer_of((WlEditorPeer *) model->peers->pdata[i])->trust)
            return FALSE;
    }
    return TRUE;
}

gboolean
wl_editor_model_is_router(const WlEditorModel *model, const WlEditorPeer *peer)
{
    const GPtrArray *prefixes = wl_editor_peer_of(peer)->allowed_ips;

    for (guint i = 0; i < prefixes->len; i++) {
        WlPrefix prefix;

        if (wl_prefix_parse(prefixes->pdata[i], &prefix) &&
            (prefix.length == 0 || wl_prefix_is_routed_net(&prefix)))
            return TRUE;
    }
    return FALSE;
}

static WlTrust
evaluate(const WlEditorModel *model, const WlEditorPeer *peer, gboolean automatic,
         WlTrustSource *by)
{
    WlTrustQuestion question = {
        .configured = (WlTrust) ((int) wl_editor_peer_of(peer)->trust - 1),
        .any_configured = !automatic,
        .source_is_router = wl_editor_model_is_router(model, peer),
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
        return g_strdup(_("It runs WireGuard only and tells nothing."));
    switch (by) {
    case WL_TRUST_BY_CONFIGURATION:
        return g_strdup_printf(_("%s: chosen here."), title);
    case WL_TRUST_BY_ROUTE:
        return g_strdup_printf(_("%s: it is a router, for its allowed IPs are a whole network."),
                               title);
    case WL_TRUST_BY_KNOWN_PEER:
        return g_strdup_printf(_("%s: it is a known peer."), title);
    case WL_TRUST_BY_NONE:
        break;
    }
    g_return_val_if_reached(NULL);
}

/* "hub, nas and 3 more" */
static char *
join_names(const GPtrArray *peers)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < MIN(peers->len, MOST_NAMES); i++) {
        g_autofree char *title = wl_editor_peer_dup_title(peers->pdata[i]);

        g_string_append_printf(names, "%s%s", i ? ", " : "", title);
    }
    if (peers->len <= MOST_NAMES)
        return g_strdup(names->str);
    return g_strdup_printf(
        g_dngettext(GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", peers->len - MOST_NAMES),
        names->str, peers->len - MOST_NAMES);
}

char *
wl_editor_model_dup_trust_warning(const WlEditorModel *model)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    g_autoptr(GPtrArray) losing = g_ptr_array_new();
    g_autofree char *chosen_names = NULL;
    g_autofree char *losing_names = NULL;

    for (guint i = 0; i < model->peers->len; i++) {
        WlEditorPeer *peer = model->peers->pdata[i];

        if (wl_editor_peer_of(peer)->trust)
            g_ptr_array_add(chosen, peer);
        else if (wl_editor_model_is_router(model, peer))
            g_ptr_array_add(losing, peer);
    }
    if (!chosen->len)
        return NULL;
    chosen_names = join_names(chosen);
    if (!losing->len)
        return g_strdup_printf(
            _("A level is chosen for %s. This switches the automatic rule off: no "
              "router is believed just because it is one."),
            chosen_names);
    losing_names = join_names(losing);
    return g_strdup_printf(_("A level is chosen for %s. This switches the automatic rule off: no "
                             "router is believed just because it is one. Choose a level for %s "
                             "too, or it may tell endpoints only and its new members are not "
                             "taken."),
                           chosen_names, losing_names);
}
