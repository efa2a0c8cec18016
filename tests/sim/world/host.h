/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "go/go.h"
#include "world/device.h"
#include "world/net.h"

/** One machine: its ends in the networks, its WireGuard device, its kernel, and a member. */

typedef enum {
    SIM_KIND_NATIVE,
    SIM_KIND_GO,    /* the Go daemon */
    SIM_KIND_BASIC, /* WireGuard only, as its profile says */
} SimKind;

typedef struct {
    guint wakeups;      /* of the member, for a deadline */
    guint idle_wakeups; /* those that brought no output */
    guint snapshots;    /* dumps of the device */
    guint facts;        /* datagrams of facts sent */
    guint fact_bytes;   /* of them, without headers */
    guint echoes;
    guint packets; /* UDP datagrams sent below, keepalives and handshakes included */
    guint64 bytes; /* of them, with IP and UDP headers */
    guint initiations;
    guint recreations; /* of peers with a live session */
    guint requests;    /* changes asked of the device */
    guint changes;     /* of a peer's state */
    guint logs;
} SimCounters;

/** An echo of the member that may still be answered. Of two whose sequences differ by SIM_ECHOES
 * the older is forgotten, as the service does. */
typedef struct {
    guint64 number; /* of the packet; 0: none is waited for */
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
    gboolean forwards;  /* packets of others through the tunnel */
    gboolean silent;    /* answers no echo */
    GHashTable *jammed; /* of SimHost: facts for them cannot be sent */
    GArray *served;     /* of WlPrefix: networks behind it, which answer */
    GPtrArray
        *absent; /* of SimHost: in the profile, but not in the device at the start (classic) */
    WlEngineConfig *config;

    SimDevice *device; /* NULL: none */
    guint devices;     /* made so far: another one may be at the same place in memory */
    WlEngine *engine;  /* the member; at most one of both is set */
    GoDaemon *daemon;
    gint64 started;
    gboolean off; /* the machine is */
    gboolean asleep;
    gint64 slept_at, slept; /* µs in all */
    gint64 wall_offset;
    WlConnectivity connectivity;
    GArray *protected_hosts;     /* of WlIp */
    char *saved_state;           /* what the member asked to remember */
    gboolean watching;           /* for traffic */
    GArray *watched;             /* of WlPrefix: to these only; NULL: any */
    GPtrArray *neighbor_queries; /* for neighbors, owned: neighbors.c */
    SimEcho echoes[SIM_ECHOES];  /* by the end of their sequence */
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
/** Before anybody has it as a peer. Nobody knows the private key: it never runs. */
void sim_host_set_public_key(SimHost *self, const WlKey *key);
SimPort *sim_host_add_port(SimHost *self, const char *name);
SimPort *sim_host_find_port(const SimHost *self, const char *name);

/** Starts the member. A device is made, unless a classic one is still there. FALSE with *error if
 * the profile is refused. */
gboolean sim_host_start(SimHost *self, GError **error);
/** An orderly end: ours takes its device along, a classic one leaves it. */
void sim_host_stop(SimHost *self);
/** The process is gone, and its device stays. */
void sim_host_crash(SimHost *self);
/** Everything is gone. */
void sim_host_power_off(SimHost *self);
void sim_host_sleep(SimHost *self);
void sim_host_wake(SimHost *self);
/** Somebody deleted the link, and it was made anew. */
void sim_host_lose_link(SimHost *self);
/** What NetworkManager knows; a machine that sleeps hears of it when it wakes. */
void sim_host_set_connectivity(SimHost *self, WlConnectivity connectivity);
void sim_host_set_protected_hosts(SimHost *self, const WlIp *protected_hosts, gsize n);
/** Its addresses or attachments changed. */
void sim_host_network_changed(SimHost *self);
/** What is due, and whatever the member wants; to be called after every change from outside. */
void sim_host_settle(SimHost *self);

/** From the network. */
void sim_host_receive(SimHost *self, const WlEndpoint *source, const WlEndpoint *destination,
                      SimMessage *message);
/** Into the tunnel, from this host. */
void sim_host_send(SimHost *self, SimPacket *packet);
/** Its address in the tunnel that a packet to @to comes from; FALSE: none of that family. */
gboolean sim_host_get_source(const SimHost *self, WlFamily family, WlIp *source);
gboolean sim_host_owns(const SimHost *self, const WlIp *ip);
/** The end that a datagram to @to leaves by, with the address it has then; NULL: unreachable. */
SimPort *sim_host_route(const SimHost *self, const WlIp *to, WlIp *source);

typedef struct {
    gint64 sent, answered; /* answered: -1 not yet */
    guint forwards;        /* there and back */
} SimPing;

/** Sends an echo of the member, who gets the answer. */
void sim_host_send_echo(SimHost *self, const WlKey *key, const WlEchoRequest *probe);
/** Its number, for sim_host_get_ping(). */
guint64 sim_host_ping(SimHost *self, const WlIp *to);
const SimPing *sim_host_get_ping(const SimHost *self, guint64 number);

/** Time as its member sees it. */
gint64 sim_host_now(const SimHost *self);
SimCounters sim_host_get_counters(const SimHost *self);
