/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-signer.h"
#include "state/wl-fact-set.h"
#include "wl-boot-id.h"
#include "wl-group.h"
#include "wl-link-local.h"
#include "state/wl-peer.h"
#include "state/wl-policy.h"
#include "wl-prefix-map.h"
#include "wl-prefix-set.h"

/*
 * The engine's inside, for its own files only. Each file does one step of the turn and is the only
 * one that writes the fields of that step; the order of the steps is in wl-engine.c.
 */
/** Overlay traffic: of those who could take another way, and for those who are only looked for when
 * there is some (wl-traffic.c). */
typedef struct {
    guint peers;         /* that are watched */
    GPtrArray *sleepers; /* of WlPeer */
    enum {
        WL_ASKED_NOTHING,
        WL_ASKED_SOME, /* we are told when some begins for `wanted` */
        WL_ASKED_ANY,
    } asked;
    GArray *wanted;  /* of WlPrefix */
    gboolean active; /* it flows: the counters are looked at */
    gint64 look, rest;
} WlTraffic;

/** More initiations than this are not made in WL_INITIATION_AGAIN. */
#define WL_MAX_TRIES 64

typedef struct {
    WlEndpoint endpoint;
    gint64 when;
} WlTry;

/** What was asked of an address in a network of ours, and what came of it (wl-neighbours.c). */
typedef struct {
    WlIp ip;
    guint32 ifindex;
    enum {
        WL_NEIGHBOUR_ASKED,
        WL_NEIGHBOUR_THERE,
        WL_NEIGHBOUR_NOBODY,
    } state;
    gint64 asked;
    guint misses; /* so many times in a row nobody was there */
} WlNeighbour;

struct _WlEngine {
    WlEngineConfig *config;
    WlKey public_key;
    WlRandomFunc random;
    gpointer random_data;
    WlSigner *signer;
    gint64 started, now;
    gint64 refreshed; /* WL_LONG_AGO: never */
    gint64 deadline;

    /* From the profile: wl-configured.c */
    gboolean router;
    gboolean any_trust;      /* some entry has a trust value */
    gboolean any_membership; /* some peer is trusted with membership by the profile */
    WlTrust own_trust;
    const WlPeerConfig *own_entry; /* NULL: none */

    WlPolicy policy;
    gboolean uplink;
    gint64 uplink_since; /* the last change of it; WL_LONG_AGO */
    WlConnectivity connectivity;
    GArray *neighbours; /* of WlNeighbour: on this uplink */
    GHashTable *near;   /* WlIp* -> GPtrArray of WlPeer: who may be there, on a network of ours */

    GPtrArray *peers;          /* of WlPeer, owned, sorted by key: the order of every decision */
    GHashTable *by_key;        /* WlKey* -> WlPeer */
    GHashTable *by_link_local; /* WlIp* -> WlPeer */
    GArray *slots;             /* of gboolean: taken */
    guint learned_peers;
    gint64 facts_full_said, members_full_said; /* when it was last logged */
    GPtrArray *routers;                        /* of WlPeer: by the profile */
    GPtrArray *sources; /* of WlPeer: whose silence about a member means that it is none any more */
    GHashTable
        *named; /* DNS name -> GPtrArray of WlPeer, sorted by key: who is to be found by it */

    /* The turn: only peers that something happened to, or whose time has come, are looked at */
    GPtrArray *touched;  /* of WlPeer: since the steps last began */
    GPtrArray *gathered; /* changes places with touched when they begin; empty otherwise */
    GPtrArray *running;  /* of WlPeer: whose steps run, sorted by key */
    GPtrArray *served;   /* of WlPeer: whose steps ran this turn */
    GPtrArray *waiting;  /* of WlPeer: for the next snapshot */
    GArray *wanted;      /* allowed IPs of the peer that is being planned */
    WlDeadlines *deadlines;
    WlStep step;
    WlPeer *current; /* whose step runs; NULL: none */
    guint64 steps;   /* run since the start */

    WlFactSet *facts;
    GHashTable *metadata; /* WlKey* -> WlMetadata: ours about configured members */
    WlBootId boot_id;
    gint64 boot_id_made;
    gboolean boot_id_wanted;

    /* What has to be looked at again this turn */
    gboolean own_dirty; /* our local facts about ourselves */
    gboolean judge_dirty, claims_dirty, routes_dirty;
    gboolean stale_dirty;   /* somebody who can take back what is stale has become reliable */
    gboolean facts_changed; /* somebody may need facts */
    gint64 claims_due;

    /* Allowed IPs */
    WlPrefixMap *configured; /* -> GPtrArray of WlPeer: those of the profile */
    WlPrefixMap *claimed;    /* -> WlClaimed: wl-claimed.c */
    WlPrefixMap *hosts;      /* -> number of peers that are reached there */
    GArray *seen_hosts;      /* of the peer that is being looked at: spares an array a turn */
    WlPrefixMap *routed;     /* -> how often: configured and accepted */
    GArray *dirty;           /* claimed prefixes to be judged again */
    guint judging;

    GArray *subjects;    /* of WlKey: what is said of their membership changed */
    GPtrArray *unwanted; /* of WlPeer: nobody calls them a member any more */
    GHashTable *names;   /* folded name -> NameSake: wl-names.c */

    /* Sending */
    GPtrArray *listeners; /* of WlPeer: those with a session who are told facts */
    WlDeadlines *alives;  /* of WlPeer with a session: when it needs our Alive */
    gint64 alive_horizon; /* whoever needs one until then gets it now */
    gboolean snapshot_wanted;
    gint64 snapshot_asked;   /* WL_LONG_AGO: none is outstanding */
    gint64 snapshot_read;    /* the last */
    gint64 listeners_served; /* when all of them last heard what changed */
    guint64 telling;         /* number of the turn, for what is the same whoever is told */

    WlTraffic traffic;
    guint awaited;    /* datagrams of facts that may not have come, of all peers */
    guint approaches; /* peers of which we wait for their way */
    guint16 probe_sequence;
    guint64 dropped; /* by the device, as last seen */
    gint64 dropped_grown;
    gint64 memory_due; /* what is to be stored changed; WL_NEVER: it did not */

    WlBucket initiations, questions, strangers, logs;
    WlTry tries[WL_MAX_TRIES]; /* the last initiations, whoever they were for */
    guint next_try;
    guint logs_dropped;

    GArray *inbox;  /* of WlFact: of the datagram that is being read */
    GQueue outputs; /* of WlOutput */
    GQueue sends;   /* of WlOutput, follow the changes at the end of the turn */
    GArray *routes; /* of WlPrefix */
    guint64 received[WL_RECEIVE_N_RESULTS];
    guint64 refused[WL_VERDICT_N];
};

typedef struct _WlClaimed WlClaimed;

/* ---- the turn: wl-engine.c */
/** Each input begins with this and ends with the turn. */
void wl_engine_advance(WlEngine *self, gint64 now);
void wl_engine_turn(WlEngine *self);
/** How long what has to do with all @n peers rests: nothing in a usual network. */
gint64 wl_engine_pace(guint n, gint64 each);
/** Something about @peer changed: its steps run in this turn, or in the next if they have run. From
 * within a step of its own: the steps that follow run anyway. */
void wl_engine_touch(WlEngine *self, WlPeer *peer);
/** For what is about everybody: a new uplink, a router that comes or goes. */
void wl_engine_touch_all(WlEngine *self);
/** Peers of which the turn must know nothing any more. */
void wl_engine_untouch(WlEngine *self, WlPeer *peer);
/** Of WlPeer, sorted by key: the order of every decision. */
void wl_engine_sort_peers(GPtrArray *peers);

/* ---- outputs: wl-output.c */
WlOutput *wl_output_new(WlOutputKind kind);
void wl_engine_emit(WlEngine *self, WlOutput *output);
void wl_engine_emit_send(WlEngine *self, WlPeer *peer, GBytes *bytes);
void wl_engine_log(WlEngine *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
void wl_engine_flush(WlEngine *self);
/** The earlier of the two: how each step says when it next needs the time. Within the step of a
 * peer the same as wl_engine_need_peer(). */
void wl_engine_need(WlEngine *self, gint64 when);
/** @peer's steps run at @when. What one of its steps asks for holds until that step runs again. */
void wl_engine_need_peer(WlEngine *self, WlPeer *peer, gint64 when);
/** Within the step of a peer: it runs again when the snapshot is there, whatever that shows. */
void wl_engine_want_snapshot(WlEngine *self);
/** The same from elsewhere. */
void wl_engine_want_snapshot_for(WlEngine *self, WlPeer *peer);
/** @base, give or take 10 %. */
gint64 wl_engine_jitter(WlEngine *self, gint64 base);

/* ---- members: wl-members.c */
WlPeer *wl_engine_find(const WlEngine *self, const WlKey *key);
WlPeer *wl_engine_add_peer(WlEngine *self, const WlKey *key, const WlPeerConfig *config);
/** At once; what it said goes with it. */
void wl_engine_remove_peer(WlEngine *self, WlPeer *peer);
/** It waits for a reliable source, whose silence means that it is no member any more. */
void wl_engine_set_unwanted(WlEngine *self, WlPeer *peer, gboolean unwanted);
void wl_engine_evaluate_trust(WlEngine *self, WlPeer *peer);
/** Trust was changed by the profile, which needs no reliable source: whoever is named by nobody any
 * more goes at once, but for those @waiting already (a set of WlKey). */
void wl_engine_apply_trust(WlEngine *self, GHashTable *waiting);
gboolean wl_engine_may_deconfigure(const WlEngine *self);
gboolean wl_engine_may_delete(const WlEngine *self);
/** What is said of the membership or the name of @subject changed. */
void wl_engine_subject_changed(WlEngine *self, const WlKey *subject);
void wl_engine_update_members(WlEngine *self);

/** @key was recalled: a member again if somebody whom we trust had said so. */
void wl_engine_recall_member(WlEngine *self, const WlKey *key);
/** TRUE if some source whom we trust calls it a member; stale words count if @stale. */
gboolean wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale);

/* ---- the profile: wl-configured.c, wl-change.c */
void wl_engine_read_profile(WlEngine *self);
void wl_engine_add_configured(WlEngine *self);
/** Routers, and whose silence counts. */
void wl_engine_list_sources(WlEngine *self);
/** Which configured allowed IPs are set at once, which only when direct. */
void wl_engine_classify_allowed(WlEngine *self);

/* ---- what outlives the process: wl-recall.c */
void wl_engine_memory_changed(WlEngine *self);
void wl_engine_remember(WlEngine *self);

/* ---- names and `basic` from the metadata of members: wl-names.c */
void wl_engine_init_names(WlEngine *self);
/** A step of @peer. */
void wl_engine_update_name(WlEngine *self, WlPeer *peer);
void wl_engine_forget_name(WlEngine *self, WlPeer *peer);
/** What was learned of its name counts only if somebody who says so is still believed. */
void wl_engine_unlearn_name(WlEngine *self, WlPeer *peer);
/** The own name was @before. */
void wl_engine_own_name_changed(WlEngine *self, const char *before);

/* ---- facts: wl-judge.c, wl-local-facts.c, wl-receive.c, wl-boot-id.c */
void wl_engine_expire_facts(WlEngine *self);
/** Nothing that @source told counts any more. */
void wl_engine_drop_source(WlEngine *self, const WlKey *source);
/** Judges one claim that depends on nothing but itself; FALSE for allowed IPs, which are judged
 * together. */
gboolean wl_engine_judge_claim(WlEngine *self, WlFactEntry *entry, WlClaim *claim);
void wl_engine_judge(WlEngine *self);
WlVerdict wl_engine_check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source);
void wl_engine_set_verdict(WlEngine *self, WlFactEntry *entry, WlClaim *claim, WlVerdict verdict);

/* ---- claimed prefixes: wl-claimed.c */
void wl_engine_init_claimed(WlEngine *self);
void wl_engine_clear_claimed(WlEngine *self);
/** Somebody says, or does not say any more, an allowed IP. */
void wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry);
/** The profile gives @prefix to somebody else than before. */
void wl_engine_configured_changed(WlEngine *self, const WlPrefix *prefix);
/** Where @peer is reached may have changed. */
void wl_engine_update_hosts(WlEngine *self, WlPeer *peer);
void wl_engine_drop_hosts(WlEngine *self, WlPeer *peer);
/** @peer has no claimed prefix any more. */
void wl_engine_disown(WlEngine *self, WlPeer *peer);
void wl_engine_judge_prefixes(WlEngine *self);
/** What is said about @subject, who has become known or is not any more. */
void wl_engine_judge_about(WlEngine *self, const WlKey *subject);
/** What is said by @source, who is trusted more, or less. */
void wl_engine_judge_source(WlEngine *self, const WlKey *source);
/** @entry is news for those who are told facts. */
void wl_engine_fact_changed(WlEngine *self, WlFactEntry *entry);
/** A source gave @entry a longer life; @sender, which may be NULL, until @told. */
void wl_engine_fact_renewed(WlEngine *self, WlFactEntry *entry, const WlPeer *sender, gint64 told);
/** Who stands for @entry, or what is thought of it, changed: it may be news. */
void wl_engine_fact_told(WlEngine *self, WlFactEntry *entry);
void wl_engine_update_own_facts(WlEngine *self);
/** A step of @peer, if its `local_dirty` is set. */
void wl_engine_update_local_facts(WlEngine *self, WlPeer *peer);
/** What we stand for about @peer may have changed. */
void wl_engine_local_changed(WlEngine *self, WlPeer *peer);
/** Nothing is said by us any more about @key, who is no member. */
void wl_engine_drop_local_facts(WlEngine *self, const WlKey *key);
WlMetadata *wl_engine_make_metadata(const WlPeerConfig *config);
void wl_engine_receive(WlEngine *self, const WlIp *source, const guint8 *data, gsize length);
void wl_engine_forget(WlEngine *self, WlPeer *peer);
void wl_engine_update_boot_id(WlEngine *self);

/* ---- peers: wl-health.c, wl-attempts.c, wl-moves.c, wl-lookups.c */
void wl_engine_apply_snapshot(WlEngine *self, const WlDevice *device);
void wl_engine_update_health(WlEngine *self, WlPeer *peer);
/** FALSE: there is no uplink, and nothing came from it since that went. Then it is told nothing and
 * asked nothing, and nothing is decided about it. */
gboolean wl_engine_can_reach(const WlEngine *self, const WlPeer *peer);
/** Its addresses may have changed. */
void wl_engine_candidates_changed(WlEngine *self, WlPeer *peer);
void wl_engine_update_candidates(WlEngine *self, WlPeer *peer);
void wl_engine_run_attempt(WlEngine *self, WlPeer *peer);
void wl_engine_run_move(WlEngine *self, WlPeer *peer);
void wl_engine_run_lookups(WlEngine *self, WlPeer *peer);
/** Lists anew who is to be found by which name. */
void wl_engine_list_names(WlEngine *self);
/** Its names may lead elsewhere now: they are asked at once, however long they have been asked in
 * vain. */
void wl_engine_renew_lookups(WlEngine *self, WlPeer *peer);

/* ---- who is on our networks: wl-neighbours.c */
/** Somebody, the peer or a stranger, is known to have that address on a network of ours. */
gboolean wl_engine_is_neighbour(const WlEngine *self, const WlIp *ip);
/** The address would be on a network of ours, and nobody has it there. */
gboolean wl_engine_is_nobody_there(const WlEngine *self, const WlIp *ip);
/** Asks for those addresses of @peer that are about to be tried and not known. Until when the
 * answers are worth waiting for, which is over if nothing is asked; with each of them the steps of
 * @peer run. */
gint64 wl_engine_ask_neighbours(WlEngine *self, const WlPeer *peer);
void wl_engine_forget_neighbours(WlEngine *self);
/** @peer will have the addresses @after (of WlCandidate; NULL: none). */
void wl_engine_update_near(WlEngine *self, WlPeer *peer, const GArray *after);

/* ---- the way a pair takes: wl-way.c */
void wl_engine_receive_way(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Decides whether its allowed IPs go the direct way. */
void wl_engine_run_way(WlEngine *self, WlPeer *peer);
/** The same for a peer of another kind: wl-way-others.c. @covered: it has another way. */
void wl_engine_run_other_way(WlEngine *self, WlPeer *peer, gboolean covered);
/** Its way is not waited for any more. */
void wl_engine_end_approach(WlEngine *self, WlPeer *peer);
/** One echo to its link-local address. */
void wl_engine_probe_life(WlEngine *self, WlPeer *peer);
/** Some of its allowed IPs have a live router to go by instead. */
gboolean wl_engine_is_covered(const WlEngine *self, const WlPeer *peer);

/* ---- overlay traffic: wl-traffic.c */
/** Counters of a snapshot, before they are taken over; @handshake: there was one since the last. */
void wl_engine_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                             gboolean handshake);
/** What WireGuard counts for a datagram of facts of @length bytes. */
guint64 wl_traffic_datagram_size(gsize length);
void wl_engine_watch_peer(WlEngine *self, WlPeer *peer, gboolean watch);
/** Nobody looks for @peer but now and then: it is tried when there is traffic for it. */
void wl_engine_let_sleep(WlEngine *self, WlPeer *peer, gboolean sleeps);
void wl_engine_init_traffic(WlEngine *self);
void wl_engine_clear_traffic(WlEngine *self);
void wl_engine_run_traffic(WlEngine *self);

/* ---- effects: wl-plan.c, wl-sender.c, wl-routes.c, wl-view.c */
void wl_engine_plan_peer(WlEngine *self, WlPeer *peer);
/** The live router other than @peer whose configured prefixes contain @prefix, or NULL. */
WlPeer *wl_engine_find_cover(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix);
/** Somebody who is told facts knows @entry for a shorter time than until @expires, when it does.
 * @sender, which may be NULL, is known to know it so long. */
gboolean wl_engine_is_awaited(WlEngine *self, const WlFactEntry *entry, gint64 expires,
                              const WlPeer *sender);
/** @peer is told no facts any more. */
void wl_engine_stop_listening(WlEngine *self, WlPeer *peer);
/** Adds to @peers, whose send step is about to run, those who have to hear of what changed. */
void wl_engine_gather_listeners(WlEngine *self, GPtrArray *peers);
void wl_engine_send(WlEngine *self, WlPeer *peer);

/* ---- what may not have come: wl-receipts.c */
/** One datagram of facts. @awaited: it is told again, for the time @tries + 1, unless it is known
 * to have come. */
void wl_engine_emit_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean awaited,
                          guint tries);
/** How many datagrams @peer may be sent now. */
guint wl_engine_get_room(const WlEngine *self, const WlPeer *peer);
/** Parts of its send step: takes a datagram whose facts are to be told again now, FALSE if there is
 * none; *tries: for which time. Asks for the time of the others. */
gboolean wl_engine_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries);
void wl_engine_need_overdue(WlEngine *self, WlPeer *peer);
/** Everything is told anew, or nothing. */
void wl_engine_drop_awaited(WlEngine *self, WlPeer *peer);
void wl_engine_receive_receipt(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** The sender of this datagram wants to hear that it came. */
void wl_engine_owe_receipt(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length);
/** A part of its send step. */
void wl_engine_send_receipt(WlEngine *self, WlPeer *peer);
void wl_engine_add_route(WlEngine *self, const WlPrefix *prefix);
void wl_engine_drop_route(WlEngine *self, const WlPrefix *prefix);
void wl_engine_update_routes(WlEngine *self);
void wl_engine_update_view(WlEngine *self, WlPeer *peer);

/** The nine rows of docs/protocol.md 5.6.2. */
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
