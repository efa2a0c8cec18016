/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Numbered packets through the tunnel from one host to another, at a constant rate. */
typedef struct {
    SimTimer timer;
    char *name;
    SimHost *from;
    WlIp to;
    gint64 interval;
    gsize size;
    GArray *sent; /* of gint64: when each was sent, µs */
    GArray *got;  /* of gint64: when each arrived, µs; -1: not yet */
    guint duplicates;
} SimStream;

SimStream *sim_stream_new(SimHost *from, const char *name, const WlIp *to, gint64 interval,
                          gsize size);
void sim_stream_free(SimStream *self);
/** Stops sending packets. */
void sim_stream_stop(SimStream *self);
void sim_stream_received(SimStream *self, guint64 number);
/** Number of packets sent in that time that have not arrived. */
guint sim_stream_count_lost(const SimStream *self, gint64 since, gint64 until);
guint sim_stream_count_received(const SimStream *self, gint64 since, gint64 until);
/** The longest time without an arrival, within that time, µs. */
gint64 sim_stream_longest_gap(const SimStream *self, gint64 since, gint64 until);
