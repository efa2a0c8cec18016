/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Adds to @peers, whose send step is about to run, those who have to hear of what changed. */
void wl_advertise_gather(WlEngine *self, GPtrArray *peers);
void wl_advertise_run(WlEngine *self, WlPeer *peer);
/** A datagram to @peer failed for good. */
void wl_advertise_send_failed(WlEngine *self, WlPeer *peer);

/** The nine rows of docs/protocol.md 5.6.2. */
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

WlAdvertiseLevel wl_advertise_level(const WlAdvertiseInput *question);
