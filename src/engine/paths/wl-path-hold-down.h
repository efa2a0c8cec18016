/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/*
 * Hold-down: the time after a fall-back to the router before the same direct path is promoted again
 * (docs/engine.md "Path"). A path is an endpoint of the peer, reached from the present uplink: the
 * failure of one says nothing about another. Pure functions, apart from WlPeerPath.failures; times
 * are engine times in microseconds.
 */

/** The hold-down after a path that @lasted since its promotion fails: doubled since the @last
 * failure (NULL: none), unless the path lasted long enough to be a good one. */
gint64 wl_path_hold_down_after_failure(const WlPathFailure *last, gint64 lasted);
/** The direct path to @endpoint, which was promoted at @path->promoted, fails at @now. Forgets the
 * oldest failure if there are more than WL_PATH_FAILURES. */
void wl_path_hold_down_note_failure(WlPeerPath *path, const WlEndpoint *endpoint, gint64 now);
/** When the hold-down of the direct path to @endpoint ends; WL_LONG_AGO: there is none. */
gint64 wl_path_hold_down_ends_at(const WlPeerPath *path, const WlEndpoint *endpoint);
/** When the direct path may be promoted at all, by this member or at the word of the peer: not
 * before @now. */
gint64 wl_path_hold_down_permits_at(const WlPeerPath *path, gint64 now);
/** The direct path is promoted at @now. */
void wl_path_hold_down_note_promotion(WlPeerPath *path, gint64 now);
