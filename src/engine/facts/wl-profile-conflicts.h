/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The rules for one allowed-IPs fact that do not depend on the claims of other members: trust,
 * policy, the prefixes of the profile and the endpoints of peers (docs/engine.md "What a fact may
 * do"). A pure function of the state.
 */

/** The verdict on the source @origin of @entry, whose masked prefix is @prefix.
 * WL_VERDICT_ACCEPTED: the claims of other members decide. */
WlVerdict wl_prefix_rules_check(const WlEngine *self, const WlFactEntry *entry,
                                const WlFactSource *origin, const WlPrefix *prefix);
/** TRUE if a router or a source that is trusted with membership gives the masked @prefix to
 * @subject, whether or not its fact is accepted. */
gboolean wl_prefix_rules_is_vouched(const WlEngine *self, const WlKey *subject,
                                    const WlPrefix *prefix);
