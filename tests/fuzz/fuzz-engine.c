/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes a whole engine: everything that its inputs can do, in any order. */

#include "fuzz.h"
#include "network.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const NetworkAction actions[] = {
        act_time,       act_handshake,  act_alive,  act_endpoint_v4,    act_endpoint_v6,
        act_allowed_v4, act_allowed_v6, act_member, act_unnamed_member, act_many,
        act_raw,        act_replay,     act_damage, act_path,           act_ack,
        act_dump,       act_uplink,     act_result, act_event,          act_reload,
        act_restart,    act_router,
    };

    network_run(data, size, actions, G_N_ELEMENTS(actions));
    return 0;
}
