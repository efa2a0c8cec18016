/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-dns-server.h"
#include "wl-engine.h"

/**
 * What NetworkManager knows about the uplinks beyond rtnetlink: connectivity, the primary
 * connection and the DNS servers. Subscribes to these two objects only, because changes of access
 * points are frequent.
 */
typedef struct _WlUplinks WlUplinks;

/** Called from the main loop after a change. */
typedef struct {
    void (*connectivity)(WlConnectivity connectivity, gpointer user_data);
    /** Another connection became primary. Not called when there is none. */
    void (*primary)(gpointer user_data);
    /** @servers: of WlDnsServer, without those of VPNs. @vpn: a VPN provides others. */
    void (*dns)(const GArray *servers, gboolean vpn, gpointer user_data);
} WlUplinksEvents;

/** @events must outlive the object. Queries the current state in the background. */
WlUplinks *wl_uplinks_new(GDBusConnection *connection, const WlUplinksEvents *events,
                          gpointer user_data);
void wl_uplinks_free(WlUplinks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUplinks, wl_uplinks_free)
