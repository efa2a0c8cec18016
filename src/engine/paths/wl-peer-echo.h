/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* ICMP echoes through the tunnel, the only way to probe members without our extensions. Writes
 * WlPeer.path.echo except suspected_since, and adds to the own bytes of a peer.
 */

/* The bytes that the device counts for an echo over IPv6 and over IPv4, with WireGuard's
 * padding. */
#define WL_ECHO_SIZE_V6 80
#define WL_ECHO_SIZE_V4 64

/** Sends one echo and returns its sequence number. @source NULL: our link-local address. The caller
 * counts its bytes. */
guint16 wl_peer_echo_send(WlEngine *self, WlPeer *peer, const WlIp *source,
                          const WlIp *destination);
/** Sends one echo to the link-local address of @peer, and counts its bytes. */
void wl_peer_echo_probe(WlEngine *self, WlPeer *peer);
/** Records that @peer is reachable: it replied to an echo to its link-local address. */
void wl_peer_echo_note_reply(WlEngine *self, WlPeer *peer);
/** Takes a reply to the last wl_peer_echo_probe(), and counts its bytes. FALSE: @sequence is not
 * that of the probe. */
gboolean wl_peer_echo_take_reply(WlEngine *self, WlPeer *peer, guint16 sequence);
/** A session of @peer began or ended: only a reply in this session makes its silence significant.
 */
void wl_peer_echo_session_began(WlEngine *self, WlPeer *peer);
void wl_peer_echo_session_ended(WlPeer *peer);
