/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Verifies the datagram @data of @length bytes from the link-local address @source and passes
 * each fact to the room that handles it. Counts the result. The only writer of WlReceiver. */
void wl_receive_datagram(WlEngine *self, const WlIp *source, const guint8 *data, gsize length);
