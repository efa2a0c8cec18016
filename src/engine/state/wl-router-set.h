/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer-table.h"
#include "wl-engine-config.h"
#include "wl-fact.h"

/** Routers of a set that are counted; the rest is ignored. */
#define WL_MAX_ROUTER_SET 16

/**
 * The routers of the profile that can stand in for each other, because the prefix of each covers
 * the subnet of one of our own addresses (docs/engine.md "Several routers"). A leaf has one of them
 * at a time for data: the current one has the prefixes that they share. On a router the others are
 * its fellows. `members` is written by facts/wl-profile-apply.c, the rest by paths/wl-failover.c.
 */
typedef struct {
    GPtrArray *members; /* of WlPeer, in the order of the profile */
    gboolean fellows;   /* the own member is a router, too */
    WlPeer *current;    /* of a leaf */
    WlPeer *preferred;  /* of a leaf: comes before the others, by the user; NULL: none */
    guint32 epoch;      /* number of the choice, which all routers know */
    guint32 answered;   /* bit of each member that knows this choice */
    gboolean changed;   /* `current` did: the allowed IPs must be applied */
    gint64 chosen;      /* when */
    gint64 hold;        /* before going back to an earlier one */
    gboolean seen;      /* a router that answers, since the start */
    gboolean silent;    /* none does: the own uplink has most likely failed */
    gint64 returned;    /* when the first one answered again */
} WlRouterSet;

void wl_router_set_init(WlRouterSet *self);
void wl_router_set_clear(WlRouterSet *self);
/** Takes the members from the profile: @peers in the order of @config. TRUE if they changed. */
gboolean wl_router_set_update(WlRouterSet *self, const WlEngineConfig *config,
                              const WlPeerTable *peers, gboolean own_router);
/** @peer is removed. */
void wl_router_set_drop(WlRouterSet *self, WlPeer *peer);
/** TRUE for a leaf with several routers. */
static inline gboolean
wl_router_set_is_choice(const WlRouterSet *self)
{
    return !self->fellows && self->members->len > 1;
}
/** TRUE for a router of which the set decides whether it is used: one of several of a leaf, or a
 * fellow of a router. */
gboolean wl_router_set_chooses(const WlRouterSet *self, const WlPeer *peer);
/** TRUE if @router answers. */
gboolean wl_router_set_is_usable(const WlPeer *router);
/** The place of the member @router in the order in which they are used: the preferred one is before
 * all others. */
int wl_router_set_get_rank(const WlRouterSet *self, const WlPeer *router);
/** The index of @peer among the members, or -1. */
int wl_router_set_index(const WlRouterSet *self, const WlPeer *peer);
/** The bit of @peer, a member. */
static inline guint32
wl_router_set_bit(const WlRouterSet *self, const WlPeer *peer)
{
    return 1u << wl_router_set_index(self, peer);
}
/** TRUE if the profile gives @prefix to the router @peer, but the device must not: on a leaf the
 * current router has it or a prefix around it; on a router it only marks the fellow. */
gboolean wl_router_set_withholds(const WlRouterSet *self, const WlEngineConfig *config,
                                 const WlPeer *peer, const WlPrefix *prefix);
/** TRUE if @prefix is one that all routers of the set have for all members. */
gboolean wl_router_set_shares(const WlRouterSet *self, const WlEngineConfig *config,
                              const WlPrefix *prefix);
/** TRUE on a router if @peer, a Go daemon, must not be told @fact, a prefix of our network of one
 * of the routers by which it is not reached: it gives a prefix to the last one that has it, and
 * sends to who has one directly. @own: our key. */
gboolean wl_router_set_hides(const WlRouterSet *self, const WlEngineConfig *config,
                             const WlKey *own, const WlPeer *peer, const WlFact *fact);
