/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/net.h"

/** An outgoing datagram: *source becomes the outside address and port. FALSE: dropped. @dry: change
 * no mapping. */
gboolean sim_nat_out(SimNat *self, WlEndpoint *source, const WlEndpoint *remote, gboolean dry);
/** An incoming datagram: *destination becomes the inside address and port. FALSE: dropped. */
gboolean sim_nat_in(SimNat *self, WlEndpoint *destination, const WlEndpoint *remote, gboolean dry);
