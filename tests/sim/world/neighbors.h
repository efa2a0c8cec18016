/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Resolution of neighbors by a kernel: ARP and neighbor discovery. */

/** Resolves @ip on the network of the interface @ifindex. The member receives success after a
 * round trip, and failure after three seconds. */
void sim_neighbors_resolve(SimHost *host, const WlIp *ip, guint32 ifindex);
/** Drops all pending queries. */
void sim_neighbors_cancel_all(SimHost *host);
