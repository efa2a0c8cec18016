/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_state_cache_update(WlEngine *self);
/** Reads the text of wl_engine_dup_state(). FALSE with *error if nothing of it can be used. */
gboolean wl_state_cache_load(WlEngine *self, const char *memory, gsize length, GError **error);
