/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_init_names(WlEngine *self);
/** A step of @peer. */
void wl_engine_update_name(WlEngine *self, WlPeer *peer);
void wl_engine_forget_name(WlEngine *self, WlPeer *peer);
/** What was learned of its name counts only if somebody who says so is still believed. */
void wl_engine_unlearn_name(WlEngine *self, WlPeer *peer);
/** The own name was @before. */
void wl_engine_own_name_changed(WlEngine *self, const char *before);
