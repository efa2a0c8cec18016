/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/** Multicast groups of rtnetlink as a source of the thread-default main context. */
typedef struct _WlNetlinkWatch WlNetlinkWatch;

/** @message NULL: messages were lost (the kernel's ENOBUFS), look at everything anew. */
typedef void (*WlNetlinkWatchFunc)(const struct nlmsghdr *message, gpointer user_data);

/** @groups: RTNLGRP_* values, ended by 0. */
WlNetlinkWatch *wl_netlink_watch_new(const guint *groups, WlNetlinkWatchFunc func,
                                     gpointer user_data, GError **error);
/** May be called from the function of the watch itself. */
void wl_netlink_watch_free(WlNetlinkWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetlinkWatch, wl_netlink_watch_free)
