/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** Carries out all outputs of the member. Their number. */
guint sim_outputs_drain(SimHost *host);

/** Around each input of a member: measures its CPU time, if the world does so. */
gint64 sim_cpu_begin(const SimHost *host);
void sim_cpu_end(SimHost *host, gint64 begun, gboolean snapshot);
