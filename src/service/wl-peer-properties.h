/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-engine.h"

/**
 * The properties of a Peer object but those read on demand, as floating a{sv}. @via: object path of
 * the router that carries it, or "/".
 */
GVariant *wl_peer_properties_new(const WlPeerView *view, const char *via);
/** The same with handshake and counters. */
GVariant *wl_peer_properties_new_all(const WlPeerView *view, const char *via);
