/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "world/heap.h"
#include "world/packet.h"

/** Virtual time and random numbers. Nothing depends on the clock of the machine: the same seed and
 * the same calls give the same run. Time starts at SIM_START, so that earlier times exist. */
#define SIM_START SIM_SEC(1000)

typedef struct _SimWorld SimWorld;
typedef struct _SimHost SimHost;
typedef struct _SimNet SimNet;
typedef struct _SimNat SimNat;
typedef struct _SimLiar SimLiarHost;

/** A scheduled call; the first member of a larger struct. */
typedef struct _SimTimer SimTimer;
struct _SimTimer {
    SimWait wait;
    void (*run)(SimTimer *timer);
};

struct _SimWorld {
    gint64 now;
    GRand *random;
    SimHeap heap;
    GPtrArray *nets, *nats, *hosts; /* owned */
    GHashTable *by_name, *by_key;   /* hosts; keys belong to them */
    GHashTable *nets_by_name, *nats_by_name;
    GHashTable *names; /* "hub.example.net" -> GArray of WlIp */
    GHashTable *cuts;  /* directed pairs of hosts whose packets do not arrive */
    guint64 last_echo;
    guint64 events;
    GString *trace; /* owned; NULL: off */
    /* Called after changes that conditions may be about; may be NULL, as may all of these. */
    void (*changed)(gpointer user_data);
    /* A host is about to send facts. */
    void (*before_send)(SimHost *from, const WlKey *to, GBytes *bytes, gpointer user_data);
    /* Facts reach the member of a host; the member has processed them. */
    void (*before_receive)(SimHost *to, const WlIp *source, GBytes *bytes, gpointer user_data);
    void (*after_receive)(SimHost *to, GBytes *bytes, gpointer user_data);
    /* The member of a host is about to change its device; it gets a snapshot. */
    void (*before_change)(SimHost *host, const WlPeerChange *change, gpointer user_data);
    void (*device_read)(SimHost *host, const WlDevice *device, gpointer user_data);
    /* WireGuard sends an initiation or a response. */
    void (*handshake)(SimHost *host, const WlEndpoint *to, const SimMessage *message,
                      gpointer user_data);
    gpointer user_data;
    gboolean dirty;    /* the world changed since `changed` was last called */
    gboolean time_cpu; /* measure the CPU time of members */
};

SimWorld *sim_world_new(guint32 seed);
void sim_world_free(SimWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimWorld, sim_world_free)

void sim_world_set_timer(SimWorld *self, SimTimer *timer, gint64 when);
/** Runs the next timer if it is due by @limit; otherwise sets the time to @limit and returns
 * FALSE. */
gboolean sim_world_step(SimWorld *self, gint64 limit);
void sim_world_run_until(SimWorld *self, gint64 when);

/** From 0 to @bound - 1. */
guint32 sim_world_random(SimWorld *self, guint32 bound);
gboolean sim_world_chance(SimWorld *self, double probability);
/** A WlRandomFunc; @user_data is the world. */
void sim_world_random_bytes(gpointer user_data, guint8 *buffer, gsize length);

SimHost *sim_world_find_host(const SimWorld *self, const char *name);
/** NULL: no host has this key. */
SimHost *sim_world_find_key(const SimWorld *self, const WlKey *key);
SimNet *sim_world_find_net(const SimWorld *self, const char *name);
SimNat *sim_world_find_nat(const SimWorld *self, const char *name);
void sim_world_cut(SimWorld *self, const SimHost *from, const SimHost *to, gboolean cut);
gboolean sim_world_is_cut(const SimWorld *self, const SimHost *from, const SimHost *to);
/** Resolves a name like "hub.example.net:51820"; of WlEndpoint, to be freed. */
GArray *sim_world_resolve(const SimWorld *self, const char *name);

/** Appends a line to the trace, after the time and @who, which may be NULL. */
void sim_world_trace(SimWorld *self, const char *who, const char *format, ...) G_GNUC_PRINTF(3, 4);
