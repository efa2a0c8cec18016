/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completes the round trips that services have not measured yet. Writes only the round trips of
 * the profiles passed in; a failed read leaves them unknown. Times are in ms.
 */
#include "wl-round-trips.h"

#include "wl-bus.h"

#define MAX_ASKED 64 /* peers; the others are read the next time */

/* ms; most peers answer within the first, nearly all within both. */
static const guint waits[] = {60, 190};

static void
free_call(gpointer call)
{
    wl_call_free(call);
}

static gboolean
is_unknown(const WlActivePeer *peer)
{
    guint32 round_trip;

    return g_str_has_prefix(wl_property_string(peer->properties, "State"), "direct") &&
           !wl_property_boolean(peer->properties, "Basic") &&
           g_variant_lookup(peer->properties, "RoundTrip", "u", &round_trip) && round_trip == 0;
}

static void
take(WlActivePeer *peer, const WlCall *call)
{
    g_autoptr(GVariant) value = NULL;
    GVariantDict dict;

    if (!call->reply)
        return;
    g_variant_get(call->reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return;
    g_variant_dict_init(&dict, peer->properties);
    g_variant_dict_insert_value(&dict, "RoundTrip", value);
    g_variant_unref(peer->properties);
    peer->properties = g_variant_ref_sink(g_variant_dict_end(&dict));
}

/* FALSE if all round trips are known. */
static gboolean
ask(GDBusConnection *bus, const WlActiveProfiles *profiles, guint wait)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func(free_call);
    g_autoptr(GPtrArray) peers = g_ptr_array_new();

    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);

        for (guint j = 0; j < profile->peers->len && peers->len < MAX_ASKED; j++) {
            WlActivePeer *peer = g_ptr_array_index(profile->peers, j);

            if (!is_unknown(peer))
                continue;
            g_ptr_array_add(peers, peer);
            g_ptr_array_add(
                calls,
                wl_call_new(profile->service, peer->path, "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new("(ss)", WL_BUS_PEER_INTERFACE, "RoundTrip"), "(v)"));
        }
    }
    if (peers->len == 0)
        return FALSE;
    wl_bus_wait(wait);
    wl_call_all(bus, calls, NULL);
    for (guint i = 0; i < peers->len; i++)
        take(g_ptr_array_index(peers, i), g_ptr_array_index(calls, i));
    return TRUE;
}

void
wl_round_trips_complete(GDBusConnection *bus, const WlActiveProfiles *profiles)
{
    for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
        if (!ask(bus, profiles, waits[i]))
            return;
    }
}
