/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

gboolean wl_session_deadline(gpointer session);
void wl_session_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer session);
void wl_session_resolved(const char *name, const WlEndpoint *endpoints, gsize n, gpointer session);
void wl_session_echo_reply(const WlKey *key, guint16 sequence, gpointer session);
void wl_session_traffic(const WlIp *destination, gpointer session);
void wl_session_neighbor(const WlIp *address, guint32 ifindex, gboolean reachable,
                         gpointer session);
void wl_session_mapping_changed(WlPortMapping *mapping, gpointer session);
void wl_session_network_changed(WlNetworkMonitor *monitor, gpointer session);
/* These two do not carry out the outputs, because session and engine are still being set up. */
void wl_session_update_addresses(WlSession *self);
void wl_session_update_uplink(WlSession *self);
/* Asks the gateways of this machine, and carries out the outputs that follow. */
void wl_session_update_mapping(WlSession *self);
