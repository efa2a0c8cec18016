/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_display_names_init(WlEngine *self);
/** A step of @peer. */
void wl_display_names_update(WlEngine *self, WlPeer *peer);
void wl_display_names_forget(WlEngine *self, WlPeer *peer);
/** What was learned of its name counts only if somebody who says so is still believed. */
void wl_display_names_unlearn(WlEngine *self, WlPeer *peer);
/** The own name was @before. */
void wl_display_names_own_changed(WlEngine *self, const char *before);
