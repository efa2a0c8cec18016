/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "harness.h"

/* What comes out over time, as text. */

typedef enum {
    TIMELINE_ENDPOINTS = 1 << 0, /* "try", "set": a peer was recreated, updated with an endpoint */
    TIMELINE_DUMPS = 1 << 1,     /* "dump": the device was read */
    TIMELINE_ALIVES = 1 << 2,    /* "alive", "ask": one was sent, that requests one in return */
    TIMELINE_FACTS = 1 << 3,     /* "facts": a datagram of facts was sent */
    TIMELINE_ECHOES = 1 << 4,    /* "echo": one was sent */
    TIMELINE_WATCH = 1 << 5,     /* "watch": the link is to report the first packet */
    TIMELINE_PATHS = 1 << 6,     /* "path STATE EPOCH PROBE ACK" or "request" was sent */
    TIMELINE_ACKS = 1 << 7,      /* "ack N": an ack of N datagrams was sent */
} TimelineKinds;

/** From now on nothing is random in the times of the engine: a back-off lasts as long as it should.
 */
void timeline_steady(Harness *harness);
/** Runs for @duration and returns what came out about @member and what came out before, since
 * harness_clear(), as "TIME EVENT, TIME EVENT": milliseconds since the call. NULL: about any peer.
 */
char *timeline_run(Harness *harness, const HarnessMember *member, gint64 duration,
                   TimelineKinds kinds);
/** Compares timeline_run() with @expected. */
void timeline_assert(Harness *harness, const HarnessMember *member, gint64 duration,
                     TimelineKinds kinds, const char *expected);
