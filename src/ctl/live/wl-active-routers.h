/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

/* The routers of an active profile that stand in for each other. */

/** Those peers in the order of the profile, of const WlActivePeer; free with g_ptr_array_unref().
 */
GPtrArray *wl_active_routers_list(const WlActiveProfile *profile);
/** The one that carries the traffic of this machine; NULL: this machine is a router, or there is
 * none. */
const WlActivePeer *wl_active_routers_current(const WlActiveProfile *profile);
/** "since 3 min, because those before it do not answer": since when and why it is that one; "" if
 * there are not several; @now in Unix seconds; to be freed. */
char *wl_active_routers_reason(const WlActiveProfile *profile, gint64 now);
