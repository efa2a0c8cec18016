/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** TRUE if sessions, allowed IPs and networks let a packet of @self arrive at @ip now, and its
 * reply return. *hops, which may be NULL, receives the number of hosts in between, there and
 * back. */
gboolean sim_reach(SimHost *self, const WlIp *ip, guint *hops);
