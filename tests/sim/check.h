/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario-run.h"

/**
 * What has to be so in any world, whatever happens in it: the properties of architecture's
 * section 4. Looked at whenever facts are sent, and every few seconds of virtual time.
 */
typedef struct _Check Check;

/** @quiet: when the last fault is over. */
Check *check_new(Run *run, gint64 quiet);
void check_free(Check *self);
/** Something happens to @host. */
void check_disturbed(Check *self, const SimHost *host);
void check_sending(Check *self, const SimHost *from, const WlKey *to, GBytes *bytes);
void check_hearing(Check *self, const SimHost *to, GBytes *bytes);
/** The longest that nothing arrived between two though there was a way, since the last thing that
 * happened to them: each gets the greater of that and what it is; µs. */
void check_gather(const Check *self, gint64 *ours, gint64 *classic);

/** From @quiet on: every pair is as it stays after this time. */
#define CHECK_SETTLED SIM_SEC(600)
/** And then nothing changes for this long. */
#define CHECK_QUIET SIM_SEC(300)
