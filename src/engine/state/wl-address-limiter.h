/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-candidates.h"
#include "wl-key.h"

/**
 * Limits the tries of one IP address at the word of others, across its ports, with and without a
 * session: after a burst of WL_ADDRESS_BURST, one every WL_ADDRESS_INTERVAL (docs/engine.md
 * "Connect"). Otherwise one member could have the others send without end to a host that is no
 * member, by naming one port of it after the other. The /64 network of an IPv6 address is limited
 * as well, to four times as many, at the word of third parties to as many.
 *
 * What a router advertises is often the word of the subject alone, so it counts for each subject:
 * members behind one NAT do not delay each other. What members say of themselves counts together,
 * regardless of the subject, as does what third parties say, so that these spend nothing of the
 * others. Endpoints of the profile, and those that worked, are not limited.
 *
 * Holds WL_ADDRESS_MAX addresses, of which the one tried longest ago makes room. A zeroed value is
 * empty. Times are engine times.
 */
typedef struct {
    GHashTable *by_id; /* Budget* -> Budget*; NULL until the first one */
    GQueue recent;     /* of Budget, the last one tried first */
} WlAddressLimiter;

void wl_address_limiter_clear(WlAddressLimiter *self);
/** When the next try of @candidate of @subject is permitted, not before @now. */
gint64 wl_address_limiter_when(const WlAddressLimiter *self, const WlCandidate *candidate,
                               const WlKey *subject, gint64 now);
/** Records that @candidate of @subject is tried now. */
void wl_address_limiter_note(WlAddressLimiter *self, const WlCandidate *candidate,
                             const WlKey *subject, gint64 now);
/** @subject has answered at @ip: members are there, and tries that had no answer are forgotten. */
void wl_address_limiter_note_answer(WlAddressLimiter *self, const WlIp *ip, const WlKey *subject);
/** The number of addresses held. */
guint wl_address_limiter_size(const WlAddressLimiter *self);
