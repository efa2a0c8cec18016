/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Sessions, allowed IPs and networks let a packet of @self arrive at @ip at this moment, and its
 * reply return. *hops gets the number of hosts in between, there and back; may be NULL. */
gboolean sim_reach(SimHost *self, const WlIp *ip, guint *hops);
