/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-verdict.h"

static const char *const texts[WL_VERDICT_N] = {
    [WL_VERDICT_ACCEPTED] = "accepted",
    [WL_VERDICT_UNTRUSTED] = "its source is not trusted with that",
    [WL_VERDICT_UNKNOWN_SUBJECT] = "about nobody we know, and its source may not introduce members",
    [WL_VERDICT_ABOUT_US] = "about ourselves",
    [WL_VERDICT_BAD_ADDRESS] = "not an address that a peer can be reached at",
    [WL_VERDICT_IN_TUNNEL] = "an address inside the tunnel",
    [WL_VERDICT_OWN_ENDPOINT] = "our own address and port",
    [WL_VERDICT_DEFAULT_ROUTE] = "a default route is never taken from a fact",
    [WL_VERDICT_OUTSIDE] = "outside the networks of the profile",
    [WL_VERDICT_OWN_ADDRESS] = "our own address",
    [WL_VERDICT_ON_LINK] = "overlaps a network this machine is attached to",
    [WL_VERDICT_HAS_SERVER] = "covers a gateway or DNS server of this machine",
    [WL_VERDICT_HAS_ENDPOINT] = "covers the address a peer is reached at",
    [WL_VERDICT_CONFIGURED] = "the profile gives it to another peer",
    [WL_VERDICT_TAKEN] = "another member claimed it first",
    [WL_VERDICT_TOO_MANY] = "too many of them",
    [WL_VERDICT_FOREIGN_ALIVE] = "an Alive about somebody else",
    [WL_VERDICT_COLLISION] = "its link-local address is that of another member",
};

const char *
wl_verdict_to_string(WlVerdict verdict)
{
    g_return_val_if_fail(verdict < WL_VERDICT_N, "unknown");
    return texts[verdict];
}
