/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer-table.h"
#include "wl-fact.h"

/* Which facts are advertised to whom (docs/protocol.md 5.6). */

/** docs/protocol.md 5.6.1: FALSE if the subject of @fact is a peer that is neither healthy nor
 * alive.
 */
gboolean wl_advertise_rules_allow(const WlPeerTable *peers, const WlKey *own_key,
                                  const WlFact *fact);
/** docs/protocol.md 5.6.3: TRUE if @fact, other than metadata, describes its receiver @to. */
gboolean wl_advertise_rules_is_about_receiver(const WlPeer *to, const WlFact *fact);
