/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-resync.h"

#include "exchange/wl-advertise.h"

void
wl_resync_peer(WlEngine *self, WlPeer *peer)
{
    wl_advertise_forget(self, peer);
    wl_advertise_at_once(peer);
    peer->resync.last = self->now;
    peer->resync.due = WL_NEVER;
    wl_scheduler_schedule(&self->scheduler, peer);
}

void
wl_resync_peer_when_allowed(WlEngine *self, WlPeer *peer)
{
    gint64 allowed = peer->resync.last + WL_RESEND_INTERVAL;

    if (allowed <= self->now)
        wl_resync_peer(self, peer);
    else
        peer->resync.due = MIN(peer->resync.due, allowed);
}
