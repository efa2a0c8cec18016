/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** An address of this machine on an interface other than our link. */
typedef struct {
    WlPrefix address; /* host bits kept */
    char ifname[16];
    guint32 ifindex;
    gboolean uplink;   /* packets to other members can have it as their source: on a real uplink, or
                          on lo of a host that announces its routes itself; not tentative */
    gboolean announce; /* such an address that other members may know; implies `uplink` */
} WlLocalAddress;
