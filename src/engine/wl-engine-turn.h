/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Does all work that the last input made necessary. Every input ends with it. */
void wl_engine_turn(WlEngine *self);
