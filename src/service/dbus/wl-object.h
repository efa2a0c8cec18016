/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-objects-state.h"

/** Marks changes that have not been signaled. */
void wl_object_mark(WlObject *object);
/** Removes the object from the bus and forgets its published values. */
void wl_object_withdraw(WlObject *object);
/** The signaled properties as a{sv}, to be unreferenced; NULL if the peer is gone. */
GVariant *wl_object_signaled_properties(const WlObject *object);
/** A property that is read on demand, floating; NULL for other names. */
GVariant *wl_object_property_on_demand(const WlObject *object, const char *name);
/** All properties as floating a{sv}. */
GVariant *wl_object_all_properties(const WlObject *object);
/** The interface with @properties as floating a{sa{sv}}. */
GVariant *wl_object_interfaces(const WlObject *object, GVariant *properties);
