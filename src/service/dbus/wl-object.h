/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-objects-state.h"

/** There is something to tell of it. */
void wl_object_mark(WlObject *object);
/** Takes it off the bus; what was said of it is forgotten. */
void wl_object_withdraw(WlObject *object);
/** a{sv} of what is signalled, to be freed; NULL if the peer is gone. */
GVariant *wl_object_settled_properties(const WlObject *object);
/** One of the others, floating, or NULL. */
GVariant *wl_object_property_on_demand(const WlObject *object, const char *name);
/** a{sv} of everything, floating. */
GVariant *wl_object_all_properties(const WlObject *object);
/** a{sa{sv}} with @properties, floating. */
GVariant *wl_object_interfaces(const WlObject *object, GVariant *properties);
