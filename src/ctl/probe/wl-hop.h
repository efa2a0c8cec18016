/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Who answers an empty UDP packet. */
typedef enum {
    WL_HOP_NONE,        /* nobody */
    WL_HOP_ROUTER,      /* a router, at which its hops were used up */
    WL_HOP_UNREACHABLE, /* a router, which has no way to the address */
    WL_HOP_PORT,        /* the address itself: nothing listens at the port */
} WlHopAnswer;

/**
 * Sends a packet to @port of @address, in text form, and waits at most @wait µs for an answer.
 * @interface: through it; NULL: as routes say. @hops: how many routers may pass it on, plus one.
 * *router (may be NULL): who answered, to be freed; NULL with WL_HOP_NONE. It needs no privilege.
 */
WlHopAnswer wl_hop_send(const char *address, guint16 port, const char *interface, guint hops,
                        gint64 wait, char **router);
