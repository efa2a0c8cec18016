/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-engine.h"
#include "wl-dns-server.h"

/**
 * What NetworkManager knows of this machine's uplinks and rtnetlink does not: what stands between
 * them and the internet, which connection is the first, and the DNS servers. Listens to the two
 * objects that tell this and to nothing else of NetworkManager: access points come and go.
 */
typedef struct _WlUplinks WlUplinks;

/** Called from the main loop, when something changed. */
typedef struct {
    void (*connectivity)(WlConnectivity connectivity, gpointer user_data);
    /** Another connection is the first. Not told when there is none any more. */
    void (*primary)(gpointer user_data);
    /** @servers: of WlDnsServer, without those of VPNs. @vpn: a VPN brought others. */
    void (*dns)(const GArray *servers, gboolean vpn, gpointer user_data);
} WlUplinksEvents;

/** @events must stay. Asks in the background. */
WlUplinks *wl_uplinks_new(GDBusConnection *connection, const WlUplinksEvents *events,
                          gpointer user_data);
void wl_uplinks_free(WlUplinks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUplinks, wl_uplinks_free)
