/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "wl-netlink.h"

/**
 * The messages of the generic netlink family `wireguard` (linux/wireguard.h), as pure functions.
 *
 * A message stays below 32 KiB: what is in one message the kernel carries out under one lock, and a
 * nested attribute cannot be longer than 64 KiB.
 */
#define WL_WG_MESSAGE_SIZE (32 * 1024)

/** Sets private key and listen port of the device. */
WlNetlinkMessage *wl_wg_message_set_device(guint16 family, int ifindex, const WlKey *private_key,
                                           guint16 listen_port, guint32 fwmark);

/**
 * What carries out @change, to be sent in this order: of WlNetlinkMessage, owned. A list of allowed
 * IPs that is too long for one message goes on in the next ones, which only add to a peer that
 * exists.
 */
GPtrArray *wl_wg_message_change(guint16 family, int ifindex, const WlPeerChange *change);

/** The request for a dump of the device. */
WlNetlinkMessage *wl_wg_message_get_device(guint16 family, int ifindex);

/**
 * Adds one message of a dump to @device. A peer that goes on from the message before (the same key
 * as the last one) is joined. @now: µs of CLOCK_REALTIME. Returns 0 or -EBADMSG.
 */
int wl_wg_message_parse(const struct nlmsghdr *message, gint64 now, WlDevice *device);
