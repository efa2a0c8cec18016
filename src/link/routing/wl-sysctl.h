/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * The settings of a link below /proc/sys/net. A value that is right already is not written, so that
 * a read-only /proc/sys is an error only where something would have to change. Domain
 * WL_LINK_ERROR.
 */

/** IPv6 on, so that addresses can be set. */
gboolean wl_sysctl_enable_ipv6(const char *ifname, GError **error);
/** IPv6 on; router advertisements, redirects and address generation off. */
gboolean wl_sysctl_prepare_link(const char *ifname, GError **error);

/** What comes in by the link and is for others goes on to them. */
gboolean wl_sysctl_enable_ipv4_forwarding(const char *ifname, GError **error);
/** The same for IPv6. *everywhere: the kernel can do that for the whole machine only, and now does,
 * and did not before: see wl_sysctl_disable_global_ipv6_forwarding(). */
gboolean wl_sysctl_enable_ipv6_forwarding(const char *ifname, gboolean *everywhere, GError **error);
gboolean wl_sysctl_disable_global_ipv6_forwarding(GError **error);
/** As before, of a link that stays. */
gboolean wl_sysctl_disable_link_forwarding(const char *ifname, GError **error);
