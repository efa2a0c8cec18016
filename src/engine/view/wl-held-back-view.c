/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-held-back-view.h"

#include <string.h>

#include "state/wl-engine-state.h"

const char *
wl_held_back_to_string(WlHeldBackReason reason)
{
    static const char *const names[] = {
        [WL_HELD_BACK_RATE] = "rate",
        [WL_HELD_BACK_ADDRESS] = "address",
        [WL_HELD_BACK_ENDPOINT] = "endpoint",
        [WL_HELD_BACK_THIRD_PARTIES] = "third-parties",
        [WL_HELD_BACK_IN_VAIN] = "in-vain",
        [WL_HELD_BACK_RESTART] = "restart",
        [WL_HELD_BACK_PORTAL] = "portal",
        [WL_HELD_BACK_CHECK] = "check",
        [WL_HELD_BACK_OBSERVATION] = "observation",
        [WL_HELD_BACK_WORD] = "word",
        [WL_HELD_BACK_LOOKUP] = "lookup",
        [WL_HELD_BACK_DUMP] = "dump",
        [WL_HELD_BACK_REPLY] = "reply",
        [WL_HELD_BACK_BOOT_ID] = "boot-id",
        [WL_HELD_BACK_PROBE_REQUEST] = "probe-request",
        [WL_HELD_BACK_LOG] = "log",
    };

    G_STATIC_ASSERT(G_N_ELEMENTS(names) == WL_HELD_BACK_N);
    return names[reason];
}

gboolean
wl_engine_get_held_back(const WlEngine *self, const WlKey *key, guint64 counts[WL_HELD_BACK_N])
{
    const WlPeer *peer = key ? wl_peer_table_find(&self->peers, key) : NULL;

    if (key && !peer)
        return FALSE;
    memcpy(counts, peer ? peer->held_back.counts : self->held_back.counts,
           sizeof(self->held_back.counts));
    return TRUE;
}
