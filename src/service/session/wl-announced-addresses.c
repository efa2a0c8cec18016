/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-announced-addresses.h"

#include "wl-network-monitor.h"

static gboolean
matches(const char *const *patterns, const char *name)
{
    for (gsize i = 0; patterns[i]; i++)
        if (g_pattern_match_simple(patterns[i], name))
            return TRUE;
    return FALSE;
}

gboolean
wl_announced_addresses_may(const WlSessionSettings *settings, const WlNetworkAddress *address)
{
    if (!address->usable || !address->uplink || matches(settings->hide_interfaces, address->ifname))
        return FALSE;
    return !settings->announce_interfaces[0] ||
           matches(settings->announce_interfaces, address->ifname);
}

void
wl_announced_addresses_update_engine(const GArray *addresses, const WlSessionSettings *settings,
                                     WlEngine *engine, gint64 now)
{
    g_autofree WlLocalAddress *local = g_new0(WlLocalAddress, addresses->len + 1);

    for (guint i = 0; i < addresses->len; i++) {
        const WlNetworkAddress *address = &g_array_index(addresses, WlNetworkAddress, i);

        local[i].address = address->address;
        g_strlcpy(local[i].ifname, address->ifname, sizeof(local[i].ifname));
        local[i].ifindex = address->ifindex;
        local[i].uplink = address->source;
        local[i].announce = wl_announced_addresses_may(settings, address);
    }
    wl_engine_set_local_addresses(engine, now, local, addresses->len);
}
