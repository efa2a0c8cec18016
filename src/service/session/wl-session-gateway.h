/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Opens the gateway that the settings ask for, or none; before the forwarding of the link. A
 * failure is a limitation. */
void wl_session_open_gateway(WlSession *self);
void wl_session_close_gateway(WlSession *self);
/** Whether the link has to forward IPv4, and IPv6. */
gboolean wl_session_forwards_ipv4(const WlSession *self);
gboolean wl_session_forwards_ipv6(const WlSession *self);
