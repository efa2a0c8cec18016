/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_expire_facts(WlEngine *self);
/** Nothing that @source told counts any more. */
void wl_engine_drop_source(WlEngine *self, const WlKey *source);
/** Judges one claim that depends on nothing but itself; FALSE for allowed IPs, which are judged
 * together. */
gboolean wl_engine_judge_claim(WlEngine *self, WlFactEntry *entry, WlClaim *claim);
void wl_engine_judge(WlEngine *self);
void wl_engine_set_verdict(WlEngine *self, WlFactEntry *entry, WlClaim *claim, WlVerdict verdict);
/** What is said about @subject, who has become known or is not any more. */
void wl_engine_judge_about(WlEngine *self, const WlKey *subject);
/** What is said by @source, who is trusted more, or less. */
void wl_engine_judge_source(WlEngine *self, const WlKey *source);
