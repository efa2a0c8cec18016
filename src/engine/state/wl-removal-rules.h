/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* When a member or an allowed IP is removed that no source advertises any more. Pure functions. */

/** docs/protocol.md 6.4: TRUE if a fact is withdrawn when @self stops advertising it. */
gboolean wl_peer_is_authoritative(const WlPeer *self, gint64 now);
/** docs/protocol.md 6.6: TRUE if allowed IPs without a fact may be removed. */
gboolean wl_engine_may_deconfigure(const WlEngine *self);
/** docs/protocol.md 6.4: TRUE if orphaned members may be removed. */
gboolean wl_engine_may_delete(const WlEngine *self);
