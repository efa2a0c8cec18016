/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/packet.h"
#include "world/world.h"

/** The network below the tunnel: segments with delay, jitter, loss, duplication and reordering, and
 * NATs between them. */

/** The interface of a host or a NAT in a network. */
typedef struct {
    char *name; /* "eth0" */
    guint32 ifindex;
    SimNet *net; /* NULL: not attached */
    gboolean up;
    GArray *addresses; /* of WlPrefix, host bits kept */
    GArray *coming;    /* of WlPrefix: those that follow the route; NULL: none */
    SimTimer coming_timer;
    gint64 delay;  /* in addition to the network's */
    SimHost *host; /* the owner, or */
    SimNat *nat;
} SimPort;

struct _SimNet {
    SimWorld *world;
    char *name;
    gint64 delay, jitter;
    double loss, duplicate, reorder;
    gboolean down;
    GHashTable *by_address; /* WlIp* -> SimPort */
    SimPort *gateway;       /* the inner port of the NAT that leads on; NULL: none */
    GPtrArray *routed;      /* of SimNat: those with IPv6 networks behind them */
};

typedef enum {
    SIM_NAT_FULL_CONE,
    SIM_NAT_ADDRESS_RESTRICTED,
    SIM_NAT_PORT_RESTRICTED,
    SIM_NAT_SYMMETRIC,
} SimNatKind;

/** A remote endpoint that a mapping admits. */
typedef struct {
    WlEndpoint remote;
    gint64 last;
} SimPermit;

typedef struct {
    WlEndpoint inside;
    WlEndpoint remote; /* of a symmetric one */
    guint16 port;      /* outside */
    gint64 last;
    gboolean replied;
    GArray *permits; /* of SimPermit */
} SimMapping;

/** A NAT between two networks. IPv4 is translated according to its kind. IPv6 is not translated,
 * but only replies are admitted. */
struct _SimNat {
    SimWorld *world;
    char *name;
    SimNatKind kind;
    gboolean hairpin;
    gint64 timeout_unreplied, timeout_replied;
    SimPort outside, inside;
    GPtrArray *mappings; /* of SimMapping, owned; IPv4 and IPv6 */
};

SimNet *sim_net_new(SimWorld *world, const char *name);
void sim_net_free(SimNet *self);

void sim_port_init(SimPort *self, const char *name, SimHost *host, SimNat *nat);
void sim_port_clear(SimPort *self);
/** Attaches the port to a network; NULL: to none. */
void sim_port_attach(SimPort *self, SimNet *net);
/** Replaces all addresses. */
void sim_port_set_addresses(SimPort *self, const WlPrefix *addresses, gsize n);
/** NULL: none of that family. */
const WlPrefix *sim_port_get_address(const SimPort *self, WlFamily family);

SimNat *sim_nat_new(SimWorld *world, const char *name, SimNatKind kind);
void sim_nat_free(SimNat *self);
void sim_nat_attach(SimNat *self, SimNet *outside, SimNet *inside);
/** Drops all mappings. */
void sim_nat_forget(SimNat *self);

/** Sends a datagram through @port. */
void sim_net_transmit(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                      SimMessage *message);
/** The host that would receive a datagram if none were lost, without side effects. *seen is the
 * source seen there. */
SimHost *sim_net_trace_path(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                            WlEndpoint *seen);
/** Drops all datagrams in flight. */
void sim_net_drop_all(SimWorld *world);
