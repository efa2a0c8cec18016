/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-candidates.h"
#include "state/wl-engine-state.h"

/* Behind a captive portal only the local network responds. Other candidates of a peer are tried
 * once a minute, so that it is found soon after the user has logged in. */

/** TRUE if only the on-link candidates of @peer may be tried now. */
gboolean wl_captive_portal_holds_back(const WlEngine *self, const WlPeer *peer);
/** TRUE if there is a portal and @peer has no on-link candidate. */
gboolean wl_captive_portal_blocks(const WlEngine *self, const WlPeer *peer);
