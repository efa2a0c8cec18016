/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-address.h"

/**
 * The three signals that tell NetworkManager about a VPN (its VPN.Plugin interface). All return
 * floating a{sv}.
 */

/** `Config`: link, MTU (0: untouched), which of the two others follow, and that roaming is
 * survived. */
GVariant *wl_ip_config_new(const char *interface, guint32 mtu, gboolean has_ip4, gboolean has_ip6);

/** `Ip4Config` or `Ip6Config`, by the family of @address; of @routes (of WlPrefix) those of that
 * family. */
GVariant *wl_ip_config_new_family(const WlPrefix *address, const GArray *routes);
