/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"

/* Local facts: the facts that this member originates. All local facts of a subject are replaced
 * together: begin, one add for each fact, end. Changed facts enter the change log. */

void wl_fact_set_local_begin(WlFactSet *self);
/** This member originates @fact. */
void wl_fact_set_local_add(WlFactSet *self, const WlFact *fact, gint64 now);
/** Drops the local facts of @subject that were not added since begin. TRUE if any fact changed. */
gboolean wl_fact_set_local_end(WlFactSet *self, const WlKey *subject, gint64 now);
