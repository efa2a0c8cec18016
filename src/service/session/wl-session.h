/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link.h"
#include "wl-session-settings.h"

/** Takes @config, copies @settings; @events must stay. Starts at once, in the background. */
WlSession *wl_session_new(WlEngineConfig *config, const WlSessionSettings *settings,
                          const WlSessionEvents *events, gpointer user_data);
/** Takes everything down that was made: socket, link, userspace WireGuard. Wipes the keys. */
void wl_session_free(WlSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSession, wl_session_free)

/* Owned by the session. */
/** NULL before `ready`. */
const WlEngine *wl_session_get_engine(const WlSession *self);
/** The same; another one after somebody deleted it. */
WlLink *wl_session_get_link(const WlSession *self);
/** Without the private key from `ready` on. */
const WlEngineConfig *wl_session_get_config(const WlSession *self);
const WlSessionSettings *wl_session_get_settings(const WlSession *self);
/** Interface of the default route, or "". */
const char *wl_session_get_uplink(const WlSession *self);
/** Reads the device if the last snapshot is over a second old: for counters shown on demand. Peers
 * may come and go by that. */
void wl_session_refresh_counters(WlSession *self);
/** µs to the peer's link-local address and back, 0: not known. Of a peer with a live session a
 * value older than a second is measured again, for the next who asks. */
guint32 wl_session_get_round_trip(WlSession *self, const WlKey *key);
