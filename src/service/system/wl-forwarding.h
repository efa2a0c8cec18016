/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** IP forwarding from a link, and what has to be undone later. */
typedef struct {
    gboolean v6_everywhere; /* this process enabled it for the whole machine */
} WlForwarding;

/** Enables IPv4 forwarding, and with @v6 IPv6 forwarding, which older kernels only have for the
 * whole machine. Failures are logged; members with a direct path do not need forwarding. */
void wl_forwarding_start(WlForwarding *self, const char *interface, gboolean v6);
/** Disables what was enabled for the whole machine. Settings of the link disappear with it. */
void wl_forwarding_stop(WlForwarding *self);
/** Also disables forwarding from the link, which continues to exist. */
void wl_forwarding_stop_link(WlForwarding *self, const char *interface);
