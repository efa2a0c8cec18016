/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Carries out all outputs, those included that came of carrying out others, and sets the timer. */
gboolean wl_session_pump(WlSession *self);
/** Gives the engine a snapshot, without pumping. */
void wl_session_read_device(WlSession *self);
/** Stores what the engine has learned. */
void wl_session_save_state(WlSession *self);
