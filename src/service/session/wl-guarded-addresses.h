/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "wl-loop-guard.h"

/** The addresses with which WireGuard must not send outside their interface (wl-loop-guard.h): of
 * this link, from the profile (@configured) and as they are (@own), both of WlPrefix, and of the
 * links of other profiles, from @visible, of WlNetworkAddress. An address that an interface has
 * which is no tunnel is left out: a host may use one address for both. @ifindex: of this link.
 * Returns WlLoopGuardAddress without duplicates; to be freed with g_array_unref(). */
GArray *wl_guarded_addresses(const GArray *configured, const GArray *own, const GArray *visible,
                             int ifindex);

/** Whether packets of the family can only have an address of this link as their source: it has one,
 * and no other interface has. Parameters as above. */
gboolean wl_guarded_family_is_alone(const GArray *configured, const GArray *own,
                                    const GArray *visible, WlFamily family);
