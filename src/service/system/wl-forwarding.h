/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Whether this machine passes on what comes in by a link; and what to take back later. */
typedef struct {
    gboolean v6_everywhere; /* turned on by us, for the whole machine */
} WlForwarding;

/** @v6: IPv6 as well, which may concern the whole machine. Failures are logged: members that are
 * reached otherwise are, all the same. */
void wl_forwarding_start(WlForwarding *self, const char *interface, gboolean v6);
/** Takes back what was turned on for the whole machine; what is the link's goes with it. */
void wl_forwarding_stop(WlForwarding *self);
/** The same, of a link that stays and forwards no more. */
void wl_forwarding_stop_link(WlForwarding *self, const char *interface);
