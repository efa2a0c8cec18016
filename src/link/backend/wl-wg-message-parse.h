/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "wl-netlink.h"

/**
 * Adds one message of a dump to @device. The kernel splits a peer with many allowed IPs over
 * several messages; a peer with the key of the last one continues it. @now: µs of CLOCK_REALTIME.
 * Returns 0 or -EBADMSG.
 */
int wl_wg_message_parse(const struct nlmsghdr *message, gint64 now, WlDevice *device);
