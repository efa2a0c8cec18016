/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"

/**
 * Effects that the engine requests. The caller takes them with wl_engine_next_output() after every
 * input, carries them out in order, and frees them. The comment of each kind lists the fields of
 * WlOutput that it sets.
 */
typedef enum {
    WL_OUTPUT_SEND,             /* key, destination, bytes: send one datagram of facts */
    WL_OUTPUT_CHANGE_PEER,      /* change: apply it to the device */
    WL_OUTPUT_READ_DEVICE,      /* read the device now; wl_engine_device_snapshot() */
    WL_OUTPUT_RESOLVE,          /* name, "host:port"; wl_engine_name_resolved() */
    WL_OUTPUT_ROUTES_CHANGED,   /* wl_engine_dup_routes() has a new result */
    WL_OUTPUT_PEER_CHANGED,     /* key: its WlPeerView changed, counters aside */
    WL_OUTPUT_PEER_REMOVED,     /* key: no longer a peer */
    WL_OUTPUT_SEND_ECHO,        /* key, echo: send one ICMP echo; wl_engine_echo_reply() */
    WL_OUTPUT_WATCH_TRAFFIC,    /* prefixes: call wl_engine_traffic_started() once, when a packet to
                                   one of them enters the link; NULL: to any destination that is
                                   not link-local. Replaces an earlier request and is used up by
                                   one packet */
    WL_OUTPUT_RESOLVE_NEIGHBOR, /* destination, ifindex: find out whether the address is in use on
                                   that network; wl_engine_neighbor_result() */
    WL_OUTPUT_SAVE_STATE,       /* wl_engine_dup_state() has a new result to store */
    WL_OUTPUT_LOG,              /* name: one sentence for the log */
} WlOutputKind;

/** An ICMP or ICMPv6 echo, by the family of @destination, sent into the link: routes and allowed
 * IPs select the path that it tests. */
typedef struct {
    WlIp source;      /* family NONE: our link-local address */
    WlIp destination; /* link-local or tunnel address of the peer, or the link-local address of the
                         router through which its tunnel addresses are reached */
    guint16 sequence;
} WlEchoRequest;

/** One effect. Owns everything it points to; unused fields are zero. */
typedef struct {
    WlOutputKind kind;
    WlKey key;
    WlIp destination; /* link-local address of the peer, or address of the neighbor */
    guint32 ifindex;
    GBytes *bytes;
    WlPeerChange *change;
    char *name;
    WlEchoRequest echo;
    GArray *prefixes; /* of WlPrefix, or NULL */
} WlOutput;

void wl_output_free(WlOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlOutput, wl_output_free)
