/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** The same for a peer of another kind: wl-way-others.c. @covered: it has another way. */
void wl_path_go_run(WlEngine *self, WlPeer *peer, gboolean covered);
/** Its way is not waited for any more. */
void wl_path_go_end_inference(WlEngine *self, WlPeer *peer);
/** An echo with that sequence number came back from @peer. */
void wl_path_go_echo_reply(WlEngine *self, WlPeer *peer, guint16 sequence);
