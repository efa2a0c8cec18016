/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"

typedef enum {
    WL_OUTPUT_SEND,          /* key, destination, bytes */
    WL_OUTPUT_CHANGE_PEER,   /* change */
    WL_OUTPUT_WANT_SNAPSHOT, /* read the device now and call wl_engine_snapshot() */
    WL_OUTPUT_RESOLVE,       /* name: "host:port"; answer with wl_engine_resolved() */
    WL_OUTPUT_ROUTES,        /* the result of wl_engine_dup_routes() changed */
    WL_OUTPUT_PEER_CHANGED,  /* key: something in its WlPeerView other than counters changed */
    WL_OUTPUT_PEER_GONE,     /* key: not a peer any more */
    WL_OUTPUT_PROBE,         /* key, probe: send one ICMP echo; wl_engine_probe_answered() */
    WL_OUTPUT_WATCH_TRAFFIC, /* prefixes: call wl_engine_traffic_began() once when a packet to one
                                of them, or if NULL any that is not link-local, goes through the
                                link; again only when asked again, which replaces what was asked
                                before */
    WL_OUTPUT_ASK_NEIGHBOUR, /* destination, ifindex: whether somebody has that address on the
                                network behind that interface; wl_engine_neighbour() */
    WL_OUTPUT_REMEMBER,      /* the result of wl_engine_dup_memory() is worth storing */
    WL_OUTPUT_LOG,           /* name: one sentence worth a line in the log */
} WlOutputKind;

/** An ICMP or ICMPv6 echo, by the family of its destination. Into the link, whose routes and
 * allowed IPs say which way it goes. */
typedef struct {
    WlIp source;      /* family NONE: our link-local address */
    WlIp destination; /* the peer's link-local address, one of its tunnel addresses, or the
                         link-local address of the router by which those are reached */
    guint16 sequence;
} WlProbe;

typedef struct {
    WlOutputKind kind;
    WlKey key;
    WlIp destination; /* link-local address of the peer; or the neighbour's */
    guint32 ifindex;
    GBytes *bytes;
    WlPeerChange *change;
    char *name;
    WlProbe probe;
    GArray *prefixes; /* of WlPrefix, or NULL */
} WlOutput;

void wl_output_free(WlOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlOutput, wl_output_free)
