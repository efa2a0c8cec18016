/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The verdicts on facts by trust and policy, and the expiry of facts. Allowed IPs, whose verdicts
 * depend on each other, are left to the arbitration. */

/** A source of @entry made room in a full table: evaluates what depended on it. Unlike the expiry
 * of a fact this requests nothing from others. @user_data: the engine. */
void wl_fact_evaluate_displaced(WlFactEntry *entry, gpointer user_data);
/** Drops expired fact sources, or keeps them as stale. Wakes the engine at the next expiry. */
void wl_fact_evaluate_expire(WlEngine *self);
/** Drops all facts of @source. */
void wl_fact_evaluate_drop_source(WlEngine *self, const WlKey *source);
/** Evaluates one fact source. FALSE for allowed IPs that trust accepts: call
 * wl_engine_prefix_changed(), since prefixes are evaluated together. */
gboolean wl_fact_evaluate_source(WlEngine *self, WlFactEntry *entry, WlFactSource *origin);
/** Performs the evaluations that the marks requested: all facts, stale facts, dirty prefixes. */
void wl_fact_evaluate_due(WlEngine *self);
/** Sets the verdict of @origin, a source of @entry, and marks what depends on it. */
void wl_fact_evaluate_set_verdict(WlEngine *self, WlFactEntry *entry, WlFactSource *origin,
                                  WlVerdict verdict);
/** Evaluates all facts about @subject, which became a member or ceased to be one. */
void wl_fact_evaluate_about(WlEngine *self, const WlKey *subject);
/** Evaluates all facts of @source, whose trust changed. */
void wl_fact_evaluate_all_of(WlEngine *self, const WlKey *source);
