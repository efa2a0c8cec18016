/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* ICMP echoes through the tunnel: to members that do not speak our extensions they are the only
 * probe. */

/* What the device counts for an echo over IPv6 and for one over IPv4, with WireGuard's padding. */
#define WL_ECHO_SIZE_V6 80
#define WL_ECHO_SIZE_V4 64

/** Sends one echo; @source NULL: our link-local address. Returns its sequence number. */
guint16 wl_peer_echo_send(WlEngine *self, WlPeer *peer, const WlIp *source,
                          const WlIp *destination);
/** Sends one echo to the link-local address of @peer. */
void wl_peer_echo_probe(WlEngine *self, WlPeer *peer);
/** @peer is there: one to its link-local address was answered. */
void wl_peer_echo_note_reply(WlEngine *self, WlPeer *peer);
/** FALSE: @sequence is not that of the last echo to the link-local address. */
gboolean wl_peer_echo_take_reply(WlEngine *self, WlPeer *peer, guint16 sequence);
