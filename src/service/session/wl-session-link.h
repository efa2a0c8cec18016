/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

extern const WlNetworkMonitorEvents wl_session_monitor_events;
/** Lasts as long as @self and @private_key. */
WlLinkConfig wl_session_link_config(const WlSession *self, const WlKey *private_key);
/** Of packets that go around our full tunnel; 0: there is none. */
guint32 wl_session_mark(const WlSession *self);
/** Down, a link loses its IPv6 addresses: up first. */
gboolean wl_session_set_link_up(WlSession *self, GError **error);
/** The link and the engine have what they need of it; only one that is made anew will need it
 * again, and of userspace WireGuard the program ends with its link. */
void wl_session_keep_key(WlSession *self);
/** Has the link forward if the role or the profile wants it. */
void wl_session_set_forwarding(WlSession *self);
