/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario-run.h"

/**
 * What has to be so in any world, whatever happens in it: the properties that
 * docs/engine.md promises. Looked at with each datagram of facts, each change of a device and each
 * look at it, each initiation and each fault; only whether packets arrive is looked at every two
 * seconds.
 */
typedef struct _Check Check;

/** @quiet: when the last fault is over. */
Check *check_new(Run *run, gint64 quiet);
void check_free(Check *self);
/** Something happens to @host. */
void check_disturbed(Check *self, const SimHost *host);
void check_sending(Check *self, const SimHost *from, GBytes *bytes);
void check_hearing(Check *self, const SimHost *to, const WlIp *source, GBytes *bytes);
/** Its member has taken that. */
void check_heard(Check *self, const SimHost *to, GBytes *bytes);
void check_changing(Check *self, const SimHost *host, const WlPeerChange *change);
void check_reading(Check *self, const SimHost *host, const WlDevice *device);
void check_shaking(Check *self, const SimHost *host, const WlEndpoint *to,
                   const SimMessage *message);
/** The longest that nothing arrived between two though there was a way, since the last thing that
 * happened to them: each gets the greater of that and what it is; µs. */
void check_gather(const Check *self, gint64 *ours, gint64 *classic);

/** From @quiet on: every pair is as it stays after this time. */
#define CHECK_SETTLED SIM_SEC(600)
/** And then nothing changes for this long. */
#define CHECK_QUIET SIM_SEC(300)
