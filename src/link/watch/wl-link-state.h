/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/**
 * Tracks the addresses and routes of a link, whichever program added them, and restores those that
 * the kernel removes when the link is set down or its IPv6 is disabled. NetworkManager (1.42) does
 * not restore them: sending it the same configuration again, or an empty one and then the same,
 * changes nothing. What a program removes on purpose is dropped.
 *
 * Functions return 0 or a negative errno.
 */
typedef struct _WlLinkState WlLinkState;

/** Empty until wl_link_state_read(). */
WlLinkState *wl_link_state_new(int ifindex);
void wl_link_state_free(WlLinkState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkState, wl_link_state_free)

/** Reads what the link has now. Messages that repeat it have no effect. */
int wl_link_state_read(WlLinkState *self, WlNetlink *netlink);
/** Handles one message about links, addresses and routes; all of them, in their order. TRUE: it was
 * about something that is tracked. */
gboolean wl_link_state_handle(WlLinkState *self, const struct nlmsghdr *message);
/** Ends a burst of messages. TRUE: something is lost and can be restored now. */
gboolean wl_link_state_settle(WlLinkState *self);
/** Restores what is lost. Returns the first error, but tries everything. */
int wl_link_state_restore(WlLinkState *self, WlNetlink *netlink);
