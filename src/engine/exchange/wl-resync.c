/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-resync.h"

#include "exchange/wl-acks.h"

void
wl_resync_peer(WlEngine *self, WlPeer *peer)
{
    wl_fact_set_forget(self->facts, peer->slot);
    peer->alive_expires = 0;
    peer->advertised = 0;
    peer->facts_sent = WL_LONG_AGO;
    wl_acks_drop_in_flight(self, peer);
    peer->resynced = self->now;
    peer->resync_due = WL_NEVER;
    wl_scheduler_schedule(&self->scheduler, peer);
}
