/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** The result of evaluating one fact from one source (docs/engine.md "What a fact may do"). */
typedef enum {
    WL_VERDICT_ACCEPTED = 0,
    WL_VERDICT_UNTRUSTED,       /* trust of the source too low */
    WL_VERDICT_UNKNOWN_SUBJECT, /* not a member, and the source may not introduce members */
    WL_VERDICT_ABOUT_US,        /* the subject is this member */
    WL_VERDICT_BAD_ADDRESS,     /* loopback, multicast, broadcast, 0/8, 240/4, link-local, port 0 */
    WL_VERDICT_IN_TUNNEL,       /* an endpoint in the subnet of a tunnel address of ours */
    WL_VERDICT_IN_NETWORKS,     /* an endpoint in another network that is routed into the tunnel */
    WL_VERDICT_OWN_ENDPOINT,    /* an address and port of this machine */
    WL_VERDICT_DEFAULT_ROUTE,   /* /0 or /1 */
    WL_VERDICT_OUTSIDE,         /* outside the networks of the profile */
    WL_VERDICT_OWN_ADDRESS,     /* a tunnel address of ours */
    WL_VERDICT_ON_LINK,         /* overlaps a network that this machine is attached to */
    WL_VERDICT_HAS_SERVER,      /* covers a protected host */
    WL_VERDICT_HAS_ENDPOINT,    /* covers the endpoint of a peer */
    WL_VERDICT_CONFIGURED,      /* the profile gives it to another peer */
    WL_VERDICT_TAKEN,           /* another member claimed it first */
    WL_VERDICT_TOO_MANY,        /* a table is full */
    WL_VERDICT_FOREIGN_ALIVE,   /* an Alive whose subject is not its sender */
    WL_VERDICT_COLLISION,       /* a member with the link-local address of another */
    WL_VERDICT_N,
} WlVerdict;

/** TRUE if the trust of the source is too low, regardless of the value. */
static inline gboolean
wl_verdict_is_untrusted(WlVerdict verdict)
{
    return verdict == WL_VERDICT_UNTRUSTED || verdict == WL_VERDICT_UNKNOWN_SUBJECT;
}
