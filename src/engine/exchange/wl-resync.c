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
    gint64 allowed;

    if (peer->resync.due != WL_NEVER)
        return;
    allowed =
        MAX(peer->resync.last + WL_RESEND_INTERVAL,
            wl_rate_limit_when(&peer->resync.rate, self->now, WL_RESEND_REFILL, WL_RESEND_BURST));
    (void) wl_rate_limit_take(&peer->resync.rate, MAX(allowed, self->now), WL_RESEND_REFILL,
                              WL_RESEND_BURST);
    if (allowed <= self->now)
        wl_resync_peer(self, peer);
    else
        peer->resync.due = allowed;
}
