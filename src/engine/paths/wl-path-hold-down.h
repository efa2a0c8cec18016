/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/*
 * Hold-down: the time after a fall-back to the router before the direct path is promoted again
 * (docs/engine.md "Path"). Pure functions; times are engine times in microseconds.
 */

/** The hold-down after @path, which is still direct, falls back at @now: doubled if the direct path
 * did not last. */
gint64 wl_path_hold_down_after_fall_back(const WlPeerPath *path, gint64 now);
/** When the hold-down of @path, which uses the router, ends. */
gint64 wl_path_hold_down_ends_at(const WlPeerPath *path);
