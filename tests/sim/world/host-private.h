/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Callbacks of the device of a host, which is @user_data. */
void sim_host_transmit(gpointer user_data, const WlEndpoint *to, SimMessage *message);
void sim_host_deliver(gpointer user_data, const WlKey *from, SimPacket *packet);
