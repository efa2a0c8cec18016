/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-session.h"

/**
 * The properties of a Peer object that are signalled, as floating a{sv}. @via: object path of the
 * router that carries it, or "/".
 */
GVariant *wl_peer_properties_new(const WlPeerView *view, const char *via);

/** NULL-terminated: those that are read on demand. */
extern const char *const wl_peer_properties_on_demand[];
/** Its value now, floating; NULL if @name is not one of them. */
GVariant *wl_peer_properties_get(WlSession *session, const WlPeerView *view, const char *name);
/** TRUE if its value comes from the device, which should have been read a moment ago. */
gboolean wl_peer_properties_is_counter(const char *name);
