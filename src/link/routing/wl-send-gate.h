/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * What is left of the loop guard (wl-loop-guard.h) where the kernel has no nf_tables: policy rules
 * that make every destination unreachable for what WireGuard sends. A rule cannot tell the source
 * that the kernel is going to choose, so the gate is closed while it can only be a tunnel address.
 * Errors are of WL_LINK_ERROR.
 *
 * The rules carry WL_ROUTE_PROTOCOL, a priority before those of a full tunnel, and as their table,
 * which they do not use, the mark of the profile (wl-policy-routes.h).
 */
typedef struct _WlSendGate WlSendGate;

/** @uuid: of the profile. @listen_port: of WireGuard, as bound. Open at first. */
WlSendGate *wl_send_gate_new(const char *uuid, guint16 listen_port, GError **error);
/** Closes or opens the gate of a family. No request is sent if it is so already. */
gboolean wl_send_gate_set(WlSendGate *self, WlFamily family, gboolean closed, GError **error);
/** Removes the rules. */
void wl_send_gate_free(WlSendGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSendGate, wl_send_gate_free)
