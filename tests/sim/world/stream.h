/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Numbered packets from one host to another, through the tunnel, at a steady pace. */
typedef struct {
    SimTimer timer;
    char *name;
    SimHost *from;
    WlIp to;
    gint64 interval;
    gsize size;
    GArray *sent; /* of gint64: when each was */
    GArray *got;  /* of gint64: when each came; -1: not yet */
    guint duplicates;
} SimStream;

SimStream *sim_stream_new(SimHost *from, const char *name, const WlIp *to, gint64 interval,
                          gsize size);
void sim_stream_free(SimStream *self);
/** No more are sent. */
void sim_stream_stop(SimStream *self);
void sim_stream_received(SimStream *self, guint64 number);
/** Of those sent in that time, how many did not come until now. */
guint sim_stream_count_lost(const SimStream *self, gint64 since, gint64 until);
guint sim_stream_count_received(const SimStream *self, gint64 since, gint64 until);
/** The longest time, of that time, without one of them coming; µs. */
gint64 sim_stream_longest_gap(const SimStream *self, gint64 since, gint64 until);
