/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/**
 * Receives messages of netlink's multicast groups from the thread-default main context. Costs
 * nothing while no message arrives.
 */
typedef struct _WlNetlinkWatch WlNetlinkWatch;

/** @message: one message, valid during the call; NULL: messages were lost (ENOBUFS), read
 * everything again. */
typedef void (*WlNetlinkWatchFunc)(const struct nlmsghdr *message, gpointer user_data);

/** @groups: RTNLGRP_* values, terminated by 0. Errors are of G_IO_ERROR. */
WlNetlinkWatch *wl_netlink_watch_new(const guint *groups, WlNetlinkWatchFunc func,
                                     gpointer user_data, GError **error);
/** The same for the multicast groups of another @protocol, such as NETLINK_NETFILTER. */
WlNetlinkWatch *wl_netlink_watch_new_for(int protocol, const guint *groups, WlNetlinkWatchFunc func,
                                         gpointer user_data, GError **error);
/** Allowed from within @func. */
void wl_netlink_watch_free(WlNetlinkWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetlinkWatch, wl_netlink_watch_free)
