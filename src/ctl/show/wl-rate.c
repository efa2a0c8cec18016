/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates of traffic, from two reads of a counter. Pure functions; texts belong to the caller. */
#include "wl-rate.h"

#include "wl-units.h"

char *
wl_rate_format(const WlActiveProfile *profile, const WlActiveProfile *before,
               const WlActivePeer *peer, const char *property)
{
    const WlActivePeer *old = wl_active_profile_find_peer(before, peer->path);
    gint64 elapsed = profile->read_at - before->read_at;
    guint64 now = wl_property_uint(peer->properties, property), then;
    g_autofree char *bytes = NULL;

    if (!old || elapsed <= 0)
        return NULL;
    then = wl_property_uint(old->properties, property);
    /* Counters restart when the peer is recreated. */
    bytes = wl_units_bytes(
        now < then ? 0 : (guint64) ((double) (now - then) * G_USEC_PER_SEC / (double) elapsed));
    return g_strdup_printf("%s/s", bytes);
}
