/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** An address of this machine. */
typedef struct {
    WlPrefix address; /* with host bits */
    char ifname[16];
    int ifindex;
    gboolean source; /* packets can have it as their source: a global address of an uplink that is
                        up, or of lo; not tentative or duplicate */
    gboolean usable; /* the interface is up; not tentative, deprecated, temporary or duplicate */
    gboolean tunnel; /* the interface is the link of a profile, of this process or another */
    gboolean uplink; /* the interface may lead to the internet: not loopback, WireGuard, tun/tap, or
                        bridges and veth* of container engines (docker*, virbr*, br-*, ...) */
} WlNetworkAddress;
