/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The state cache: learned members, their allowed IPs and last endpoints, kept across restarts
 * (docs/engine.md "State cache"). Loaded facts are stale: used but not relayed, and dropped when an
 * authoritative source no longer advertises them.
 */

/** Requests a save that is due. */
void wl_state_cache_update(WlEngine *self);
/** Loads @state, a text from wl_engine_dup_state(). FALSE with *error if it cannot be used. */
gboolean wl_state_cache_load(WlEngine *self, const char *state, gsize length, GError **error);
/** The state as wl_engine_dup_state() returns it, of at most @max bytes: members of the profile are
 * written first, then those with a session, until one has no room. */
char *wl_state_cache_dup(const WlEngine *self, gsize max);
