/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of numbered packets. Times in µs of the world.
 */
#include "world/stream.h"

static void
send_next(SimTimer *timer)
{
    SimStream *self = (SimStream *) timer;
    SimPacket *packet = sim_packet_new(SIM_PACKET_STREAM);
    gint64 now = self->from->world->now, never = -1;

    packet->destination = self->to;
    packet->number = self->sent->len;
    packet->stream = self;
    packet->size = self->size;
    g_array_append_val(self->sent, now);
    g_array_append_val(self->got, never);
    if (sim_host_get_source(self->from, self->to.family, &packet->source)) {
        sim_host_send(self->from, packet);
        sim_host_settle(self->from);
    }
    sim_packet_unref(packet);
    sim_world_set_timer(self->from->world, timer, now + self->interval);
}

SimStream *
sim_stream_new(SimHost *from, const char *name, const WlIp *to, gint64 interval, gsize size)
{
    SimStream *self = g_new0(SimStream, 1);

    self->timer.run = send_next;
    self->name = g_strdup(name);
    self->from = from;
    self->to = *to;
    self->interval = interval;
    self->size = size;
    self->sent = g_array_new(FALSE, TRUE, sizeof(gint64));
    self->got = g_array_new(FALSE, TRUE, sizeof(gint64));
    sim_world_set_timer(from->world, &self->timer, from->world->now);
    return self;
}

void
sim_stream_free(SimStream *self)
{
    sim_stream_stop(self);
    g_array_unref(self->sent);
    g_array_unref(self->got);
    g_free(self->name);
    g_free(self);
}

void
sim_stream_stop(SimStream *self)
{
    sim_world_set_timer(self->from->world, &self->timer, SIM_NEVER);
}

void
sim_stream_received(SimStream *self, guint64 number)
{
    gint64 *got = &g_array_index(self->got, gint64, number);

    if (*got >= 0) {
        self->duplicates++;
        return;
    }
    *got = self->from->world->now;
}

guint
sim_stream_count_lost(const SimStream *self, gint64 since, gint64 until)
{
    guint lost = 0;

    for (guint i = 0; i < self->sent->len; i++) {
        gint64 sent = g_array_index(self->sent, gint64, i);
        lost += sent >= since && sent <= until && g_array_index(self->got, gint64, i) < 0;
    }
    return lost;
}

guint
sim_stream_count_received(const SimStream *self, gint64 since, gint64 until)
{
    guint received = 0;

    for (guint i = 0; i < self->got->len; i++) {
        gint64 got = g_array_index(self->got, gint64, i);
        received += got >= since && got <= until;
    }
    return received;
}

gint64
sim_stream_longest_gap(const SimStream *self, gint64 since, gint64 until)
{
    gint64 last = since, longest = 0;

    /* In the order of sending, which is nearly that of arrival. */
    for (guint i = 0; i < self->got->len; i++) {
        gint64 got = g_array_index(self->got, gint64, i);
        if (got < since || got > until)
            continue;
        longest = MAX(longest, got - last);
        last = MAX(last, got);
    }
    return MAX(longest, until - last);
}
