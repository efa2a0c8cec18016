/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** What became of something we were told (docs/engine.md "What a fact may do"). */
typedef enum {
    WL_VERDICT_ACCEPTED = 0,
    WL_VERDICT_UNTRUSTED,       /* the source may not tell this */
    WL_VERDICT_UNKNOWN_SUBJECT, /* no such member, and the source may not introduce one */
    WL_VERDICT_ABOUT_US,        /* we know better */
    WL_VERDICT_BAD_ADDRESS,     /* loopback, multicast, broadcast, 0/8, 240/4, link-local, port 0 */
    WL_VERDICT_IN_TUNNEL,       /* an endpoint in the network of our own tunnel addresses */
    WL_VERDICT_IN_NETWORKS,     /* or in another that goes through the tunnel */
    WL_VERDICT_OWN_ENDPOINT,    /* our own address and port */
    WL_VERDICT_DEFAULT_ROUTE,   /* /0 and /1 */
    WL_VERDICT_OUTSIDE,         /* not inside the profile's networks */
    WL_VERDICT_OWN_ADDRESS,     /* our own tunnel address */
    WL_VERDICT_ON_LINK,         /* a network this machine is attached to */
    WL_VERDICT_HAS_SERVER,      /* covers a gateway or DNS server of this machine */
    WL_VERDICT_HAS_ENDPOINT,    /* covers the endpoint of a peer */
    WL_VERDICT_CONFIGURED,      /* the profile gives it to another peer */
    WL_VERDICT_TAKEN,           /* another member claimed it first */
    WL_VERDICT_TOO_MANY,        /* a table is full */
    WL_VERDICT_FOREIGN_ALIVE,   /* an Alive about somebody else */
    WL_VERDICT_COLLISION,       /* a member with the link-local address of another */
    WL_VERDICT_N,
} WlVerdict;

/** Its source may not say so, whatever it is. */
static inline gboolean
wl_verdict_is_untrusted(WlVerdict verdict)
{
    return verdict == WL_VERDICT_UNTRUSTED || verdict == WL_VERDICT_UNKNOWN_SUBJECT;
}
