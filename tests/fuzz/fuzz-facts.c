/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes what an engine does with facts: correctly signed ones of every kind from members of every
 * trust, replayed and damaged ones, in a network whose profile the input selects. */

#include "fuzz.h"
#include "network.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const NetworkAction actions[] = {
        act_endpoint_v4,    act_endpoint_v6, act_allowed_v4, act_allowed_v6, act_member,
        act_unnamed_member, act_many,        act_raw,        act_replay,     act_damage,
        act_alive,          act_handshake,   act_time,       act_reload,
    };

    network_run(data, size, actions, G_N_ELEMENTS(actions));
    return 0;
}
