/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-labels.h"

#include <string.h>

#include <glib/gi18n-lib.h>

static const struct {
    WlKeyScope scope;
    const char *key;
    const char *label;
} labels[] = {
    {WL_KEY_OF_PROFILE, "private-key", N_("_Private key")},
    {WL_KEY_OF_PROFILE, "private-key-flags", N_("Storage of the private key")},
    {WL_KEY_OF_PROFILE, "address", N_("_Addresses")},
    {WL_KEY_OF_PROFILE, "listen-port", N_("_Listen port")},
    {WL_KEY_OF_PROFILE, "mtu", N_("_MTU")},
    {WL_KEY_OF_PROFILE, "member-name", N_("_Name of this machine")},
    {WL_KEY_OF_PROFILE, "role", N_("_Role")},
    {WL_KEY_OF_PROFILE, "fact-port", N_("_Fact port")},
    {WL_KEY_OF_PROFILE, "networks", N_("Net_works")},
    {WL_KEY_OF_PROFILE, "chatty", N_("_Share facts with all members")},
    {WL_KEY_OF_PROFILE, "link-name", N_("_Interface name")},
    {WL_KEY_OF_PROFILE, "hide-interfaces", N_("Hi_dden interfaces")},
    {WL_KEY_OF_PROFILE, "announce-interfaces", N_("Announc_ed interfaces")},
    {WL_KEY_OF_PROFILE, "full-tunnel", N_("Send all _traffic through the tunnel")},
    {WL_KEY_OF_PROFILE, "kill-switch", N_("Bl_ock traffic outside the tunnel")},
    {WL_KEY_OF_PROFILE, "autostart", N_("Connect automatically on an_y network")},
    {WL_KEY_OF_PROFILE, "port-mapping", N_("Port mapping _by the router")},
    {WL_KEY_OF_PROFILE, "forwarding", N_("Forward IP_v6 for other members")},
    {WL_KEY_OF_PROFILE, "offer-exit", N_("Exit to the internet for members")},
    {WL_KEY_OF_PROFILE, "shared-networks", N_("Networks shared with members")},
    {WL_KEY_OF_PEER, "public-key", N_("P_ublic key")},
    {WL_KEY_OF_PEER, "name", N_("_Name")},
    {WL_KEY_OF_PEER, "preshared-key", N_("Pre_shared key")},
    {WL_KEY_OF_PEER, "preshared-key-flags", N_("Storage of the preshared key")},
    {WL_KEY_OF_PEER, "endpoint", N_("_Endpoints")},
    {WL_KEY_OF_PEER, "allowed-ips", N_("Allowed _IPs")},
    {WL_KEY_OF_PEER, "keepalive", N_("Persistent _keepalive")},
    {WL_KEY_OF_PEER, "trust", N_("_Trust")},
    {WL_KEY_OF_PEER, "basic", N_("Runs _WireGuard only")},
    {WL_KEY_OF_PEER, "fact-exchanger", N_("Always share _facts with this peer")},
};

static const struct {
    const char *title, *explanation;
} levels[] = {
    [WL_PROFILE_TRUST_UNSET] =
        {N_("Automatic"),
         N_("Routers may introduce members; other peers may advertise endpoints.")},
    [WL_PROFILE_TRUST_UNTRUSTED] =
        {N_("Untrusted"),
         N_("Facts from this peer are ignored. Only this profile says how to reach it.")},
    [WL_PROFILE_TRUST_ENDPOINT] = {N_("Endpoints"),
                                   N_("May advertise the endpoints of known peers.")},
    [WL_PROFILE_TRUST_ALLOWED_IPS] =
        {N_("Allowed IPs"),
         N_("May also advertise the allowed IPs of known peers, which decide where "
            "traffic goes.")},
    [WL_PROFILE_TRUST_MEMBERSHIP] =
        {N_("Members"), N_("May also introduce members, which stay peers as long as this peer "
                           "advertises them.")},
    [WL_PROFILE_TRUST_DELEGATE_TRUST] =
        {N_("Delegate"),
         N_("Reserved for peers that set the trust of others; currently the same as "
            "Members.")},
};

const char *
wl_editor_label(WlKeyScope scope, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (labels[i].scope == scope && !strcmp(labels[i].key, key))
            return _(labels[i].label);
    }
    return key;
}

char *
wl_editor_label_strip(const char *label)
{
    char *plain = g_strdup(label);
    char *to = plain;

    for (const char *from = plain; *from; from++) {
        if (*from != '_')
            *to++ = *from;
    }
    *to = '\0';
    return plain;
}

char *
wl_editor_label_dup_plain(WlKeyScope scope, const char *key)
{
    return wl_editor_label_strip(wl_editor_label(scope, key));
}

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
