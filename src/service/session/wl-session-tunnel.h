/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Opens or changes the full tunnel while the session runs, with the default routes of the
 * configured peers. On an error the tunnel stays as it was, or is closed if it was not open. */
gboolean wl_session_open_tunnel(WlSession *self, gboolean kill_switch, GError **error);
/** Closes the full tunnel while the session runs. */
void wl_session_close_tunnel(WlSession *self);
