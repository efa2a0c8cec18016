/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile.h"

#include "wl-profile-text.h"

G_DEFINE_QUARK(wl - profile - error - quark, wl_profile_error)

static void
extra_free(gpointer data)
{
    WlProfileExtra *extra = data;

    g_free(extra->key);
    g_free(extra->value);
    g_free(extra);
}

static void
peer_free(gpointer data)
{
    wl_profile_peer_free(data);
}

WlProfilePeer *
wl_profile_peer_new(void)
{
    WlProfilePeer *peer = g_new0(WlProfilePeer, 1);

    peer->endpoints = g_ptr_array_new_with_free_func(g_free);
    peer->allowed_ips = g_ptr_array_new_with_free_func(g_free);
    peer->preshared_key_flags = WL_SECRET_FLAG_NOT_REQUIRED;
    peer->extra = g_ptr_array_new_with_free_func(extra_free);
    return peer;
}

void
wl_profile_peer_free(WlProfilePeer *peer)
{
    if (!peer)
        return;
    g_free(peer->public_key);
    g_free(peer->name);
    g_ptr_array_unref(peer->endpoints);
    g_ptr_array_unref(peer->allowed_ips);
    wl_profile_wipe_free(peer->preshared_key);
    g_ptr_array_unref(peer->extra);
    g_free(peer);
}

WlProfile *
wl_profile_new(void)
{
    WlProfile *profile = g_new0(WlProfile, 1);

    profile->addresses = g_ptr_array_new_with_free_func(g_free);
    profile->fact_port = WL_PROFILE_DEFAULT_FACT_PORT;
    profile->networks = g_ptr_array_new_with_free_func(g_free);
    profile->shared_networks = g_ptr_array_new_with_free_func(g_free);
    profile->hide_interfaces = g_ptr_array_new_with_free_func(g_free);
    profile->announce_interfaces = g_ptr_array_new_with_free_func(g_free);
    profile->peers = g_ptr_array_new_with_free_func(peer_free);
    profile->extra = g_ptr_array_new_with_free_func(extra_free);
    profile->warnings = g_ptr_array_new_with_free_func(g_free);
    return profile;
}

void
wl_profile_free(WlProfile *profile)
{
    if (!profile)
        return;
    wl_profile_wipe_free(profile->private_key);
    g_ptr_array_unref(profile->addresses);
    g_free(profile->interface_name);
    g_free(profile->name);
    g_ptr_array_unref(profile->networks);
    g_ptr_array_unref(profile->shared_networks);
    g_ptr_array_unref(profile->hide_interfaces);
    g_ptr_array_unref(profile->announce_interfaces);
    g_ptr_array_unref(profile->peers);
    g_ptr_array_unref(profile->extra);
    g_ptr_array_unref(profile->warnings);
    g_free(profile);
}

const char **
wl_profile_strings_view(const GPtrArray *strings)
{
    const char **view = g_new0(const char *, strings->len + 1);

    for (guint i = 0; i < strings->len; i++)
        view[i] = strings->pdata[i];
    return view;
}

char *
wl_profile_dup_link_name(const WlProfile *profile, const char *uuid)
{
    g_autoptr(GString) digits = g_string_new(NULL);

    if (profile && profile->interface_name)
        return g_strdup(profile->interface_name);
    for (const char *p = uuid; *p && digits->len < 8; p++) {
        if (g_ascii_isxdigit(*p))
            g_string_append_c(digits, g_ascii_tolower(*p));
    }
    return g_strdup_printf("nmwl-%s", digits->str);
}
