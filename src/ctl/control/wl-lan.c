/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of prefixes in a profile. Stateless. Errors are of WL_CTL_ERROR.
 */
#include "wl-lan.h"

#include <string.h>

#include "wl-address.h"
#include "wl-display.h"
#include "wl-exit.h"
#include "wl-profile-check.h"

#define MAX_VALUE 80 /* columns */

char *
wl_lan_parse(const char *text, GError **error)
{
    g_autofree char *shown = wl_display_quote(text, MAX_VALUE);
    WlPrefix prefix;

    if (!strchr(text, '/') || !wl_prefix_parse(text, &prefix)) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_USAGE,
                    "\"%s\" is no network; write it like 192.168.2.0/24", shown);
        return NULL;
    }
    if (prefix.length <= 1) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_USAGE,
                    "%s is everything; wirelinkctl offer-exit yes is for that", shown);
        return NULL;
    }
    prefix = wl_prefix_masked(&prefix);
    return wl_prefix_to_string(&prefix);
}

gboolean
wl_lan_is_in(const GPtrArray *list, const char *prefix)
{
    for (guint i = 0; i < list->len; i++) {
        if (strcmp(list->pdata[i], prefix) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_lan_check(const WlProfile *profile, const char *prefix, GError **error)
{
    WlPrefix wanted;

    wl_prefix_parse(prefix, &wanted);
    for (guint i = 0; i < profile->addresses->len; i++) {
        WlPrefix own;

        if (!wl_prefix_parse(profile->addresses->pdata[i], &own))
            continue;
        own = wl_prefix_masked(&own);
        if (!wl_prefix_contains(&own, &wanted) && !wl_prefix_contains(&wanted, &own))
            continue;
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "%s overlaps the network of the members, %s", prefix,
                    (const char *) profile->addresses->pdata[i]);
        return FALSE;
    }
    return TRUE;
}

static void
add(GString *list, const char *prefix)
{
    g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", prefix);
}

static GString *
dup_list(const GPtrArray *list, const char *without)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        if (strcmp(list->pdata[i], without) != 0)
            add(text, list->pdata[i]);
    }
    return text;
}

char *
wl_lan_with(const GPtrArray *list, const char *prefix)
{
    GString *text = dup_list(list, prefix);

    add(text, prefix);
    return g_string_free(text, FALSE);
}

char *
wl_lan_without(const GPtrArray *list, const char *prefix)
{
    return g_string_free(dup_list(list, prefix), FALSE);
}

/* The default: the subnets of the addresses and the allowed IPs of the peers. */
static GPtrArray *
dup_default(const WlProfile *profile)
{
    GPtrArray *networks = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < profile->addresses->len; i++) {
        WlPrefix prefix;

        if (!wl_prefix_parse(profile->addresses->pdata[i], &prefix))
            continue;
        prefix = wl_prefix_masked(&prefix);
        g_ptr_array_add(networks, wl_prefix_to_string(&prefix));
    }
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const char *prefix = peer->allowed_ips->pdata[j];

            if (!wl_profile_is_default_route(prefix) && !wl_lan_is_in(networks, prefix))
                g_ptr_array_add(networks, g_strdup(prefix));
        }
    }
    return networks;
}

char *
wl_lan_networks_with(const WlProfile *profile, const char *prefix)
{
    g_autoptr(GPtrArray) others = profile->networks->len == 0 ? dup_default(profile) : NULL;

    return wl_lan_with(others ? others : profile->networks, prefix);
}
