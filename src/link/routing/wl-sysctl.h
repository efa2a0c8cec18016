/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Settings of an interface below /proc/sys/net. A value that is already correct is not written, so
 * that a read-only /proc/sys is an error only where a value has to change. Errors are of
 * WL_LINK_ERROR.
 */

/** Enables IPv6 on the interface, so that addresses can be added. */
gboolean wl_sysctl_enable_ipv6(const char *ifname, GError **error);
/** Enables IPv6; disables router advertisements, redirects and address generation, of which a
 * refusal is a limitation and no error. */
gboolean wl_sysctl_prepare_link(const char *ifname, GError **error);

/** Forwards IPv4 packets that arrive on the interface. */
gboolean wl_sysctl_enable_ipv4_forwarding(const char *ifname, GError **error);
/** Forwards IPv6 packets that arrive on the interface. *global: TRUE if the kernel supports that
 * for all interfaces only and this call enabled it; then wl_sysctl_disable_global_ipv6_forwarding()
 * reverts it. */
gboolean wl_sysctl_enable_ipv6_forwarding(const char *ifname, gboolean *global, GError **error);
gboolean wl_sysctl_disable_global_ipv6_forwarding(GError **error);
/** Reverts the forwarding settings of an interface that stays. */
gboolean wl_sysctl_disable_link_forwarding(const char *ifname, GError **error);

/** TRUE if the interface forwards IPv4 packets that arrive on it. */
gboolean wl_sysctl_forwards_ipv4(const char *ifname);
/** Reverts wl_sysctl_enable_ipv4_forwarding(). */
gboolean wl_sysctl_disable_ipv4_forwarding(const char *ifname, GError **error);
/** TRUE if the interface forwards IPv6 packets that arrive on it. */
gboolean wl_sysctl_forwards_ipv6(const char *ifname);
/** TRUE if the kernel can only forward IPv6 packets of all interfaces (before Linux 6.17). */
gboolean wl_sysctl_ipv6_forwarding_is_global(const char *ifname);
/** Reverts wl_sysctl_enable_ipv6_forwarding() where that was for the interface alone. */
gboolean wl_sysctl_disable_ipv6_forwarding(const char *ifname, GError **error);

/** Lets an interface that takes router advertisements do so although it forwards (accept_ra 2 in
 * place of 1). TRUE if that changed something. */
gboolean wl_sysctl_keep_advertisements(const char *ifname);
/** Reverts that. */
void wl_sysctl_end_advertisements(const char *ifname);
