/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-subscribers.h"

void
wl_subscribers_init(WlSubscribers *self)
{
    self->list = g_ptr_array_new();
    self->alives = wl_timer_queue_new();
    self->flushed = WL_LONG_AGO;
}

void
wl_subscribers_clear(WlSubscribers *self)
{
    wl_timer_queue_free(self->alives);
    g_ptr_array_unref(self->list);
}

void
wl_subscribers_unsubscribe(WlSubscribers *self, WlPeer *peer)
{
    guint index = peer->subscription.index - 1;

    ((WlPeer *) self->list->pdata[self->list->len - 1])->subscription.index = index + 1;
    g_ptr_array_remove_index_fast(self->list, index);
    peer->subscription.index = 0;
}

void
wl_subscribers_drop(WlSubscribers *self, WlPeer *peer)
{
    wl_timer_queue_set(self->alives, &peer->subscription.alive_due, WL_NEVER);
    if (peer->subscription.index != 0)
        wl_subscribers_unsubscribe(self, peer);
}
