/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-objects-state.h"

/** Handles the calls to all objects and to the object manager. */
extern const GDBusInterfaceVTable wl_objects_vtable;
/** Drops the cached replies, so that the next call sees current values. */
void wl_objects_drop_replies(WlObjects *self);
/** Refuses the calls that wait for their turn, since the objects are removed. */
void wl_objects_refuse_calls(WlObjects *self);
