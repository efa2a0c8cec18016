/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Creates the loop guard of the link, which must be up. Without nf_tables a send gate
 * takes its place; that is logged. */
/** Sets the rules of the send gate again, which a full tunnel that opens or closes removes with its
 * own. */
void wl_session_reopen_gate(WlSession *self);
void wl_session_open_guard(WlSession *self);
/** Adapts the loop guard to the present addresses. */
void wl_session_update_guard(WlSession *self);
