/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** The first of @addresses (of WlPrefix) of @family, which the front end hands to the system; the
 * session adds the others to the link itself. NULL: there is none. */
const WlPrefix *wl_tunnel_addresses_first(const GArray *addresses, WlFamily family);
