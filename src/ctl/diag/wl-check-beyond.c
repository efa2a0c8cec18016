/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's questions over the tunnel: what is beyond a member. A packet whose hops are used up
 * at a machine is answered by it if it forwards, and dropped if it does not; so that machine need
 * not run this program. What firewalls keep back is not seen as open.
 */
#include "wl-check-beyond.h"

#include <net/if.h>

#include "wl-address.h"
#include "wl-display.h"
#include "wl-hop.h"

/* An address that nobody has (RFC 5737), for packets that do not get that far. */
#define NOWHERE   "192.0.2.1"
#define PORT      33434 /* as traceroute(8) has it */
#define TRIES     2
#define MOST_HOPS 4
#define WAIT      (700 * G_GINT64_CONSTANT(1000)) /* µs */
#define MOST_LANS 8

/* ---- exits ----------------------------------------------------------------------------------- */

WlBeyond
wl_check_beyond_exit(const char *address, const char *interface, char **router)
{
    gboolean forwards = FALSE;

    *router = NULL;
    for (guint hops = 1; hops <= MOST_HOPS; hops++) {
        for (guint i = 0; i < TRIES; i++) {
            g_autofree char *who = NULL;
            WlHopAnswer answer = wl_hop_send(NOWHERE, PORT, interface, hops, WAIT, &who);

            if (answer == WL_HOP_NONE)
                continue;
            if (hops > 1 && g_strcmp0(who, address) != 0) {
                *router = g_steal_pointer(&who);
                return WL_BEYOND_ANSWERS;
            }
            forwards = TRUE;
            break;
        }
    }
    return forwards ? WL_BEYOND_SILENT : WL_BEYOND_CLOSED;
}

static void
check_exit(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    const WlActivePeer *peer = wl_active_profile_get_exit(active);
    g_autofree char *name = peer ? wl_active_peer_label(peer) : NULL;
    g_autofree char *address = peer ? wl_active_peer_address(peer) : NULL;
    g_autofree char *router = NULL;
    g_autofree char *remedy = NULL;

    if (!peer || !wl_active_peer_is_reached(peer))
        return;
    remedy = g_strdup_printf("on %s: wirelinkctl offer-exit yes, and wirelinkctl doctor", name);
    switch (wl_check_beyond_exit(address, wl_property_string(active->link, "Interface"), &router)) {
    case WL_BEYOND_ANSWERS:
        wl_doctor_add(doctor, "exit", WL_CHECK_OK, NULL,
                      "%s: all traffic goes through %s, and %s beyond it answers", label, name,
                      router);
        break;
    case WL_BEYOND_SILENT:
        wl_doctor_add(doctor, "exit", WL_CHECK_WARN, remedy,
                      "%s: all traffic goes through %s, which forwards, but nothing beyond it "
                      "answers: it may not replace the addresses of members, or be offline",
                      label, name);
        break;
    case WL_BEYOND_CLOSED:
        wl_doctor_add(doctor, "exit", WL_CHECK_FAIL, remedy,
                      "%s: all traffic goes through %s, which does not forward it: the internet is "
                      "out of reach",
                      label, name);
        break;
    }
}

/* ---- networks behind members ------------------------------------------------------------------
 */

/* Not the network of the members, and neither one host nor everything. */
static gboolean
is_lan(const WlActiveProfile *active, const WlPrefix *prefix)
{
    g_autoptr(GVariant) own = wl_property_value(active->link, "Addresses", "as");
    GVariantIter iter;
    const char *text;

    if (!own || prefix->length <= 1 || prefix->length == wl_prefix_max_length(prefix))
        return FALSE;
    g_variant_iter_init(&iter, own);
    while (g_variant_iter_next(&iter, "&s", &text)) {
        WlPrefix address;

        if (wl_prefix_parse(text, &address) && wl_prefix_contains_ip(prefix, &address.ip))
            return FALSE;
    }
    return TRUE;
}

/* The first address of a network, which often is that of its router. */
static char *
dup_first(const WlPrefix *prefix)
{
    WlIp ip = wl_prefix_masked(prefix).ip;

    ip.bytes[wl_ip_size(&ip) - 1] |= 1;
    return wl_ip_to_string(&ip);
}

static gboolean
forwards(const char *address, const char *interface)
{
    for (guint i = 0; i < TRIES; i++) {
        if (wl_hop_send(address, PORT, interface, 1, WAIT, NULL) != WL_HOP_NONE)
            return TRUE;
    }
    return FALSE;
}

static void
check_lan(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
          const WlActivePeer *peer, const WlPrefix *prefix)
{
    const char *interface = wl_property_string(active->link, "Interface");
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *text = wl_prefix_to_string(prefix);
    g_autofree char *address = dup_first(prefix);
    g_autofree char *remedy = g_strdup_printf("on %s: wirelinkctl share-lan %s", name, text);

    if (!forwards(address, interface))
        wl_doctor_add(doctor, "lan", WL_CHECK_WARN, remedy,
                      "%s: %s does not forward to %s behind it", label, name, text);
    else if (wl_hop_send(address, PORT, interface, 64, WAIT, NULL) != WL_HOP_NONE)
        wl_doctor_add(doctor, "lan", WL_CHECK_OK, NULL, "%s: %s is reached through %s", label, text,
                      name);
    else
        wl_doctor_add(doctor, "lan", WL_CHECK_OK, NULL,
                      "%s: %s forwards to %s; whether machines there answer was not tested", label,
                      name, text);
}

static void
check_lans(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    guint checked = 0;

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];
        g_autoptr(GVariant) list = wl_property_value(peer->properties, "AllowedIPs", "as");
        GVariantIter iter;
        const char *text;

        if (!list || !wl_active_peer_is_reached(peer))
            continue;
        g_variant_iter_init(&iter, list);
        while (checked < MOST_LANS && g_variant_iter_next(&iter, "&s", &text)) {
            WlPrefix prefix;

            if (!wl_prefix_parse(text, &prefix) || !is_lan(active, &prefix))
                continue;
            check_lan(doctor, label, active, peer, &prefix);
            checked++;
        }
    }
}

void
wl_check_beyond(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    /* It may be in another network namespace. */
    if (if_nametoindex(wl_property_string(active->link, "Interface")) == 0)
        return;
    check_exit(doctor, label, active);
    check_lans(doctor, label, active);
}
