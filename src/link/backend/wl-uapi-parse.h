/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-device.h"

/** Parses the reply to `get=1`. @now: µs of CLOCK_REALTIME. Returns a device that the caller owns;
 * NULL with an error of WL_LINK_ERROR if the reply is malformed. */
WlDevice *wl_uapi_parse_device(const char *text, gsize length, gint64 now, GError **error);
