/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-objects-state.h"

/** Takes the calls to all objects and to the manager. */
extern const GDBusInterfaceVTable wl_objects_vtable;
/** Long answers are made anew for who asks next. */
void wl_objects_drop_answers(WlObjects *self);
