/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The boot id of this member: the only writer after the start. A new boot id requests a full resend
 * from every peer (docs/protocol.md 5.5). */

/** Changes the boot id. The caller sends it, with an Alive to every peer. */
void wl_boot_id_change_now(WlEngine *self);
/** Changes the boot id if wl_engine_want_boot_id() or wl_engine_fact_lost() was called and its time
 * has come, and makes an Alive due for every peer. */
void wl_boot_id_change_if_due(WlEngine *self);
