/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

#define SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MS(n)  ((gint64) (n) *1000)

#define BENCH_HUB_ENDPOINT "203.0.113.1:51820"

/** One engine by itself: the test plays the device, the clock and the other members. */
typedef struct {
    WlEngine *engine;
    gint64 now;
    GRand *random;
    WlDevice *device;       /* changes are applied to it; tests set the rest */
    GHashTable *handshakes; /* WlKey* -> gint64*: time of the last handshake */
    GPtrArray *outputs;     /* of WlOutput, since bench_clear() */
    GPtrArray *members;     /* of BenchMember, owned */
    WlPeerView view;
    guint wakeups, snapshots;
    gboolean nobody;    /* has any address on our networks; the test says so */
    gboolean no_device; /* snapshots are asked for, but never answered */
} Bench;

/** Somebody else in the network. */
typedef struct {
    Bench *bench;
    WlKey private_key, key;
    WlIp link_local;
    WlSigner *signer;
    WlBootId boot_id;
    WlPathMessage way; /* what it has of the pair; answers if its boot id is one of ours */
    gboolean mute;     /* nothing of it comes through */
} BenchMember;

WlIp bench_ip(const char *text);
WlPrefix bench_prefix(const char *text);
WlEndpoint bench_endpoint(const char *text);
/** @number gives the keys, in no particular order. */
BenchMember *bench_member(Bench *bench, guint number);

Bench *bench_new(void);
void bench_free(Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bench, bench_free)
/** Own keys are those of member 0; tunnel address 10.77.0.2/24. */
WlEngineConfig *bench_config(Bench *bench, WlRole role);
WlPeerConfig *bench_add(WlEngineConfig *config, const BenchMember *member, const char *endpoint,
                        const char *allowed_ips);
/** Takes @config. */
void bench_start(Bench *bench, WlEngineConfig *config);
/** The profile is @config from now on, which is taken. */
void bench_change(Bench *bench, WlEngineConfig *config);
/** One uplink, "192.168.1.10/24" and so on; NULL: none. */
void bench_uplink(Bench *bench, const char *address);

/** Carries out changes and snapshots; the rest stays in `outputs`. */
void bench_drain(Bench *bench);
void bench_clear(Bench *bench);
/** Lets time pass as the engine asks for it. */
void bench_run(Bench *bench, gint64 duration);
/** A handshake with @member on @endpoint now. The engine notices by its next snapshot. */
void bench_handshake(Bench *bench, const BenchMember *member, const char *endpoint);
void bench_snapshot(Bench *bench);

/** Datagrams from @member. */
void bench_datagram(Bench *bench, const BenchMember *member, const GArray *facts);
void bench_alive(Bench *bench, const BenchMember *member);
/** Its boot id is one of ours from now on. */
void bench_make_ours(BenchMember *member);
void bench_tell_way(Bench *bench, const BenchMember *member, const WlPathMessage *way);
void bench_tell_endpoint(Bench *bench, const BenchMember *from, const BenchMember *about,
                         const char *endpoint, guint ttl);
void bench_tell_allowed(Bench *bench, const BenchMember *from, const BenchMember *about,
                        const char *prefix, guint ttl);
void bench_tell_member(Bench *bench, const BenchMember *from, const BenchMember *about,
                       const char *name, guint ttl);
/** What the engine thinks of what @from told. */
WlVerdict bench_verdict_allowed(Bench *bench, const BenchMember *from, const BenchMember *about,
                                const char *prefix);

/** Facts sent to @member since bench_clear(), decoded by it (of WlFact). */
GArray *bench_sent(Bench *bench, const BenchMember *member);
gboolean bench_sent_endpoint(Bench *bench, const BenchMember *to, const WlKey *about,
                             const char *endpoint);
gboolean bench_sent_allowed(Bench *bench, const BenchMember *to, const WlKey *about,
                            const char *prefix);
guint bench_count(Bench *bench, WlOutputKind kind);
/** Changes of @member since bench_clear(). */
guint bench_changes(Bench *bench, const BenchMember *member, WlPeerChangeKind kind);
gboolean bench_has_allowed(Bench *bench, const BenchMember *member, const char *prefix);
gboolean bench_has_route(Bench *bench, const char *prefix);
/** Until the next call. */
const WlPeerView *bench_view(Bench *bench, const BenchMember *member);
guint bench_n_peers(Bench *bench);

/** A leaf with a hub and one other leaf, as in the demo. Members: 1 hub, 2 desktop, 3 and up
 * strangers. */
Bench *bench_leaf_new(void);
/** A handshake with member @number on @endpoint, and its Alive. */
void bench_meet(Bench *bench, guint number, const char *endpoint);
/** Lets time pass with the members @first to @last rekeying and saying Alive as they should. */
void bench_live(Bench *bench, gint64 duration, guint first, guint last);
