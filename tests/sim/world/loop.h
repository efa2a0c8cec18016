/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Messages of WireGuard that the kernel of their host routes into the tunnel again: their endpoint
 * is inside it. Each becomes a packet in the tunnel, to be sent by the device, which may send it to
 * such an endpoint again: a storm, which ends here after SIM_LOOPS rounds. */
#define SIM_LOOPS 100

/** TRUE if the host sends packets to @ip into the tunnel: by the subnets of its tunnel addresses
 * and the allowed IPs in its device, unless an attached network is as specific. */
gboolean sim_loop_enters_tunnel(const SimHost *host, const WlIp *ip);
/** Sends @message for @to into the tunnel, a moment later. */
void sim_loop_send(SimHost *host, const WlEndpoint *to, SimMessage *message);
/** @packet left the tunnel at its destination: its message reaches the device of the host. */
void sim_loop_deliver(SimHost *host, SimPacket *packet);
/** Drops all of them. */
void sim_loop_drop_all(SimWorld *world);
