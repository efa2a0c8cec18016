/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Which peers are sent facts and Alives, and when. The only writer of WlSubscribers. */

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

/** What is sent to a peer. */
typedef enum {
    WL_ADVERTISE_NOTHING,
    WL_ADVERTISE_ALIVE,
    WL_ADVERTISE_FACTS,
} WlAdvertiseLevel;

typedef struct {
    gboolean has_endpoint;
    WlTrust configured_trust;
    gboolean is_router;
    gboolean fact_exchanger;
    gboolean self_chatty;
    gboolean self_router;
    gboolean healthy;
} WlAdvertiseInput;

/** The nine rows of docs/protocol.md 5.6.2; depends on @input only. */
WlAdvertiseLevel wl_advertise_level(const WlAdvertiseInput *input);
