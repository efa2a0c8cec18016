/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-engine-state.h"

#include "state/wl-device-bytes.h"

void
wl_engine_hold_back(WlEngine *self, WlPeer *peer, WlHeldBackReason reason)
{
    self->held_back.counts[reason]++;
    if (peer)
        peer->held_back.counts[reason]++;
}

gboolean
wl_engine_hold_back_once(WlEngine *self, WlPeer *peer, WlHeldBackReason reason)
{
    guint32 bit = 1u << reason;

    if (peer->held_back.open & bit)
        return FALSE;
    peer->held_back.open |= bit;
    wl_engine_hold_back(self, peer, reason);
    return TRUE;
}

void
wl_engine_schedule_all(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_scheduler_schedule(&self->scheduler, wl_peer_table_get(&self->peers, i));
}

void
wl_engine_request_snapshot(WlEngine *self)
{
    self->outputs.snapshot_wanted = TRUE;
    if (self->scheduler.current)
        wl_scheduler_await_snapshot(&self->scheduler, self->scheduler.current);
}

void
wl_engine_request_snapshot_for(WlEngine *self, WlPeer *peer)
{
    self->outputs.snapshot_wanted = TRUE;
    wl_scheduler_await_snapshot(&self->scheduler, peer);
}

gint64
wl_engine_jitter(WlEngine *self, gint64 base)
{
    guint8 bytes[2];

    self->random.func(self->random.data, bytes, sizeof(bytes));
    return base * 9 / 10 + base / 5 * ((bytes[0] << 8) | bytes[1]) / 65535;
}

void
wl_engine_log(WlEngine *self, WlPeer *peer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (!wl_outputs_log(&self->outputs, peer ? &peer->status.log_share : NULL, self->now, format,
                        arguments))
        wl_engine_hold_back(self, peer, WL_HELD_BACK_LOG);
    va_end(arguments);
}

void
wl_engine_send_datagram(WlEngine *self, WlPeer *peer, GBytes *bytes)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_SEND);

    output->key = peer->key;
    output->destination = peer->link_local;
    output->bytes = bytes;
    wl_peer_add_own_tx(peer, wl_datagram_size_in_device(g_bytes_get_size(bytes)));
    wl_outputs_push_send(&self->outputs, output);
}
