/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-signer.h"

/**
 * The rule of the source address (docs/protocol.md 4.3): a datagram counts only if it was sent from
 * the link-local address of the member that signed it. WireGuard delivers packets from that address
 * for this member alone. TRUE if @source is the address of @subject, the subject of the group.
 * Costs at most one hash, no key agreement.
 */
gboolean wl_datagram_source_is_signer(const WlSigner *signer, const WlIp *source,
                                      const WlKey *subject);
