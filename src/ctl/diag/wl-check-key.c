/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of public keys. WireGuard does not answer a handshake for another key and does
 * not report one of an unknown key, so that the evidence is indirect.
 */
#include "wl-check-key.h"

#include <net/if.h>
#include <string.h>

#include "wl-address.h"
#include "wl-display.h"
#include "wl-hop.h"
#include "wl-ping.h"

#define MAX_VALUE  80                              /* columns */
#define MOST_PEERS 4                               /* whose endpoints are probed */
#define WAIT       (700 * G_GINT64_CONSTANT(1000)) /* µs */

static gboolean
was_never_reached(const WlActivePeer *peer)
{
    return wl_property_boolean(peer->properties, "Configured") &&
           wl_property_int(peer->properties, "LastHandshake") == 0 &&
           wl_property_uint(peer->properties, "RxBytes") == 0;
}

/* ---- another key ------------------------------------------------------------------------------
 */

static gboolean
has_candidate(const WlActivePeer *peer, const char *endpoint)
{
    g_autoptr(GVariant) list = wl_property_value(peer->properties, "Candidates", "a(ssss)");
    const char *address;
    GVariantIter iter;

    if (!list)
        return FALSE;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, NULL, NULL, NULL)) {
        if (strcmp(address, endpoint) == 0)
            return TRUE;
    }
    return FALSE;
}

/* What the two have in common that only one machine has, or NULL. */
static const char *
find_common(const WlActivePeer *peer, const WlActivePeer *other)
{
    g_autofree char *address = wl_active_peer_address(peer);
    g_autofree char *other_address = wl_active_peer_address(other);
    const char *name = wl_property_string(peer->properties, "Name");
    const char *endpoint = wl_property_string(other->properties, "Endpoint");

    if (*address && strcmp(address, other_address) == 0)
        return "address";
    if (*endpoint && has_candidate(peer, endpoint))
        return "endpoint";
    return *name && strcmp(name, wl_property_string(other->properties, "Name")) == 0 ? "name"
                                                                                     : NULL;
}

static void
add_other(WlDoctor *doctor, const char *label, const WlActivePeer *peer, const char *other,
          const char *common)
{
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *key = wl_display_short_key(wl_property_string(peer->properties, "PublicKey"));
    g_autofree char *whole = wl_display_quote(other, MAX_VALUE);
    g_autofree char *remedy = g_strdup_printf("if both are one machine, its key is wrong in the "
                                              "profile: set peer-N-public-key of %s to %s",
                                              name, whole);

    wl_doctor_add(doctor, "key", WL_CHECK_FAIL, remedy,
                  "%s: %s has the key %s in the profile and was never reached, but a member with "
                  "another key, %s, has its %s",
                  label, name, key, whole, common);
}

static gboolean
find_peer(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
          const WlActivePeer *peer)
{
    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *other = active->peers->pdata[i];
        const char *common = other != peer ? find_common(peer, other) : NULL;

        if (!common)
            continue;
        add_other(doctor, label, peer, wl_property_string(other->properties, "PublicKey"), common);
        return TRUE;
    }
    return FALSE;
}

/* Also of members that are not accepted: the profile gives their address to the wrong key. */
static gboolean
find_fact(WlDoctor *doctor, const char *label, const WlActivePeer *peer, const GPtrArray *facts)
{
    g_autofree char *address = wl_active_peer_address(peer);
    const char *key = wl_property_string(peer->properties, "PublicKey");

    for (guint i = 0; facts && i < facts->len; i++) {
        GVariant *fact = facts->pdata[i];
        const char *subject = wl_property_string(fact, "Subject");
        const char *type = wl_property_string(fact, "Type");
        const char *value = wl_property_string(fact, "Value");
        gsize length = strlen(address);
        gboolean same_address =
            strcmp(type, "allowed-ips") == 0 && length > 0 &&
            strncmp(value, address, length) == 0 &&
            (strcmp(value + length, "/32") == 0 || strcmp(value + length, "/128") == 0);

        if (strcmp(subject, key) == 0)
            continue;
        if (same_address || (strcmp(type, "endpoint") == 0 && has_candidate(peer, value))) {
            add_other(doctor, label, peer, subject, same_address ? "address" : "endpoint");
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- the machine at the endpoint --------------------------------------------------------------
 */

/* The first candidate with an address: "192.0.2.1:51820". */
static gboolean
find_endpoint(const WlActivePeer *peer, WlEndpoint *endpoint)
{
    g_autoptr(GVariant) list = wl_property_value(peer->properties, "Candidates", "a(ssss)");
    const char *address;
    GVariantIter iter;

    if (!list)
        return FALSE;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, NULL, NULL, NULL)) {
        if (wl_endpoint_parse(address, endpoint))
            return TRUE;
    }
    return FALSE;
}

static gboolean
answers_pings(const char *address, const char *uplink)
{
    g_autoptr(WlPing) ping = wl_ping_new(address, uplink, NULL);
    gint64 round_trip;

    return ping && wl_ping_send(ping, WL_PING_SMALL, WAIT, NULL, &round_trip) == WL_PING_REPLY;
}

static void
probe(WlDoctor *doctor, const char *label, const WlActiveProfile *active, const WlActivePeer *peer)
{
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *address = NULL;
    WlEndpoint endpoint;

    if (!find_endpoint(peer, &endpoint))
        return;
    address = wl_ip_to_string(&endpoint.ip);
    switch (wl_hop_send(address, endpoint.port, NULL, 64, WAIT, NULL)) {
    case WL_HOP_PORT:
        wl_doctor_add(doctor, "key", WL_CHECK_WARN,
                      "activate the profile there, or correct the port with wirelinkctl "
                      "set-endpoint",
                      "%s: nothing listens on UDP port %u of %s, the endpoint of %s", label,
                      endpoint.port, address, name);
        break;
    case WL_HOP_NONE:
        if (answers_pings(address, wl_property_string(active->link, "Uplink")))
            wl_doctor_add(doctor, "key", WL_CHECK_WARN,
                          "compare the keys: the one that wirelinkctl status -v shows there as its "
                          "own must be that of the peer here, and the other way round; then look "
                          "for a firewall there",
                          "%s: %s, the endpoint of %s, answers pings and does not refuse its port, "
                          "but no handshake: WireGuard is silent to a key that it does not know",
                          label, address, name);
        break;
    default:
        break;
    }
}

/* Not of a profile in another network namespace, and not through an exit, where the answers would
 * be those of another place. */
static gboolean
may_probe(const WlActiveProfile *active)
{
    return *wl_property_string(active->link, "Exit") == '\0' &&
           if_nametoindex(wl_property_string(active->link, "Interface")) > 0;
}

void
wl_check_keys(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
              const GPtrArray *facts)
{
    guint probed = 0;

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (!was_never_reached(peer) || find_peer(doctor, label, active, peer) ||
            find_fact(doctor, label, peer, facts))
            continue;
        if (may_probe(active) && probed++ < MOST_PEERS)
            probe(doctor, label, active, peer);
    }
}
