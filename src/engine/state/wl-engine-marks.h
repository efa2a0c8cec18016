/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Marks: what has changed, so that the turn does again what follows from it. */

/** The endpoints that @peer may have changed. */
void wl_engine_candidates_changed(WlEngine *self, WlPeer *peer);
/** What we originate about @peer may have changed. */
void wl_engine_local_facts_changed(WlEngine *self, WlPeer *peer);
/** The facts about the membership or the name of @subject changed. */
void wl_engine_subject_changed(WlEngine *self, const WlKey *subject);
/** The claims on the allowed IP of @entry changed. */
void wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry);
/** What is kept in the state cache changed. */
void wl_engine_state_changed(WlEngine *self);
/** @entry is to be advertised. */
void wl_engine_fact_changed(WlEngine *self, WlFactEntry *entry);
/** A source gave @entry a longer life; @source, which may be NULL, knows it until @until. */
void wl_engine_fact_renewed(WlEngine *self, WlFactEntry *entry, const WlPeer *source, gint64 until);
/** The sources of @entry, or a verdict about it, changed: it may have to be advertised. */
void wl_engine_fact_sources_changed(WlEngine *self, WlFactEntry *entry);
