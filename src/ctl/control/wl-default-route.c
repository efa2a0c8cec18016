/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default routes of a profile. The settings own their values; peers belong to the profile.
 */
#include "wl-default-route.h"

#include <string.h>

#include "wl-profile-check.h"

static void
clear_setting(gpointer data)
{
    g_free(((WlProfileSetting *) data)->value);
}

static GArray *
settings_new(void)
{
    GArray *settings = g_array_new(FALSE, FALSE, sizeof(WlProfileSetting));

    g_array_set_clear_func(settings, clear_setting);
    return settings;
}

/* Takes @value. */
static void
add_setting(GArray *settings, const WlProfilePeer *peer, const char *key, char *value)
{
    WlProfileSetting setting = {peer, key, value};

    g_array_append_val(settings, setting);
}

static GString *
dup_others(const WlProfilePeer *peer)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const char *prefix = peer->allowed_ips->pdata[i];

        if (!wl_profile_is_default_route(prefix))
            g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", prefix);
    }
    return list;
}

static gboolean
has_family(const WlProfilePeer *peer, gboolean v6)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const char *prefix = peer->allowed_ips->pdata[i];

        if (wl_profile_is_default_route(prefix) && !strchr(prefix, ':') == !v6)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_default_route_is_of(const WlProfilePeer *peer)
{
    return has_family(peer, FALSE) || has_family(peer, TRUE);
}

gboolean
wl_default_route_has_family(const WlProfile *profile, gboolean v6)
{
    for (guint i = 0; i < profile->addresses->len; i++) {
        if (!strchr(profile->addresses->pdata[i], ':') == !v6)
            return TRUE;
    }
    return FALSE;
}

/* Other prefixes first, as they were, then those of the families that the network has. */
static char *
dup_with_routes(const WlProfile *profile, const WlProfilePeer *peer)
{
    static const char *const routes[] = {"0.0.0.0/0", "::/0"};
    g_autoptr(GString) list = dup_others(peer);

    for (guint v6 = 0; v6 < G_N_ELEMENTS(routes); v6++) {
        if (wl_default_route_has_family(profile, v6 == 1) || has_family(peer, v6 == 1))
            g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", routes[v6]);
    }
    return g_strdup(list->str);
}

GArray *
wl_default_route_give(const WlProfile *profile, const WlProfilePeer *peer, gboolean kill_switch)
{
    GArray *settings = settings_new();

    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *other = profile->peers->pdata[i];

        if (other != peer && wl_default_route_is_of(other))
            add_setting(settings, other, "AllowedIPs", g_string_free(dup_others(other), FALSE));
    }
    add_setting(settings, peer, "AllowedIPs", dup_with_routes(profile, peer));
    add_setting(settings, NULL, "FullTunnel", g_strdup("yes"));
    if (kill_switch)
        add_setting(settings, NULL, "KillSwitch", g_strdup("yes"));
    return settings;
}

GArray *
wl_default_route_take(const WlProfile *profile)
{
    GArray *settings = settings_new();

    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];
        GString *others = wl_default_route_is_of(peer) ? dup_others(peer) : NULL;

        if (others && others->len > 0)
            add_setting(settings, peer, "AllowedIPs", g_strdup(others->str));
        if (others)
            g_string_free(others, TRUE);
    }
    add_setting(settings, NULL, "FullTunnel", g_strdup("no"));
    if (profile->kill_switch)
        add_setting(settings, NULL, "KillSwitch", g_strdup("no"));
    return settings;
}
