/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link-config.h"
#include "wl-link.h"

/** Creates a link of the kernel's WireGuard, down and without peers. @ifindex: the interface index
 * it gets; 0: any. WL_LINK_ERROR_NO_WIREGUARD if the kernel has none. */
WlLink *wl_link_kernel_new(const WlLinkConfig *config, int ifindex, GError **error);
