/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* When a member or an allowed IP that no source advertises any more is removed. Changes nothing. */

/** docs/protocol.md 6.4: TRUE if facts that the source no longer advertises are withdrawn. */
gboolean wl_peer_is_authoritative(const WlPeer *self, gint64 now);
/** docs/protocol.md 6.6: TRUE if allowed IPs that no fact names any more may be removed. */
gboolean wl_engine_may_deconfigure(const WlEngine *self);
/** docs/protocol.md 6.4: TRUE if orphaned members may be removed. */
gboolean wl_engine_may_delete(const WlEngine *self);
