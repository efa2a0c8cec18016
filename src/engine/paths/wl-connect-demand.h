/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * Overlay traffic for a peer without a session is a reason to try it between two rounds
 * (docs/engine.md "Connect"). For wl-connect.c; writes WlPeer.connect together with it. Times are
 * engine times in microseconds.
 */

/** How long after a try that traffic caused the next one may be, for a peer whose traffic a router
 * carries: it had no session for @away, and an endpoint of it worked lately (@worked) or not. */
gint64 wl_connect_demand_interval(gint64 away, gboolean worked);
/** Has the link report traffic for @peer, if that would be a reason to try it. */
void wl_connect_demand_update(WlEngine *self, WlPeer *peer);
/** The peer tries this member and asks for the same: it is tried after @head_start, unless that was
 * done just now. */
void wl_connect_demand_answer(WlEngine *self, WlPeer *peer, gint64 head_start);
