/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-resync.h"

#include "exchange/wl-acks.h"

void
wl_resync_peer(WlEngine *self, WlPeer *peer)
{
    wl_fact_set_forget(self->facts, peer->slot);
    peer->alive_known = 0;
    peer->news = 0;
    peer->facts_sent = WL_LONG_AGO;
    wl_engine_drop_in_flight(self, peer);
    peer->forgotten = self->now;
    peer->forget_due = WL_NEVER;
    wl_scheduler_schedule(&self->scheduler, peer);
}
