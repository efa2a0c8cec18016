/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The display names of peers, which are unique: equal names get a suffix (docs/engine.md "Display
 * names"). The only writer of WlNameRegistry. */

/** Registers the name of this member. */
void wl_display_names_init(WlEngine *self);
/** Updates the name of @peer if it is dirty. */
void wl_display_names_update(WlEngine *self, WlPeer *peer);
/** Unregisters the name of @peer, which is about to be removed. */
void wl_display_names_forget(WlEngine *self, WlPeer *peer);
/** Drops the learned name of @peer if no accepted fact contains it any more. */
void wl_display_names_unlearn(WlEngine *self, WlPeer *peer);
/** The name of this member changed; it was @before. */
void wl_display_names_own_changed(WlEngine *self, const char *before);
