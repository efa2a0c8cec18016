/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The tunnel addresses of this machine. */

#include "wl-tunnel-addresses.h"

const WlPrefix *
wl_tunnel_addresses_first(const GArray *addresses, WlFamily family)
{
    for (guint i = 0; i < addresses->len; i++) {
        const WlPrefix *address = &g_array_index(addresses, WlPrefix, i);

        if (address->ip.family == family)
            return address;
    }
    return NULL;
}
