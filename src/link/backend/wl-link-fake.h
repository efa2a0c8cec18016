/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link-config.h"
#include "wl-link.h"

/** A link in memory, for tests: needs no privileges and sends no packets. */
WlLink *wl_link_fake_new(const WlLinkConfig *config);
/** Sets what wl_link_read() returns for a peer: endpoint, handshake, counters. @peer is copied. */
void wl_link_fake_set_peer(WlLink *self, const WlDevicePeer *peer);
