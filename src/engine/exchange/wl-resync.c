/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-resync.h"

#include "exchange/wl-acks.h"

void
wl_resync_peer(WlEngine *self, WlPeer *peer)
{
    wl_fact_set_forget(self->facts, peer->slot);
    peer->advertise.alive_expires = 0;
    peer->advertise.position = 0;
    peer->advertise.facts_sent = WL_LONG_AGO;
    wl_acks_drop_in_flight(self, peer);
    peer->resync.last = self->now;
    peer->resync.due = WL_NEVER;
    wl_scheduler_schedule(&self->scheduler, peer);
}
