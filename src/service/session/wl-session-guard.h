/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Creates the loop guard of the link, which must be up. Without nf_tables a send gate
 * takes its place; that is logged. */
void wl_session_open_guard(WlSession *self);
/** Adapts the loop guard to the present addresses. */
void wl_session_update_guard(WlSession *self);
