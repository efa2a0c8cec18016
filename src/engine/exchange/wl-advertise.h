/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* When facts, Alives and acks are sent. wl-subscription.h decides who is sent what, wl-due-facts.h
 * which facts. Writes WlPeer.advertise and WlSubscribers, together with those two. */

/** Adds to @peers, whose send step follows, the peers that need changed facts or an Alive. */
void wl_advertise_gather(WlEngine *self, GPtrArray *peers);
/** The send step of @peer: acks, resends, facts, Alive. */
void wl_advertise_run(WlEngine *self, WlPeer *peer);
/** Forgets what @peer knows: every fact and the Alive are due for it. */
void wl_advertise_forget(WlEngine *self, WlPeer *peer);
/** The next facts for @peer need not wait until the last ones are WL_ADVERTISE_INTERVAL ago. */
void wl_advertise_at_once(WlPeer *peer);
/** A datagram to @peer could not be sent. */
void wl_advertise_send_failed(WlEngine *self, WlPeer *peer);
