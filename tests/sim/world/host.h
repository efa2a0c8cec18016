/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "go/go.h"
#include "world/device.h"
#include "world/net.h"

/** One machine: its interfaces, its WireGuard device, its kernel, and a member. */

typedef enum {
    SIM_KIND_NATIVE,
    SIM_KIND_GO,    /* the Go daemon */
    SIM_KIND_BASIC, /* WireGuard only, configured by its profile */
} SimKind;

typedef struct {
    guint wakeups;      /* of the member, for a deadline */
    guint idle_wakeups; /* wake-ups without an output */
    guint snapshots;    /* dumps of the device */
    guint facts;        /* datagrams of facts sent */
    guint fact_bytes;   /* of them, without headers */
    guint facts_to_liars;
    guint lies;        /* datagrams of lies sent to it */
    guint64 lie_bytes; /* of them, with headers */
    guint echoes;
    guint lookups; /* neighbors resolved */
    guint packets; /* UDP packets of WireGuard, with keepalives and handshakes */
    guint64 bytes; /* of them, with IP and UDP headers */
    guint initiations;
    guint recreations; /* of peers with a live session */
    guint cut_short;   /* recreations of peers that had just begun a handshake */
    guint requests;    /* changes of the device */
    guint changes;     /* of a peer's state */
    guint logs;
    guint saves; /* of the state cache */
} SimCounters;

/** An echo of the member that awaits its reply. An echo replaces the one SIM_ECHOES before it, as
 * in the service. */
typedef struct {
    guint64 number; /* of the packet; 0: none */
    WlKey key;
    WlEchoRequest probe;
} SimEcho;
#define SIM_ECHOES 128

/** A peer's state changed. */
typedef struct {
    gint64 when;
    WlKey key;
    WlPeerState from, to;
} SimChange;

struct _SimHost {
    SimTimer timer;
    SimWorld *world;
    char *name;
    guint index;
    SimKind kind;
    WlKey private_key, public_key;
    WlIp link_local;
    GPtrArray *ports; /* of SimPort, owned */
    guint16 listen_port;
    gboolean forwards;         /* packets of others through the tunnel */
    gboolean silent;           /* answers no echo */
    SimLiarHost *liar;         /* NULL: it is honest */
    WlEndpoint forged_source;  /* of its packets; unset: its own */
    gint64 address_delay;      /* how long after a route the addresses of its interface come */
    GHashTable *refused_sends; /* of SimHost: facts for them cannot be sent */
    GArray *served;            /* of WlPrefix: networks behind it, which answer */
    GPtrArray
        *absent; /* of SimHost: in the profile, but not in the device of a Go daemon at the start */
    WlEngineConfig *config;

    SimDevice *device; /* NULL: none */
    guint devices; /* number created so far, since a new one may have the same address in memory */
    WlEngine *engine; /* the member; at most one of both is set */
    GoDaemon *daemon;
    gint64 started;
    gboolean off; /* the machine is */
    gboolean asleep;
    gint64 slept_at, slept; /* µs in all */
    gint64 wall_offset;
    WlConnectivity connectivity;
    GArray *protected_hosts;     /* of WlIp */
    char *saved_state;           /* the state file of the member */
    gboolean watching;           /* for traffic */
    GArray *watched;             /* of WlPrefix: destinations; NULL: any */
    GPtrArray *neighbor_queries; /* owned, see neighbors.c */
    SimEcho echoes[SIM_ECHOES];  /* by sequence modulo SIM_ECHOES */
    GHashTable *pings;           /* number -> SimPing, see sim_host_ping() */

    SimCounters counters;
    GHashTable *states;       /* WlKey* -> WlPeerState + 1 */
    GArray *history;          /* of SimChange */
    gint64 cpu, snapshot_cpu; /* ns, if the world measures them */
    guint64 cpu_events;
};

/** "native", "go", "basic". */
const char *sim_kind_to_string(SimKind kind);

SimHost *sim_host_new(SimWorld *world, const char *name);
void sim_host_free(SimHost *self);
/** Call this before the host is a peer. The private key is unknown, so the host never runs. */
void sim_host_set_public_key(SimHost *self, const WlKey *key);
SimPort *sim_host_add_port(SimHost *self, const char *name);
SimPort *sim_host_find_port(const SimHost *self, const char *name);

/** Starts the member, with a new device unless a Go daemon left one. FALSE with *error if the
 * profile is refused. */
gboolean sim_host_start(SimHost *self, GError **error);
/** Stops the member. A native member removes its device, a Go daemon leaves it. */
void sim_host_stop(SimHost *self);
/** Ends the process; the device stays. */
void sim_host_crash(SimHost *self);
/** Ends the member and its device. */
void sim_host_power_off(SimHost *self);
void sim_host_sleep(SimHost *self);
void sim_host_wake(SimHost *self);
/** Deletes the link, which is recreated. */
void sim_host_delete_link(SimHost *self);
/** Reports of NetworkManager. A suspended machine receives them when it wakes. */
void sim_host_set_connectivity(SimHost *self, WlConnectivity connectivity);
void sim_host_set_protected_hosts(SimHost *self, const WlIp *protected_hosts, gsize n);
/** Attaches the interface; NULL: to no network. The addresses come `address_delay` later. */
void sim_host_attach(SimHost *self, SimPort *port, SimNet *net, const WlPrefix *addresses, gsize n);
/** Call this after a change of addresses or attachments. */
void sim_host_network_changed(SimHost *self);
/** Performs due work and carries out all outputs. Call this after each external change. */
void sim_host_settle(SimHost *self);

/** A message arrives from the network. */
void sim_host_receive(SimHost *self, const WlEndpoint *source, const WlEndpoint *destination,
                      SimMessage *message);
/** Sends a packet into the tunnel. */
void sim_host_send(SimHost *self, SimPacket *packet);
/** The tunnel address for packets of a family; FALSE: none. */
gboolean sim_host_get_source(const SimHost *self, WlFamily family, WlIp *source);
gboolean sim_host_owns(const SimHost *self, const WlIp *ip);
/** The interface for a datagram to @to, and its source address; NULL: unreachable. */
SimPort *sim_host_route(const SimHost *self, const WlIp *to, WlIp *source);

typedef struct {
    gint64 sent, answered; /* answered: -1 not yet */
    guint forwards;        /* there and back */
} SimPing;

/** Sends an echo for the member, which receives the reply. */
void sim_host_send_echo(SimHost *self, const WlKey *key, const WlEchoRequest *probe);
/** Sends an echo for a test. Its number, for sim_host_get_ping(). */
guint64 sim_host_ping(SimHost *self, const WlIp *to);
const SimPing *sim_host_get_ping(const SimHost *self, guint64 number);

/** The clock of the member, µs. That of a Go daemon does not advance during sleep. */
gint64 sim_host_now(const SimHost *self);
SimCounters sim_host_get_counters(const SimHost *self);
