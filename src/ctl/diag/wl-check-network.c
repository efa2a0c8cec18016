/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of the network of an active profile, from what its service publishes: each
 * peer, and addresses that two members have.
 */
#include "wl-check-network.h"

#include <string.h>

#include "wl-display.h"
#include "wl-units.h"

#define MAX_LISTED 20 /* peers with a line of their own, of each kind */
#define MAX_VALUE  80 /* columns */
/* Held-back initiations at the word of one member that are worth a line: an honest one has some
 * while a machine that it named is off. */
#define MANY_HELD_BACK 100

/* "direct, round trip 2.1 ms, handshake 30 s ago". */
static char *
describe_path(const WlActiveProfile *active, const WlActivePeer *peer, gint64 now)
{
    GVariant *properties = peer->properties;
    const WlActivePeer *via =
        wl_active_profile_find_peer(active, wl_property_string(properties, "Via"));
    g_autofree char *router = via ? wl_active_peer_label(via) : NULL;
    g_autofree char *round_trip = wl_units_round_trip(wl_property_uint(properties, "RoundTrip"));
    g_autofree char *age = wl_units_age(wl_property_int(properties, "LastHandshake"), now);

    if (router)
        return g_strdup_printf("through %s", router);
    return g_strdup_printf("directly%s%s, handshake %s ago",
                           strcmp(round_trip, "-") != 0 ? ", round trip " : "",
                           strcmp(round_trip, "-") != 0 ? round_trip : "", age);
}

static char *
describe_absence(const WlActivePeer *peer, gint64 now)
{
    gint64 last = MAX(wl_property_int(peer->properties, "LastReply"),
                      wl_property_int(peer->properties, "LastHandshake"));
    g_autofree char *age = wl_units_age(last, now);

    return last > 0 ? g_strdup_printf("has not been reached for %s", age)
                    : g_strdup("was not reached since the activation");
}

static void
add_reached(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
            const WlActivePeer *peer, gint64 now)
{
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *path = describe_path(active, peer, now);

    wl_doctor_add(doctor, "peer", WL_CHECK_OK, NULL, "%s: %s is reached %s", label, name, path);
}

/* The router that carries the traffic of @peer, if it is not reached itself; or NULL. */
static const WlActivePeer *
find_lost_router(const WlActiveProfile *active, const WlActivePeer *peer)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(active, wl_property_string(peer->properties, "Via"));

    return via && !wl_active_peer_is_reached(via) ? via : NULL;
}

static gboolean
is_reached(const WlActiveProfile *active, const WlActivePeer *peer)
{
    return wl_active_peer_is_reached(peer) && !find_lost_router(active, peer);
}

static void
add_unreached(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
              const WlActivePeer *peer, gint64 now)
{
    const WlActivePeer *router = find_lost_router(active, peer);
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *word = wl_display_shell_word(name);
    g_autofree char *absence = describe_absence(peer, now);
    g_autofree char *reason = wl_active_peer_reason(peer, now);
    g_autofree char *remedy =
        g_strdup_printf("wirelinkctl explain %s names the cause and what to do", word);

    if (router) {
        g_autofree char *shown = wl_active_peer_label(router);

        wl_doctor_add(doctor, "peer", WL_CHECK_WARN, remedy,
                      "%s: %s is behind %s, which is not reached", label, name, shown);
        return;
    }
    wl_doctor_add(doctor, "peer", WL_CHECK_WARN, remedy, "%s: %s %s: %s", label, name, absence,
                  reason);
}

static gboolean
has_address(GVariant *list, const char *address)
{
    GVariantIter iter;
    const char *prefix;
    gsize length = strcspn(address, "/");

    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "&s", &prefix)) {
        const char *end = strchr(prefix, ':') ? "/128" : "/32";

        if (strncmp(prefix, address, length) == 0 && strcmp(prefix + length, end) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
check_own_addresses(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    g_autoptr(GVariant) own = wl_property_value(active->link, "Addresses", "as");
    GVariantIter iter;
    const char *address;

    if (!own)
        return;
    g_variant_iter_init(&iter, own);
    while (g_variant_iter_next(&iter, "&s", &address)) {
        for (guint i = 0; i < active->peers->len; i++) {
            const WlActivePeer *peer = active->peers->pdata[i];
            g_autoptr(GVariant) list = wl_property_value(peer->properties, "AllowedIPs", "as");
            g_autofree char *name = wl_active_peer_label(peer);
            g_autofree char *host = g_strndup(address, strcspn(address, "/"));
            g_autofree char *shown = wl_display_quote(host, MAX_VALUE);

            if (list && has_address(list, address))
                wl_doctor_add(doctor, "address", WL_CHECK_FAIL,
                              "give one of the two another address in the network",
                              "%s: %s has the address of this machine, %s", label, name, shown);
        }
    }
}

/* A member that names addresses at which nobody answers, again and again. */
static void
check_word(WlDoctor *doctor, const char *label, const WlActivePeer *peer)
{
    guint64 count = wl_property_counter(peer->properties, "HeldBack", "word");
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *word = wl_display_shell_word(name);
    g_autofree char *remedy = NULL;

    if (count < MANY_HELD_BACK)
        return;
    remedy = g_strdup_printf("if %s should not name addresses of other members, set its trust to "
                             "Untrusted in the profile; wirelinkctl peer %s shows the counters",
                             word, word);
    wl_doctor_add(doctor, "held-back", WL_CHECK_WARN, remedy,
                  "%s: %s names addresses of other members that do not answer: %" G_GUINT64_FORMAT
                  " tries at its word were held back",
                  label, name, count);
}

/* Facts that found no room: a member that sends more than a network has, or a network that is
 * larger than the limits. */
static void
check_room(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    guint64 count = wl_property_counter(active->link, "ReceiveCounters", "refused-too-many");

    if (count > MANY_HELD_BACK)
        wl_doctor_add(doctor, "facts", WL_CHECK_WARN,
                      "wirelinkctl facts shows the source of each fact; set the trust of one that "
                      "sends too many to Untrusted in the profile",
                      "%s: %" G_GUINT64_FORMAT " facts found no room within the limits", label,
                      count);
}

void
wl_check_network(WlDoctor *doctor, const char *label, const WlActiveProfile *active, gint64 now)
{
    guint reached = 0, listed = 0;

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (!is_reached(active, peer))
            continue;
        if (reached++ < MAX_LISTED)
            add_reached(doctor, label, active, peer, now);
    }
    for (guint i = 0; i < active->peers->len && listed < MAX_LISTED; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (is_reached(active, peer))
            continue;
        add_unreached(doctor, label, active, peer, now);
        listed++;
    }
    if (active->peers->len > 0 && reached == 0)
        wl_doctor_add(doctor, "network", WL_CHECK_FAIL,
                      "see the peers above; if all of them are off, this is no fault",
                      "%s: no member of the network is reached", label);
    check_own_addresses(doctor, label, active);
    for (guint i = 0; i < active->peers->len; i++)
        check_word(doctor, label, active->peers->pdata[i]);
    check_room(doctor, label, active);
}
