/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-objects-state.h"

/** Signals what changed, as far as the time since each object's last signal allows, and sets the
 * timer for the rest. */
void wl_objects_signal_changes(WlObjects *self);
