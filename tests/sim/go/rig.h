/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "go/go.h"

#define SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MS(n)  ((gint64) (n) *1000)

#define RIG_MEMBERS 8
#define RIG_TICK    SEC(5)

/** One Go daemon, member 0. The test simulates its device, the clock and the other members. */
typedef struct {
    GoDaemon *daemon;
    gint64 now, started;
    GRand *random;
    WlDevice *device;               /* changes are applied; tests set everything else */
    gint64 handshakes[RIG_MEMBERS]; /* -1: never, as of every peer that is no member */
    WlKey private_keys[RIG_MEMBERS];
    WlKey keys[RIG_MEMBERS];
    WlSigner *signers[RIG_MEMBERS];
    WlBootId boot_ids[RIG_MEMBERS];
    GPtrArray *sent;    /* of RigSent */
    GPtrArray *changes; /* of WlPeerChange */
    guint resolves;
} Rig;

/** One datagram sent by the daemon. */
typedef struct {
    gint64 when;
    WlKey to;
    GArray *facts; /* of WlFact */
} RigSent;

Rig *rig_new(void);
void rig_free(Rig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)
/** Tunnel address 10.77.0.2/24, no peers. */
WlEngineConfig *rig_config(Rig *rig, WlRole role);
WlPeerConfig *rig_configure(Rig *rig, WlEngineConfig *config, guint member, const char *endpoint,
                            const char *allowed_ips);
/** Adds a peer to the device before the start, like wg-quick. Allowed IPs are separated by
 * commas. */
WlDevicePeer *rig_device(Rig *rig, const WlKey *key, const char *endpoint, const char *allowed_ips);
/** Takes @config; there is an uplink with 192.168.1.10/24. */
void rig_start(Rig *rig, WlEngineConfig *config);
void rig_drain(Rig *rig);
void rig_clear(Rig *rig);
void rig_run(Rig *rig, gint64 duration);
/** Advances the time by @duration, with a handshake and an Alive of each of the members 1 to @last
 * every 20 s. */
void rig_live(Rig *rig, gint64 duration, guint last);

void rig_handshake(Rig *rig, guint member);
void rig_receive(Rig *rig, guint from, const WlFact *fact, guint ttl);
void rig_receive_alive(Rig *rig, guint from);
void rig_receive_endpoint(Rig *rig, guint from, const WlKey *about, const char *endpoint);
void rig_receive_allowed(Rig *rig, guint from, const WlKey *about, const char *prefix);
void rig_receive_member(Rig *rig, guint from, const WlKey *about, const char *name);
/** Member, endpoint and allowed IP, with a TTL of 255 s. */
void rig_introduce(Rig *rig, guint from, guint about, const char *endpoint, const char *prefix);

gboolean rig_holds(Rig *rig, const WlFact *fact);
gboolean rig_holds_allowed(Rig *rig, const WlKey *about, const char *prefix);
gboolean rig_holds_endpoint(Rig *rig, const WlKey *about, const char *endpoint);
gboolean rig_has_allowed(Rig *rig, const WlKey *key, const char *prefix);
/** Times of datagrams to @member with an attribute about @about (NULL: any subject); of gint64. */
GArray *rig_times(Rig *rig, guint member, guint8 attribute, const WlKey *about);
guint rig_changes(Rig *rig, const WlKey *key, WlPeerChangeKind kind);
WlEndpoint rig_endpoint(const char *text);
