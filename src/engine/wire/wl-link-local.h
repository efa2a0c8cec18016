/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** The link-local address of a member inside the tunnel: fe80:: and the first 8 bytes of the SHA-1
 * of its public key (docs/protocol.md 3). */
void wl_key_link_local(const WlKey *public_key, WlIp *address);
