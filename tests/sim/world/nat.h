/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/net.h"

/** What leaves: *source gets the address and port it has outside. FALSE: dropped. @dry: only look.
 */
gboolean sim_nat_out(SimNat *self, WlEndpoint *source, const WlEndpoint *remote, gboolean dry);
/** What comes: *destination gets the address and port it has inside. FALSE: dropped. */
gboolean sim_nat_in(SimNat *self, WlEndpoint *destination, const WlEndpoint *remote, gboolean dry);
