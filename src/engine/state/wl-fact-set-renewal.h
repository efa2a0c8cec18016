/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"

/* Which facts must be advertised, and when: the change log, and the timers of renewals. */

/** @entry changed: every subscriber needs it. */
void wl_fact_set_mark_changed(WlFactSet *self, WlFactEntry *entry, gint64 now);
/** A source renewed @entry until @expires: subscribers need it before the expiry that they know. */
void wl_fact_set_mark_renewed(WlFactSet *self, WlFactEntry *entry, gint64 now, gint64 expires);
/** The same if every subscriber knows the new expiry or does not need it. */
void wl_fact_set_mark_settled(WlFactSet *self, WlFactEntry *entry, gint64 expires);
/** When the next entry must be advertised again; G_MAXINT64: none. */
gint64 wl_fact_set_next_renewal(const WlFactSet *self);
/** Takes the first entry that must be advertised again before @until; NULL: none. */
WlFactEntry *wl_fact_set_take_renewal(WlFactSet *self, gint64 until);
/** The changed facts, of WlFactEntry. */
const WlChangeLog *wl_fact_set_get_changes(const WlFactSet *self);
