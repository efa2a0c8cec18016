/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** An address of this machine on an interface other than our link. */
typedef struct {
    WlPrefix address; /* host bits kept */
    char ifname[16];
    guint32 ifindex;
    gboolean uplink;   /* on a real uplink, and neither tentative nor deprecated nor temporary:
                          packets to other members can have it as their source */
    gboolean announce; /* such an address that other members may know; implies `uplink` */
} WlLocalAddress;
