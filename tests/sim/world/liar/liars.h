/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/**
 * Hostile members with a strategy. A group of them shares the work of its lies and repeats them
 * until the world ends. Each runs an ordinary engine, which keeps its sessions; the lies are
 * datagrams in addition, signed with its own key, or the source address of its packets. They have a
 * random stream of their own: without the lies, the world draws the same numbers.
 *
 * A group knows what its members know: its own keys, the datagrams that they sent and received, the
 * endpoints that their devices show, and the addresses of a profile.
 */
typedef struct _SimLiars SimLiars;

/** @hosts: of SimHost; they are marked as liars and borrowed. @seed: of the random stream. */
SimLiars *sim_liars_new(SimWorld *world, const GPtrArray *hosts, guint32 seed);
void sim_liars_free(SimLiars *self);
/** Adds a strategy by its name; FALSE: there is none with this name. */
gboolean sim_liars_add(SimLiars *self, const char *strategy);
/** The names of all strategies, separated by blanks. */
const char *const *sim_liars_get_strategies(void);
/** Lies from now on. */
void sim_liars_start(SimLiars *self);

/** A liar is about to send, or has received, a datagram of facts. @self: host->liar. */
void sim_liar_note_sent(SimLiarHost *self, const WlKey *to, GBytes *bytes);
void sim_liar_note_received(SimLiarHost *self, const WlIp *from, GBytes *bytes);
