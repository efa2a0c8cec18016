/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Reads the @length bytes @data from the link-local address @source: verifies them, and passes
 * each fact to the room that it belongs to. Counts the result. The only writer of WlReceiver. */
void wl_receive_datagram(WlEngine *self, const WlIp *source, const guint8 *data, gsize length);
