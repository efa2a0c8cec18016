/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** The properties that docs/engine.md promises for every world, regardless of events. They are
 * checked at each datagram of facts, each change and snapshot of a device, each handshake and each
 * fault; arriving packets are checked every two seconds. */
typedef struct _Oracle Oracle;

/** Receives the first violation: one sentence, or several lines. */
typedef void (*OracleFailFunc)(const char *wrong, gpointer user_data);

/** @quiet: when the last fault is over. @world is borrowed. The oracle stops checking after the
 * first call of @fail. */
Oracle *oracle_new(SimWorld *world, gint64 quiet, OracleFailFunc fail, gpointer user_data);
void oracle_free(Oracle *self);
/** A fault affects @host. */
void oracle_note_fault(Oracle *self, const SimHost *host);
void oracle_before_send(Oracle *self, const SimHost *from, GBytes *bytes);
void oracle_before_receive(Oracle *self, const SimHost *to, const WlIp *source, GBytes *bytes);
/** The member has processed the datagram. */
void oracle_after_receive(Oracle *self, const SimHost *to, GBytes *bytes);
void oracle_before_change(Oracle *self, const SimHost *host, const WlPeerChange *change);
void oracle_note_dump(Oracle *self, const SimHost *host, const WlDevice *device);
void oracle_note_handshake(Oracle *self, const SimHost *host, const WlEndpoint *to,
                           const SimMessage *message);
/** Raises *native and *go to the longest time without packets between a pair that had a path, since
 * the last fault that affected it, µs. */
void oracle_gather(const Oracle *self, gint64 *native, gint64 *go);

/** After @quiet, every pair is in its final state after this time. */
#define ORACLE_SETTLED SIM_SEC(600)
/** Nothing may change for this time afterwards. */
#define ORACLE_QUIET SIM_SEC(300)
