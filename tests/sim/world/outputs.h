/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Carries out everything the member wants; the number of outputs. */
guint sim_outputs_drain(SimHost *host);

/** Around every input of a member: what it used, if the world measures that. */
gint64 sim_cpu_begin(const SimHost *host);
void sim_cpu_end(SimHost *host, gint64 begun, gboolean snapshot);
