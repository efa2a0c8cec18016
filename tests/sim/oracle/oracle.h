/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/**
 * What has to be so in any world, whatever happens in it: the properties that
 * docs/engine.md promises. Looked at with each datagram of facts, each change of a device and each
 * look at it, each initiation and each fault; only whether packets arrive is looked at every two
 * seconds.
 */
typedef struct _Oracle Oracle;

/** Receives the first violation: one sentence, or several lines. */
typedef void (*OracleFailFunc)(const char *wrong, gpointer user_data);

/** @quiet: when the last fault is over. @world is borrowed. After the first call of @fail the
 * oracle checks nothing more. */
Oracle *oracle_new(SimWorld *world, gint64 quiet, OracleFailFunc fail, gpointer user_data);
void oracle_free(Oracle *self);
/** Something happens to @host. */
void oracle_note_fault(Oracle *self, const SimHost *host);
void oracle_before_send(Oracle *self, const SimHost *from, GBytes *bytes);
void oracle_before_receive(Oracle *self, const SimHost *to, const WlIp *source, GBytes *bytes);
/** Its member has taken that. */
void oracle_after_receive(Oracle *self, const SimHost *to, GBytes *bytes);
void oracle_before_change(Oracle *self, const SimHost *host, const WlPeerChange *change);
void oracle_note_dump(Oracle *self, const SimHost *host, const WlDevice *device);
void oracle_note_handshake(Oracle *self, const SimHost *host, const WlEndpoint *to,
                           const SimMessage *message);
/** The longest that nothing arrived between two though there was a way, since the last thing that
 * happened to them: each gets the greater of that and what it is; µs. */
void oracle_gather(const Oracle *self, gint64 *native, gint64 *go);

/** From @quiet on: every pair is as it stays after this time. */
#define ORACLE_SETTLED SIM_SEC(600)
/** And then nothing changes for this long. */
#define ORACLE_QUIET SIM_SEC(300)
