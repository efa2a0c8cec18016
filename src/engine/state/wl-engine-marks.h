/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Marks record what changed, so that the turn repeats the work that depends on it. The only writer
 * of WlEvaluation, of the `due` fields of WlSelf and of the time of the next state save. */

/** A rule that applies to every fact changed (policy, routers, local addresses): all facts are
 * evaluated. */
void wl_engine_rules_changed(WlEngine *self);
/** A source may have become authoritative: stale facts are evaluated again. */
void wl_engine_authorities_changed(WlEngine *self);
/** The facts that this member originates about itself may have changed. */
void wl_engine_own_facts_changed(WlEngine *self);
/** Facts may be missing: a new boot id requests a full resend from every peer, at most once every
 * WL_BOOT_ID_INTERVAL. */
void wl_engine_want_boot_id(WlEngine *self);
/** The last source of an accepted fact ended: likewise, at most once every WL_FACT_LOST_INTERVAL.
 */
void wl_engine_fact_lost(WlEngine *self);

/** The candidates of @peer may have changed. */
void wl_engine_candidates_changed(WlEngine *self, WlPeer *peer);
/** The facts that this member originates about @peer may have changed. */
void wl_engine_local_facts_changed(WlEngine *self, WlPeer *peer);
/** The name of @peer is determined again. */
void wl_engine_name_changed(WlEngine *self, WlPeer *peer);
/** The facts about membership or name of @subject changed. */
void wl_engine_subject_changed(WlEngine *self, const WlKey *subject);
/** The sources of the allowed-IPs fact @entry changed. */
void wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry);
/** The state cache changed: it is saved within WL_STATE_SAVE_DELAY, together with other changes. */
void wl_engine_state_changed(WlEngine *self);
/** A peer was seen at another address: saved likewise, at most once every WL_LOCATION_SAVE. */
void wl_engine_location_changed(WlEngine *self);
/** Performs a pending save of the state cache in this turn. */
void wl_engine_state_save_now(WlEngine *self);
/** @entry must be advertised. */
void wl_engine_fact_changed(WlEngine *self, WlFactEntry *entry);
/** A source renewed @entry; @source (may be NULL) knows it until @until. */
void wl_engine_fact_renewed(WlEngine *self, WlFactEntry *entry, const WlPeer *source, gint64 until);
/** The sources of @entry or their verdicts changed: it may have to be advertised. */
void wl_engine_fact_sources_changed(WlEngine *self, WlFactEntry *entry);
