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
    {WL_KEY_OF_PROFILE, "private-key-flags", N_("Who keeps the private key")},
    {WL_KEY_OF_PROFILE, "address", N_("_Addresses")},
    {WL_KEY_OF_PROFILE, "listen-port", N_("_Listen port")},
    {WL_KEY_OF_PROFILE, "mtu", N_("_MTU")},
    {WL_KEY_OF_PROFILE, "member-name", N_("Own _name")},
    {WL_KEY_OF_PROFILE, "role", N_("_Role")},
    {WL_KEY_OF_PROFILE, "fact-port", N_("_Fact port")},
    {WL_KEY_OF_PROFILE, "networks", N_("Net_works")},
    {WL_KEY_OF_PROFILE, "chatty", N_("Tell facts to ever_y member")},
    {WL_KEY_OF_PROFILE, "link-name", N_("_Interface name")},
    {WL_KEY_OF_PROFILE, "hide-interfaces", N_("Interfaces to hi_de")},
    {WL_KEY_OF_PROFILE, "announce-interfaces", N_("Interfaces to t_ell of")},
    {WL_KEY_OF_PROFILE, "full-tunnel", N_("Send all _traffic through the network")},
    {WL_KEY_OF_PROFILE, "kill-switch", N_("Bl_ock what cannot go through it")},
    {WL_KEY_OF_PROFILE, "autostart", N_("_Bring it up whenever there is a network")},
    {WL_KEY_OF_PROFILE, "forwarding", N_("Pass on IP_v6 for other members, too")},
    {WL_KEY_OF_PEER, "public-key", N_("P_ublic key")},
    {WL_KEY_OF_PEER, "name", N_("_Name")},
    {WL_KEY_OF_PEER, "preshared-key", N_("Pre_shared key")},
    {WL_KEY_OF_PEER, "preshared-key-flags", N_("Who keeps the preshared key")},
    {WL_KEY_OF_PEER, "endpoint", N_("_Endpoints")},
    {WL_KEY_OF_PEER, "allowed-ips", N_("Allowed _IPs")},
    {WL_KEY_OF_PEER, "keepalive", N_("_Keepalive")},
    {WL_KEY_OF_PEER, "trust", N_("May _tell us")},
    {WL_KEY_OF_PEER, "basic", N_("Runs _WireGuard only")},
    {WL_KEY_OF_PEER, "fact-exchanger", N_("Always tell _facts to it")},
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
wl_editor_label_dup_plain(WlKeyScope scope, const char *key)
{
    char *plain = g_strdup(wl_editor_label(scope, key));
    char *to = plain;

    for (const char *from = plain; *from; from++) {
        if (*from != '_')
            *to++ = *from;
    }
    *to = '\0';
    return plain;
}
