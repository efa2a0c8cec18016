/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_fact_evaluate_expire(WlEngine *self);
/** Nothing that @source told counts any more. */
void wl_fact_evaluate_drop_source(WlEngine *self, const WlKey *source);
/** Judges one claim that depends on nothing but itself; FALSE for allowed IPs, which are judged
 * together. */
gboolean wl_fact_evaluate_source(WlEngine *self, WlFactEntry *entry, WlFactSource *origin);
void wl_fact_evaluate_due(WlEngine *self);
void wl_fact_evaluate_set_verdict(WlEngine *self, WlFactEntry *entry, WlFactSource *origin,
                                  WlVerdict verdict);
/** What is said about @subject, who has become known or is not any more. */
void wl_fact_evaluate_about(WlEngine *self, const WlKey *subject);
/** What is said by @source, who is trusted more, or less. */
void wl_fact_evaluate_all_of(WlEngine *self, const WlKey *source);
