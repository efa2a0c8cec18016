/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

/** Where a peer is, as far as this member can tell. */
typedef enum {
    WL_MAP_SITE_ALONE,   /* at an address of its own, or unknown */
    WL_MAP_SITE_HERE,    /* on a network of this machine */
    WL_MAP_SITE_NAT,     /* behind the address of a NAT */
    WL_MAP_SITE_ROUTERS, /* a router elsewhere, drawn above all others */
} WlMapSiteKind;

WlMapSiteKind wl_map_site_kind(const WlActivePeer *peer);

/**
 * The address of the NAT in front of @peer: that of its endpoint, if the peer itself names only
 * other addresses. NULL if it has no endpoint or is not behind a NAT. To be freed.
 */
char *wl_map_site_address(const WlActivePeer *peer);
