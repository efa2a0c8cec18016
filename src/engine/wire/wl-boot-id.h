/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

/** A new boot id of a native member; see wl-boot-id.c for the layout. */
void wl_boot_id_generate(WlBootId *id, WlRandomFunc random, gpointer user_data);
/** TRUE for a native member, regardless of the version of the layout: it understands the
 * extensions of docs/protocol.md 14 to 17. */
gboolean wl_boot_id_is_native(const WlBootId *id);
/** TRUE for a native member that understands docs/protocol.md 19. */
gboolean wl_boot_id_has_router_sets(const WlBootId *id);
