/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

#define LOG_INTERVAL WL_SEC(2)
#define LOG_BURST    60

WlOutput *
wl_output_new(WlOutputKind kind)
{
    WlOutput *output = g_new0(WlOutput, 1);

    output->kind = kind;
    return output;
}

void
wl_output_free(WlOutput *output)
{
    if (!output)
        return;
    g_clear_pointer(&output->bytes, g_bytes_unref);
    g_clear_pointer(&output->change, wl_peer_change_free);
    g_clear_pointer(&output->prefixes, g_array_unref);
    g_free(output->name);
    g_free(output);
}

void
wl_engine_emit(WlEngine *self, WlOutput *output)
{
    g_queue_push_tail(&self->outputs, output);
}

void
wl_engine_emit_send(WlEngine *self, WlPeer *peer, GBytes *bytes)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_SEND);

    output->key = peer->key;
    output->destination = peer->link_local;
    output->bytes = bytes;
    peer->own_tx += wl_traffic_datagram_size(g_bytes_get_size(bytes));
    g_queue_push_tail(&self->sends, output);
}

void
wl_engine_log(WlEngine *self, const char *format, ...)
{
    WlOutput *output;
    va_list args;

    if (!wl_bucket_take(&self->logs, self->now, LOG_INTERVAL, LOG_BURST)) {
        self->logs_dropped++;
        return;
    }
    if (self->logs_dropped > 0) {
        output = wl_output_new(WL_OUTPUT_LOG);
        output->name = g_strdup_printf("%u messages left out", self->logs_dropped);
        self->logs_dropped = 0;
        wl_engine_emit(self, output);
    }
    output = wl_output_new(WL_OUTPUT_LOG);
    va_start(args, format);
    output->name = g_strdup_vprintf(format, args);
    va_end(args);
    wl_engine_emit(self, output);
}

/* A dump is of all peers, and those of thousands take most of the time while thousands come, each
 * of whom wants one. */
static gint64
rest_until(const WlEngine *self)
{
    return self->snapshot_read + wl_engine_pace(self->peers->len, WL_DUMP_PACE);
}

/* Sends after the changes they rely on, and the snapshot last, so that it shows both. */
void
wl_engine_flush(WlEngine *self)
{
    WlOutput *output;

    while ((output = g_queue_pop_head(&self->sends)))
        wl_engine_emit(self, output);
    if (!self->snapshot_wanted)
        return;
    if (self->snapshot_asked == WL_LONG_AGO && self->now < rest_until(self)) {
        wl_engine_need(self, rest_until(self));
        return;
    }
    if (self->snapshot_asked == WL_LONG_AGO ||
        self->now >= self->snapshot_asked + WL_SNAPSHOT_RETRY) {
        self->snapshot_asked = self->now;
        wl_engine_emit(self, wl_output_new(WL_OUTPUT_READ_DEVICE));
    }
    wl_engine_need(self, self->snapshot_asked + WL_SNAPSHOT_RETRY);
}

void
wl_engine_need(WlEngine *self, gint64 when)
{
    if (self->current)
        wl_engine_need_peer(self, self->current, when);
    else
        self->deadline = MIN(self->deadline, when);
}

void
wl_engine_need_peer(WlEngine *self, WlPeer *peer, gint64 when)
{
    gint64 *need = &peer->needs[peer == self->current ? self->step : WL_STEP_INPUT];

    if (when >= *need)
        return;
    *need = when;
    if (peer->deadline.place == 0 || when < peer->deadline.when)
        wl_deadlines_set(self->deadlines, &peer->deadline, when);
}

void
wl_engine_want_snapshot(WlEngine *self)
{
    self->snapshot_wanted = TRUE;
    if (self->current)
        wl_engine_want_snapshot_for(self, self->current);
}

void
wl_engine_want_snapshot_for(WlEngine *self, WlPeer *peer)
{
    self->snapshot_wanted = TRUE;
    if (peer->waits)
        return;
    peer->waits = TRUE;
    g_ptr_array_add(self->waiting, peer);
}

gint64
wl_engine_jitter(WlEngine *self, gint64 base)
{
    guint8 bytes[2];

    self->random(self->random_data, bytes, sizeof(bytes));
    return base * 9 / 10 + base / 5 * ((bytes[0] << 8) | bytes[1]) / 65535;
}
