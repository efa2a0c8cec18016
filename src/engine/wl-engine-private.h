/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-fact-set.h"
#include "wl-group.h"
#include "wl-peer.h"
#include "wl-policy.h"
#include "wl-prefixes.h"

/*
 * The engine's inside, for its own files only. Each file does one step of the turn and is the only
 * one that writes the fields of that step; the order of the steps is in wl-engine.c.
 */
/** Overlay traffic of those who could take another way (wl-traffic.c). */
typedef struct {
    guint peers;     /* that are watched */
    gboolean asked;  /* we are told when it begins */
    gboolean active; /* it flows: the counters are looked at */
    gint64 look, rest;
} WlTraffic;

struct _WlEngine {
    WlEngineConfig *config;
    WlKey public_key;
    WlRandomFunc random;
    gpointer random_data;
    WlSigner *signer;
    gint64 started, now;
    gint64 refreshed; /* WL_LONG_AGO: never */
    gint64 deadline;

    /* From the profile, constant */
    gboolean router;
    gboolean any_trust;      /* some entry has a trust value */
    gboolean any_membership; /* some peer is trusted with membership by the profile */
    WlTrust own_trust;
    const WlPeerConfig *own_entry; /* NULL: none */

    WlPolicy policy;
    gboolean uplink;

    GPtrArray *peers;          /* of WlPeer, owned, sorted by key: the order of every decision */
    GHashTable *by_key;        /* WlKey* -> WlPeer */
    GHashTable *by_link_local; /* WlIp* -> WlPeer */
    GArray *slots;             /* of gboolean: taken */
    guint learned_peers;

    WlFactSet *facts;
    GHashTable *metadata; /* WlKey* -> WlMetadata: ours about configured members */
    WlBootId boot_id;
    gint64 boot_id_made;
    gboolean boot_id_wanted;

    /* What has to be looked at again this turn */
    gboolean local_dirty, judge_dirty, claims_dirty, members_dirty, names_dirty, routes_dirty;
    gboolean facts_changed; /* somebody may need facts */
    gint64 claims_judged, claims_due, stale_due;
    gboolean snapshot_wanted;
    gint64 snapshot_asked; /* WL_LONG_AGO: none is outstanding */
    guint name_serial;

    WlTraffic traffic;
    WlBucket initiations, strangers, logs;
    guint logs_dropped;

    GQueue outputs; /* of WlOutput */
    GQueue sends;   /* of WlOutput, follow the changes at the end of the turn */
    GArray *routes; /* of WlPrefix */
    guint64 received[WL_RECEIVE_N_RESULTS];
    guint64 refused[WL_VERDICT_N];
};

/* ---- the turn: wl-engine.c */
/** Each input begins with this and ends with the turn. */
void wl_engine_advance(WlEngine *self, gint64 now);
void wl_engine_turn(WlEngine *self);
/** Something about @peer changed: its steps run in this turn. */
void wl_engine_touch(WlEngine *self, WlPeer *peer);

/* ---- outputs: wl-output.c */
WlOutput *wl_output_new(WlOutputKind kind);
void wl_engine_emit(WlEngine *self, WlOutput *output);
void wl_engine_emit_send(WlEngine *self, WlPeer *peer, GBytes *bytes);
void wl_engine_log(WlEngine *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
void wl_engine_flush(WlEngine *self);
/** The earlier of the two: how each step says when it next needs the time. */
void wl_engine_need(WlEngine *self, gint64 when);
/** The same for a step that concerns one peer only, whose steps then run at @when. */
void wl_engine_need_peer(WlEngine *self, WlPeer *peer, gint64 when);
void wl_engine_want_snapshot(WlEngine *self);
/** @base, give or take 10 %. */
gint64 wl_engine_jitter(WlEngine *self, gint64 base);

/* ---- members: wl-members.c */
WlPeer *wl_engine_find(const WlEngine *self, const WlKey *key);
WlPeer *wl_engine_add_peer(WlEngine *self, const WlKey *key, const WlPeerConfig *config);
/** Which configured allowed IPs are set at once, which only when direct. */
void wl_engine_classify_allowed(WlEngine *self);
gboolean wl_engine_may_deconfigure(const WlEngine *self);
gboolean wl_engine_may_delete(const WlEngine *self);
void wl_engine_update_members(WlEngine *self);

/* ---- names and `basic` from the metadata of members: wl-names.c */
void wl_engine_update_names(WlEngine *self);

/* ---- facts: wl-judge.c, wl-local-facts.c, wl-receive.c, wl-boot-id.c */
void wl_engine_expire_facts(WlEngine *self);
/** Judges one claim that depends on nothing but itself; FALSE for allowed IPs, which are judged
 * together. */
gboolean wl_engine_judge_claim(WlEngine *self, const WlFactEntry *entry, WlClaim *claim);
void wl_engine_judge(WlEngine *self);
void wl_engine_update_local_facts(WlEngine *self);
WlMetadata *wl_engine_make_metadata(const WlPeerConfig *config);
void wl_engine_receive(WlEngine *self, const WlIp *source, const guint8 *data, gsize length);
void wl_engine_forget(WlEngine *self, WlPeer *peer);
void wl_boot_id_make(WlBootId *id, WlRandomFunc random, gpointer user_data);
/** Made by this engine: it answers pings. */
gboolean wl_boot_id_is_ours(const WlBootId *id);
void wl_engine_update_boot_id(WlEngine *self);

/* ---- peers: wl-health.c, wl-attempts.c, wl-moves.c, wl-lookups.c */
void wl_engine_apply_snapshot(WlEngine *self, const WlDevice *device);
void wl_engine_update_health(WlEngine *self);
void wl_engine_update_candidates(WlEngine *self, WlPeer *peer);
void wl_engine_run_attempt(WlEngine *self, WlPeer *peer);
void wl_engine_run_move(WlEngine *self, WlPeer *peer);
void wl_engine_run_lookups(WlEngine *self, WlPeer *peer);

/* ---- the way a pair takes: wl-way.c */
void wl_engine_receive_way(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Decides whether its allowed IPs go the direct way. */
void wl_engine_run_way(WlEngine *self, WlPeer *peer);
/** Some of its allowed IPs have a live router to go by instead. */
gboolean wl_engine_is_covered(const WlEngine *self, const WlPeer *peer);

/* ---- overlay traffic: wl-traffic.c */
/** Counters of a snapshot, before they are taken over; @handshake: there was one since the last. */
void wl_engine_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                             gboolean handshake);
/** What WireGuard counts for a datagram of facts of @length bytes. */
guint64 wl_traffic_datagram_size(gsize length);
void wl_engine_watch_peer(WlEngine *self, WlPeer *peer, gboolean watch);
void wl_engine_run_traffic(WlEngine *self);

/* ---- effects: wl-plan.c, wl-sender.c, wl-routes.c, wl-view.c */
void wl_engine_plan(WlEngine *self);
/** The live router other than @peer whose configured prefixes contain @prefix, or NULL. */
WlPeer *wl_engine_find_cover(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix);
void wl_engine_send(WlEngine *self);
void wl_engine_update_routes(WlEngine *self);
void wl_engine_update_views(WlEngine *self);

/** The nine rows of protocol section 5.6, step 2. */
typedef enum {
    WL_LEVEL_NOTHING,
    WL_LEVEL_PING,
    WL_LEVEL_FACTS,
} WlLevel;

typedef struct {
    gboolean has_endpoint;
    WlTrust configured_trust;
    gboolean is_router;
    gboolean fact_exchanger;
    gboolean self_chatty;
    gboolean self_router;
    gboolean healthy;
} WlLevelQuestion;

WlLevel wl_sender_level(const WlLevelQuestion *question);
