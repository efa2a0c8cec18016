/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Carries out all outputs of the member and returns their number. */
guint sim_outputs_drain(SimHost *host);

/** Called around each input of a member: measure its CPU time, if enabled in the world. */
gint64 sim_cpu_begin(const SimHost *host);
void sim_cpu_end(SimHost *host, gint64 begun, gboolean snapshot);
