/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Who is sent what: nothing, Alives or facts as well (docs/engine.md "Advertising"). Times are
 * engine times in microseconds. */

/** What is sent to a peer. */
typedef enum {
    WL_SUBSCRIPTION_NOTHING,
    WL_SUBSCRIPTION_ALIVE,
    WL_SUBSCRIPTION_FACTS,
} WlSubscriptionLevel;

typedef struct {
    gboolean has_endpoint;
    WlTrust configured_trust;
    gboolean is_router;
    gboolean fact_exchanger;
    gboolean self_chatty;
    gboolean self_router;
    gboolean healthy;
    gboolean is_native;
    gboolean without_router; /* no live router tells members about each other */
} WlSubscriptionInput;

/** The nine rows of docs/protocol.md 5.6.2; depends on @input only. */
WlSubscriptionLevel wl_subscription_level(const WlSubscriptionInput *input);
/** The same for @peer. */
WlSubscriptionLevel wl_subscription_get_level(const WlEngine *self, const WlPeer *peer);
/** When the next regular Alive is due for @peer. */
gint64 wl_subscription_alive_due(const WlPeer *peer);
/** Makes @peer a subscriber or ends that, and sets the time of its next Alive in WlSubscribers. */
void wl_subscription_update(WlEngine *self, WlPeer *peer);
