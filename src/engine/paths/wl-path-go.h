/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The path of peers that do not take part in the path agreement: the path of a Go member is
 * inferred and followed, a basic peer has its allowed IPs with its session (docs/engine.md "Path").
 * Writes WlPeer.path.direct of these peers, promoted and fell_back, and owns
 * WlPeer.path.inference. Times are engine times in microseconds. */

/** Decides whether the allowed IPs of @peer are on the direct path. @has_fallback: a live router
 * has at least one of them. */
void wl_path_go_run(WlEngine *self, WlPeer *peer, gboolean has_fallback);
/** Ends the inference of the path of @peer, if there is one. */
void wl_path_go_end_inference(WlEngine *self, WlPeer *peer);
/** An echo reply with the number @sequence arrived from @peer. An unknown number is ignored. */
void wl_path_go_echo_reply(WlEngine *self, WlPeer *peer, guint16 sequence);
