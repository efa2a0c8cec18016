/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes how an engine finds and keeps paths: sessions that come and go, dumps of the device, path
 * messages, acks and boot ids of members that are native or not, uplinks, and results that come
 * late or never, while time passes. */

#include "fuzz.h"
#include "network.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const NetworkAction actions[] = {
        act_time,   act_handshake, act_dump,  act_alive,       act_path,        act_ack,
        act_uplink, act_result,    act_event, act_endpoint_v4, act_endpoint_v6, act_router,
    };

    network_run(data, size, actions, G_N_ELEMENTS(actions));
    return 0;
}
