/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_receive_datagram(WlEngine *self, const WlIp *source, const guint8 *data, gsize length);
