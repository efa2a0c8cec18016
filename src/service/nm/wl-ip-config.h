/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-address.h"

/**
 * Arguments of the three signals of the VPN.Plugin interface that configure a VPN in
 * NetworkManager, as floating a{sv}.
 */

/** `Config`: link, MTU (0: unset), and which of the two other signals follow. States that the
 * connection persists when the network changes. */
GVariant *wl_ip_config_new(const char *interface, guint32 mtu, gboolean has_ip4, gboolean has_ip6);

/** `Ip4Config` or `Ip6Config`, by the family of @address, with the routes of that family in @routes
 * (of WlPrefix). */
GVariant *wl_ip_config_new_family(const WlPrefix *address, const GArray *routes);
