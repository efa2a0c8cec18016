/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** What a kernel finds out of its neighbors: ARP and neighbor discovery. */

/** Somebody has @ip on the network of the host's interface @ifindex: its member hears of it after a
 * round trip; that nobody has, or that it is lost thrice, after three seconds. */
void sim_neighbors_resolve(SimHost *host, const WlIp *ip, guint32 ifindex);
/** Nobody waits for the answers any more. */
void sim_neighbors_cancel_all(SimHost *host);
