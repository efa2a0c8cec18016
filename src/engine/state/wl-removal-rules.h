/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* When the silence of the sources about a member or an allowed IP removes it. */

/** docs/protocol.md 6.4: what it no longer advertises is withdrawn. */
gboolean wl_peer_is_authoritative(const WlPeer *self, gint64 now);
/** docs/protocol.md 6.6: allowed IPs that no fact names any more may be removed. */
gboolean wl_engine_may_deconfigure(const WlEngine *self);
/** docs/protocol.md 6.4: orphaned members may be removed. */
gboolean wl_engine_may_delete(const WlEngine *self);
