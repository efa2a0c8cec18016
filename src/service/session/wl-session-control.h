/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-settings.h"

/* Inputs from the owner of the session. */

/** See the inputs of the engine with these names. Can be called at any time, also before `ready`.
 */
void wl_session_set_connectivity(WlSession *self, WlConnectivity connectivity);
void wl_session_uplink_changed(WlSession *self);
void wl_session_resumed(WlSession *self);
/** @servers: DNS servers of the uplinks (of WlDnsServer). @vpn: a VPN provides others. */
void wl_session_set_dns(WlSession *self, const GArray *servers, gboolean vpn);
/** See wl_engine_refresh(), wl_engine_use_router() and wl_engine_forget_endpoint(). */
gboolean wl_session_refresh(WlSession *self);
gboolean wl_session_use_router(WlSession *self, const WlKey *key, GError **error);
gboolean wl_session_forget_endpoint(WlSession *self, const WlKey *key, const WlEndpoint *endpoint,
                                    GError **error);
