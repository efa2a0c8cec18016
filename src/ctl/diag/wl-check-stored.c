/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of the keys of a stored profile, with the reader that an activation uses.
 */
#include "wl-check-stored.h"

#include <string.h>

#include "wl-address.h"
#include "wl-display.h"
#include "wl-profile-data.h"

#define MAX_REASON 300 /* columns */

static char *
label_peer(const WlProfilePeer *peer)
{
    return peer->name ? wl_display_quote(peer->name, MAX_REASON)
                      : wl_display_short_key(peer->public_key ? peer->public_key : "");
}

static void
check_default_route(WlDoctor *doctor, const char *label, const WlStoredProfile *stored,
                    const WlProfile *profile)
{
    g_autofree char *remedy = NULL;
    g_autofree char *name = NULL;
    guint index;

    if (profile->full_tunnel || !wl_profile_find_default_route(profile, &index))
        return;
    name = label_peer(profile->peers->pdata[index]);
    remedy = g_strdup_printf("to send it there, as wg-quick would: nmcli connection modify %s "
                             "+vpn.data full-tunnel=yes, then reactivate the profile; otherwise "
                             "remove the default route from the peer",
                             stored->uuid);
    wl_doctor_add(doctor, "full-tunnel", WL_CHECK_WARN, remedy,
                  "%s: %s has a default route, but full-tunnel is off: internet traffic goes "
                  "outside the tunnel",
                  label, name);
}

/* Whether a prefix wider than one host covers the subnet of an own address. */
static gboolean
covers_network(const WlProfile *profile, const char *text)
{
    WlPrefix prefix, address;

    if (!wl_prefix_parse(text, &prefix) || prefix.length == wl_prefix_max_length(&prefix))
        return FALSE;
    for (guint i = 0; i < profile->addresses->len; i++) {
        if (!wl_prefix_parse(profile->addresses->pdata[i], &address))
            continue;
        address = wl_prefix_masked(&address);
        if (wl_prefix_contains(&prefix, &address))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_wide(const char *text)
{
    WlPrefix prefix;

    return wl_prefix_parse(text, &prefix) && prefix.length < wl_prefix_max_length(&prefix);
}

/* A profile from before trust by route needed the network itself: no peer may introduce members. */
static void
check_trust(WlDoctor *doctor, const char *label, const WlStoredProfile *stored,
            const WlProfile *profile)
{
    const WlProfilePeer *router = NULL;
    g_autofree char *remedy = NULL;
    g_autofree char *name = NULL;

    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];

        if (peer->trust != WL_PROFILE_TRUST_UNSET)
            return;
        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            if (covers_network(profile, peer->allowed_ips->pdata[j]))
                return;
            if (!peer->basic && is_wide(peer->allowed_ips->pdata[j]))
                router = peer;
        }
    }
    if (!router)
        return;
    name = label_peer(router);
    remedy = g_strdup_printf("if it may: nmcli connection modify %s +vpn.data "
                             "peer-%u-trust=Membership; if it only has a network behind it, "
                             "nothing is to be done",
                             stored->uuid, router->number);
    wl_doctor_add(doctor, "trust", WL_CHECK_WARN, remedy,
                  "%s: %s routes another network than this one, and may not introduce members",
                  label, name);
}

static void
check_addresses(WlDoctor *doctor, const char *label, const WlProfile *profile)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];
        g_autofree char *name = label_peer(peer);

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const char *prefix = peer->allowed_ips->pdata[j];
            gsize length = strcspn(prefix, "/");

            if (is_wide(prefix))
                continue;
            for (guint k = 0; k < profile->addresses->len; k++) {
                const char *address = profile->addresses->pdata[k];

                if (strcspn(address, "/") == length && strncmp(address, prefix, length) == 0)
                    wl_doctor_add(doctor, "address", WL_CHECK_FAIL,
                                  "give one of the two another address in the network",
                                  "%s: the profile gives the address of this machine, %.*s, to "
                                  "the peer %s as well",
                                  label, (int) length, address, name);
            }
        }
    }
}

void
wl_check_stored(WlDoctor *doctor, const char *label, const WlStoredProfile *stored)
{
    g_autoptr(GError) invalid = NULL;
    g_autoptr(WlProfile) profile =
        wl_profile_data_read(stored->data, NULL, WL_PROFILE_CHECK_DEFAULT, &invalid);

    if (!profile) {
        g_autofree char *shown = wl_display_quote(invalid->message, MAX_REASON);
        g_autofree char *remedy = g_strdup_printf(
            "correct it: nmcli connection modify %s +vpn.data KEY=VALUE", stored->uuid);

        /* The service of an active one says the same of what it does not use. */
        if (!stored->activated)
            wl_doctor_add(doctor, "profile", WL_CHECK_FAIL, remedy, "%s: cannot be activated: %s",
                          label, shown);
        return;
    }
    for (guint i = 0; i < profile->warnings->len; i++) {
        g_autofree char *shown = wl_display_quote(profile->warnings->pdata[i], MAX_REASON);

        wl_doctor_add(doctor, "profile", WL_CHECK_WARN,
                      "correct the name of the key, or remove it with nmcli connection modify",
                      "%s: %s", label, shown);
    }
    check_default_route(doctor, label, stored, profile);
    check_trust(doctor, label, stored, profile);
    check_addresses(doctor, label, profile);
}
