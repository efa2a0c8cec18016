/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/**
 * Remembers which addresses and routes a link has, whoever gave them, and gives back what the
 * kernel takes away when somebody sets the link down or turns its IPv6 off: NetworkManager does not
 * (1.42; sending it the same configuration again, or none and then the same, changes nothing). What
 * somebody removes on purpose is forgotten.
 */
typedef struct _WlLinkState WlLinkState;

/** Knows of nothing yet: see wl_link_state_read(). */
WlLinkState *wl_link_state_new(int ifindex);
void wl_link_state_free(WlLinkState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkState, wl_link_state_free)

/** What the link has at the moment; messages that tell of it again do no harm. 0 or a negative
 * errno. */
int wl_link_state_read(WlLinkState *self, WlNetlink *netlink);
/** Every message about links, addresses and routes, in the order they come. TRUE: it was about
 * something that is remembered. */
gboolean wl_link_state_handle(WlLinkState *self, const struct nlmsghdr *message);
/** A burst of messages is over. TRUE: something was taken away and can be given back now. */
gboolean wl_link_state_settle(WlLinkState *self);
/** Gives it back; 0 or the first negative errno, when the rest was tried all the same. */
int wl_link_state_restore(WlLinkState *self, WlNetlink *netlink);
