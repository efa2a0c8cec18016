/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

extern const WlNetworkMonitorEvents wl_session_monitor_events;
/** Valid as long as @self and @private_key. */
WlLinkConfig wl_session_link_config(const WlSession *self, const WlKey *private_key);
/** Firewall mark of packets that bypass the full tunnel; 0: no full tunnel. */
guint32 wl_session_mark(const WlSession *self);
/** Sets the link up and adds the addresses, in this order: a link that is down has no IPv6
 * addresses. */
gboolean wl_session_set_link_up(WlSession *self, GError **error);
/** Wipes the private key once link and engine have it. A copy in locked memory remains if the link
 * can be recreated, which is not possible with userspace WireGuard: its program ends with the link.
 */
void wl_session_keep_key(WlSession *self);
/** Enables forwarding if the role or the profile requires it. */
void wl_session_set_forwarding(WlSession *self);
