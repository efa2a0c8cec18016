/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/packet.h"
#include "world/world.h"

/**
 * The network below: segments with delay, jitter, loss, duplication and reordering, and boxes
 * between them that translate addresses and filter.
 */

/** One end of a host or a box in a network. */
typedef struct {
    char *name; /* "eth0" */
    guint32 ifindex;
    SimNet *net; /* NULL: not attached */
    gboolean up;
    GArray *addresses; /* of WlPrefix, host bits kept */
    gint64 delay;      /* in addition to the network's */
    SimHost *host;     /* whose it is, or */
    SimNat *nat;
} SimPort;

struct _SimNet {
    SimWorld *world;
    char *name;
    gint64 delay, jitter;
    double loss, duplicate, reorder;
    gboolean down;
    GHashTable *by_address; /* WlIp* -> SimPort */
    SimPort *gateway;       /* the inner end of the box that leads on; NULL: none */
    GPtrArray *routed;      /* of SimNat: boxes with IPv6 networks behind them */
};

typedef enum {
    SIM_NAT_FULL_CONE,
    SIM_NAT_ADDRESS_RESTRICTED,
    SIM_NAT_PORT_RESTRICTED,
    SIM_NAT_SYMMETRIC,
} SimNatKind;

/** What a mapping lets in. */
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

/** A box between two networks. IPv4 is translated by the kind; IPv6 is not, but is let in only from
 * where something was sent to. */
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
/** Where its addresses are reachable; NULL: nowhere. */
void sim_port_attach(SimPort *self, SimNet *net);
/** Replaces all; of WlPrefix. */
void sim_port_set_addresses(SimPort *self, const WlPrefix *addresses, gsize n);
/** NULL: none of that family. */
const WlPrefix *sim_port_get_address(const SimPort *self, WlFamily family);

SimNat *sim_nat_new(SimWorld *world, const char *name, SimNatKind kind);
void sim_nat_free(SimNat *self);
void sim_nat_attach(SimNat *self, SimNet *outside, SimNet *inside);
/** All mappings are lost. */
void sim_nat_forget(SimNat *self);

/** A datagram of @host leaves through @port. */
void sim_net_transmit(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                      SimMessage *message);
/** Who would get it, if nothing were lost; nothing changes. @seen gets the source as seen there. */
SimHost *sim_net_trace_path(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                            WlEndpoint *seen);
/** Whatever is on its way is lost. */
void sim_net_drop_all(SimWorld *world);
