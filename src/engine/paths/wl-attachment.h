/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* By which router each leaf is reached, as a router with fellows sees it (docs/protocol.md 19).
 * Writes WlPeer.failover of leaves. Times are engine times. */

/** Sends a router message about @subject to @peer. */
void wl_attachment_send(WlEngine *self, WlPeer *peer, const WlKey *subject, guint8 flags,
                        guint32 epoch, const WlKey *router);
/** Tells fellows what this router holds. */
void wl_attachment_run(WlEngine *self, WlPeer *leaf);
/** A message about @subject from @peer. */
void wl_attachment_receive(WlEngine *self, WlPeer *peer, const WlKey *subject,
                           const WlRouterMessage *message, gboolean is_fellow);
/** @fellow answers now, or does no longer: then its leaves are called here. */
void wl_attachment_fellow_changed(WlEngine *self, WlPeer *fellow, gboolean usable);
