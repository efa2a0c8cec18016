/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's question about peers that name members although they are no routers. */
#include "wl-check-trust.h"

#include <string.h>

#include "wl-display.h"
#include "wl-known-facts.h"

#define REFUSED "trust-too-low-members" /* the id of the reason */

/* Whether a network is behind @peer: an allowed IP of more than one host, and no default route. */
static gboolean
has_network(const WlActivePeer *peer)
{
    g_autoptr(GVariant) list = wl_property_value(peer->properties, "AllowedIPs", "as");
    GVariantIter iter;
    const char *prefix;

    if (!list)
        return FALSE;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "&s", &prefix)) {
        const char *length = strchr(prefix, '/');

        if (length && strcmp(length, strchr(prefix, ':') ? "/128" : "/32") != 0 &&
            strcmp(length, "/0") != 0)
            return TRUE;
    }
    return FALSE;
}

static guint
count_refused(const WlKnownFacts *facts, const char *source)
{
    guint count = 0;

    for (guint i = 0; facts->facts && i < facts->facts->len; i++) {
        GVariant *fact = facts->facts->pdata[i];

        count += strcmp(wl_property_string(fact, "ReasonId"), REFUSED) == 0 &&
                 strcmp(wl_property_string(fact, "Source"), source) == 0;
    }
    return count;
}

static void
ask(WlDoctor *doctor, const WlActiveProfile *active, const WlActivePeer *peer, guint count)
{
    g_autofree char *label = wl_active_profile_label(active);
    g_autofree char *name = wl_active_peer_label(peer);
    g_autofree char *word = wl_display_shell_word(name);
    g_autofree char *remedy = g_strdup_printf(
        "wirelinkctl trust %s Membership accepts them, wirelinkctl trust %s Endpoint refuses them "
        "without asking again",
        word, word);

    wl_doctor_add(doctor, "trust", WL_CHECK_WARN, remedy,
                  "%s: %s names %u %s, refused because a network behind it makes it no router of "
                  "this one",
                  label, name, count, count == 1 ? "member" : "members");
}

void
wl_check_trust(WlDoctor *doctor, GDBusConnection *bus, const WlActiveProfiles *profiles)
{
    g_autoptr(GPtrArray) all = wl_known_facts_load(bus, profiles->profiles);

    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = profiles->profiles->pdata[i];

        for (guint j = 0; j < active->peers->len; j++) {
            const WlActivePeer *peer = active->peers->pdata[j];
            guint count =
                count_refused(all->pdata[i], wl_property_string(peer->properties, "PublicKey"));

            if (count > 0 && has_network(peer) &&
                strcmp(wl_property_string(peer->properties, "TrustSource"), "config") != 0)
                ask(doctor, active, peer, count);
        }
    }
}
