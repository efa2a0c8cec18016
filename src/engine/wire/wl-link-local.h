/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** The address that a member sends and receives facts at: fe80:: and the first 8 bytes of the SHA-1
 * of its raw public key (docs/protocol.md 3). */
void wl_key_link_local(const WlKey *public_key, WlIp *address);
