/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "harness.h"
#include "paths/wl-attachment.h"

/* A router with two fellows, and what it knows about a leaf. */

/** This router has the address 10.77.0.2. */
typedef enum {
    NONE,
    SELF,
    LOW,  /* a fellow with a smaller key, 10.77.0.1 */
    HIGH, /* a fellow with a greater key, 10.77.0.9 */
    LEAF,
    N_WHO,
} Who;

typedef struct {
    Harness *harness; /* owned by the test */
    HarnessMember *members[N_WHO];
    WlPeer *leaf;
} Fellows;

/** What is known about the leaf. */
typedef struct {
    Who at, holder; /* at: NONE if it is not known */
    guint32 epoch;
} Known;

/** Flags of a router message. */
#define NOTHING (-1) /* none is sent */
#define CALL    (WL_ROUTER_HOLDS | WL_ROUTER_COME)

/** All three have sessions, and both fellows answer. */
void fellows_init(Fellows *world);
/** NULL for NONE and SELF. */
WlPeer *fellows_peer(const Fellows *world, Who who);
/** Of a fellow. */
guint32 fellows_bit(const Fellows *world, Who who);
/** Forgets what was sent; nothing is due for 9 s. */
void fellows_set_known(Fellows *world, const Known *known);
void fellows_assert_known(const Fellows *world, const Known *known);
/** Runs wl_attachment_run() as in a turn. */
void fellows_run(const Fellows *world);
/** What was sent outside of a turn. */
void fellows_drain(Harness *harness);
/** The only router message that @who was sent, in *message, or NULL. */
const WlRouterMessage *fellows_find_sent(const Fellows *world, Who who, WlRouterMessage *message);
/** @who was sent the choice as it is known, with @flags, or NOTHING. */
void fellows_assert_sent(const Fellows *world, Who who, int flags);
