/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-event-list.h"
#include "wl-link.h"
#include "wl-port-mapping.h"
#include "wl-session-settings.h"

/** Takes ownership of @config and copies @settings; @events must outlive the session. Opens the
 * link in the background. */
WlSession *wl_session_new(WlEngineConfig *config, const WlSessionSettings *settings,
                          const WlSessionEvents *events, gpointer user_data);
/** Calls @observer, which must outlive the session, from now on instead of the former one; NULL:
 * none. */
void wl_session_observe(WlSession *self, const WlSessionObserver *observer, gpointer user_data);
/** Removes the link and everything else the session created, and wipes the keys. */
void wl_session_free(WlSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSession, wl_session_free)

/** NULL before `ready`. Owned by the session, as the following results are. */
const WlEngine *wl_session_get_engine(const WlSession *self);
/** NULL before `ready`. Changes if the link is recreated. */
WlLink *wl_session_get_link(const WlSession *self);
/** Has no private key from `ready` on. */
const WlEngineConfig *wl_session_get_config(const WlSession *self);
const WlSessionSettings *wl_session_get_settings(const WlSession *self);
/** Whether what the settings say of a gateway is in effect. */
gboolean wl_session_is_gateway(const WlSession *self);
/** Interface of the default route, or "". */
const char *wl_session_get_uplink(const WlSession *self);
/** The mapping of WireGuard's port at the gateway, @family below WL_PORT_MAPPING_FAMILIES; NULL:
 * the profile wants none. */
const WlMappingView *wl_session_get_mapping(const WlSession *self, guint family);
/** What happened, also before a restart. */
const WlEventList *wl_session_get_events(const WlSession *self);
/** Reads the device if the last snapshot is older than one second. May report peers as changed or
 * gone. */
void wl_session_refresh_counters(WlSession *self);
/** Round-trip time to the peer's link-local address in µs, or 0 if unknown. If the peer has a live
 * session and the value is older than one second, this also starts a new measurement. */
guint32 wl_session_get_round_trip(WlSession *self, const WlKey *key);
