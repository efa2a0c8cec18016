/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** What the readers and writers of rtnetlink messages share. */

/** The first attribute of @type behind a header of @header_size bytes; NULL if there is none. */
const struct nlattr *wl_rtnl_find_attribute(const struct nlmsghdr *message, gsize header_size,
                                            guint16 type);
/** @fallback if @attribute is NULL or malformed. */
guint32 wl_rtnl_get_u32(const struct nlattr *attribute, guint32 fallback);
/** FALSE, with *ip unchanged, if the length does not match @family (AF_INET or AF_INET6). */
gboolean wl_rtnl_get_ip(const struct nlattr *attribute, int family, WlIp *ip);
/** Cuts the string to @size bytes with its NUL. */
void wl_rtnl_get_string(const struct nlattr *attribute, char *target, gsize size);

/** AF_INET or AF_INET6. */
int wl_rtnl_family(const WlIp *ip);
/** @family: AF_INET or AF_INET6. */
WlFamily wl_rtnl_ip_family(int family);

/**
 * Deletes the object (rule, route) that @message, an RTM_NEW* message of the kernel, describes.
 * Returns 0 also if it does not exist, or a negative errno.
 */
int wl_rtnl_delete_same(WlNetlink *netlink, const struct nlmsghdr *message);
