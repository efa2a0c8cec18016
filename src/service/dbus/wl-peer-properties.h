/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-session.h"

/**
 * The signaled properties as floating a{sv}. @via: object path of the peer that forwards the
 * traffic, or "/".
 */
GVariant *wl_peer_properties_new(const WlPeerView *view, const char *via, const char *attached);

/** Names of the properties that are read on demand, NULL-terminated. */
extern const char *const wl_peer_properties_on_demand[];
/** The current value of one of those, floating; NULL for other names. */
GVariant *wl_peer_properties_get(WlSession *session, const WlPeerView *view, const char *name);
/** Whether the value comes from the device, which must be read first. */
gboolean wl_peer_properties_is_counter(const char *name);
