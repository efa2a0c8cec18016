/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/**
 * Whole networks in virtual time: hosts with an engine and a model of a WireGuard device each, NAT
 * routers, a public network with a fixed delay. Nothing depends on the machine's clock or on
 * chance: the same seed gives the same run.
 */
typedef struct _World World;
typedef struct _WorldHost WorldHost;
typedef struct _WorldNat WorldNat;

/** From a network to the middle of the public one; twice that is the way between two of them. */
#define WORLD_DELAY (10 * 1000)

World *world_new(guint32 seed);
void world_free(World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)
gint64 world_now(const World *self);
/** Lets @duration microseconds pass. */
void world_run(World *self, gint64 duration);
/** Until @done says so: microseconds it took, or -1 after @limit. */
typedef gboolean (*WorldFunc)(gpointer user_data);
gint64 world_run_until(World *self, WorldFunc done, gpointer user_data, gint64 limit);

/** A router with a port-preserving masquerade and a stateful filter. */
WorldNat *world_add_nat(World *self, const char *address);
/** Instead of WORLD_DELAY. */
void world_nat_set_delay(WorldNat *self, gint64 delay);

WorldHost *world_add_host(World *self, const char *name);
const WlKey *world_host_key(const WorldHost *self);
WlEngine *world_host_engine(WorldHost *self);
/** On the LAN of @nat, or with NULL on the public network; "192.168.1.10/24". */
void world_host_attach(WorldHost *self, WorldNat *nat, const char *address);
void world_host_detach(WorldHost *self);
/** A configuration with the key of @self, port 51820 and the tunnel address. */
WlEngineConfig *world_host_config(const WorldHost *self, WlRole role, const char *address);
/** Adds @peer to @config; @endpoint and @allowed_ips may be NULL. */
WlPeerConfig *world_config_add(WlEngineConfig *config, const WorldHost *peer, const char *endpoint,
                               const char *allowed_ips);
/** A new process with an empty device. Takes @config. */
void world_host_start(WorldHost *self, WlEngineConfig *config);
/** The process is gone, and its device with it. */
void world_host_stop(WorldHost *self);

WlPeerState world_host_state(WorldHost *self, const WorldHost *other);
/** Direct on both sides. */
gboolean world_is_direct(WorldHost *a, WorldHost *b);
gboolean world_has_endpoint(WorldHost *self, const WorldHost *other, const char *endpoint);

/** An echo through the tunnel: number of hosts that forwarded it there and back, or -1 without an
 * answer in @limit. */
int world_ping(World *self, WorldHost *from, const char *address, gint64 limit);

typedef struct {
    guint wakeups;      /* wl_engine_time() for a deadline */
    guint idle_wakeups; /* those that brought no output */
    guint datagrams;    /* facts sent */
    guint bytes;        /* of them */
    guint initiations;  /* WireGuard handshakes begun */
    guint recreations;  /* of peers with a live session */
    guint state_changes;
    guint logs;
} WorldCounters;

/** Since the last call for this host. */
WorldCounters world_host_counters(WorldHost *self);
