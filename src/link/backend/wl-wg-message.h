/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "wl-netlink.h"

/**
 * Requests of the generic netlink family `wireguard` (linux/wireguard.h).
 *
 * A message stays below 32 KiB: the kernel applies one message under one lock, and a nested
 * attribute cannot exceed 64 KiB (nla_len has 16 bits).
 */
#define WL_WG_MESSAGE_SIZE (32 * 1024)

/** Sets private key, listen port and mark of the device. @listen_port 0: any. @fwmark 0: none. */
WlNetlinkMessage *wl_wg_message_set_device(guint16 family, int ifindex, const WlKey *private_key,
                                           guint16 listen_port, guint32 fwmark);

/** Sets the mark of the device, and nothing else. @fwmark 0: none. */
WlNetlinkMessage *wl_wg_message_set_mark(guint16 family, int ifindex, guint32 fwmark);

/**
 * The messages that apply @change, to be sent in order: of WlNetlinkMessage, owned by the caller.
 * A list of allowed IPs that exceeds one message continues in the next ones, which only add to an
 * existing peer.
 */
GPtrArray *wl_wg_message_change(guint16 family, int ifindex, const WlPeerChange *change);

/** The request for a dump of the device. */
WlNetlinkMessage *wl_wg_message_get_device(guint16 family, int ifindex);
