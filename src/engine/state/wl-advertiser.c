/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-advertiser.h"

void
wl_advertiser_init(WlAdvertiser *self)
{
    self->subscribers = g_ptr_array_new();
    self->alives = wl_timer_queue_new();
    self->flushed = WL_LONG_AGO;
}

void
wl_advertiser_clear(WlAdvertiser *self)
{
    wl_timer_queue_free(self->alives);
    g_ptr_array_unref(self->subscribers);
}

void
wl_advertiser_unsubscribe(WlAdvertiser *self, WlPeer *peer)
{
    guint index = peer->subscriber - 1;

    ((WlPeer *) self->subscribers->pdata[self->subscribers->len - 1])->subscriber = index + 1;
    g_ptr_array_remove_index_fast(self->subscribers, index);
    peer->subscriber = 0;
}

void
wl_advertiser_drop(WlAdvertiser *self, WlPeer *peer)
{
    wl_timer_queue_set(self->alives, &peer->alive_deadline, WL_NEVER);
    if (peer->subscriber != 0)
        wl_advertiser_unsubscribe(self, peer);
}

gboolean
wl_advertiser_may_advertise(const WlPeerTable *peers, const WlKey *own_key, const WlFact *fact)
{
    const WlPeer *subject;

    if (fact->attribute == WL_ATTRIBUTE_MEMBER)
        return FALSE; /* the obsolete form, superseded by metadata */
    if (wl_key_equal(&fact->subject, own_key))
        return TRUE;
    subject = wl_peer_table_find(peers, &fact->subject);
    return !subject || subject->healthy || subject->alive;
}

gboolean
wl_advertiser_is_about_receiver(const WlPeer *to, const WlFact *fact)
{
    return fact->attribute != WL_ATTRIBUTE_METADATA && wl_key_equal(&fact->subject, &to->key);
}
