/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-candidates.h"
#include "state/wl-endpoint-history.h"
#include "state/wl-held-back.h"
#include "state/wl-send-window.h"
#include "state/wl-timing.h"
#include "wl-engine-config.h"
#include "wl-fair-limit.h"
#include "wl-rate-limit.h"
#include "wl-reason.h"
#include "wl-round-trip.h"
#include "wl-timer-queue.h"

/** The steps of a turn that may ask to be woken for a peer, in their order. */
typedef enum {
    WL_STEP_INPUT, /* an input, before any step */
    WL_STEP_HEALTH,
    WL_STEP_PATHS,
    WL_STEP_RECONCILE,
    WL_STEP_SEND,
    WL_STEP_PUBLISH,
    WL_STEP_N,
} WlStep;

/* All times below are engine times in microseconds. WL_NEVER and WL_LONG_AGO stand for "none". */

typedef enum {
    WL_CONNECT_IDLE,
    WL_CONNECT_SLOT,      /* a candidate is being tried */
    WL_CONNECT_NEIGHBORS, /* the results for on-link candidates are pending */
    WL_CONNECT_WAIT,      /* the next candidate may not be tried yet */
    WL_CONNECT_PAUSE,     /* between two rounds */
} WlConnectPhase;

/** Establishing a session (docs/engine.md "Connect"). Written by paths/wl-connect.c. Other
 * files call the functions wl_connect_…() below. */
typedef struct {
    WlConnectPhase phase;
    gboolean restart;             /* a new candidate or uplink: begin with a first round */
    WlRateLimit restart_rates[2]; /* at the word of the peer; [1]: of routers */
    WlFairShare share;            /* its initiations */
    gboolean heard;               /* a third party advertised another endpoint */
    gboolean hearsay;             /* the endpoint tried last is one of a third party */
    WlKey heard_from;             /* that third party, valid with `hearsay` */
    guint heard_serial;           /* the last round that began with one */
    gint64 resume;                /* until then third parties have their turn */
    gboolean in_round;            /* the round goes on then; else the next one begins */
    gboolean endpoint_dropped; /* the profile dropped an endpoint: the device may still have it */
    guint round;               /* since the restart */
    gboolean fast;             /* the other fast rounds follow the first one */
    WlRateLimit fast_rate;
    guint serial;      /* of the round, never repeated */
    gint64 head_start; /* when the one of the peer began; WL_LONG_AGO: it is over */
    gint64 due;        /* of the next step */
    gint64 backoff;
    gint64 poll[3];        /* snapshots pending in this slot; WL_NEVER: none */
    gboolean initiated;    /* a packet was sent since the peer was last (re)created */
    gint64 tried;          /* the last try */
    gint64 since;          /* when this began: there was no session from then on */
    gint64 demanded;       /* the last try that overlay traffic caused, here or at the peer */
    gboolean asked;        /* the peer is tried now because it tries this member */
    gboolean demand_round; /* the present round has the short slots of a first one */
    gint64 off_link_tried; /* the last try of a candidate that is not on-link */
    guint holds;           /* how often a handshake of the peer delayed the next try */
    gboolean crossed;      /* packets arrived in this slot, but no session */
    WlEndpoint last;       /* endpoint tried last */
} WlConnect;

typedef enum {
    WL_ROAMING_NONE,
    WL_ROAMING_CHECK, /* is the current endpoint silent? */
    WL_ROAMING_TRY,   /* another candidate inside the live session */
} WlRoamingPhase;

/** Sightings of one turn that are judged; others are only candidates. */
#define WL_ROAMING_SIGHTINGS 4

/** Trying other endpoints inside a live session (docs/engine.md "Roaming"). Written by
 * paths/wl-roaming.c. Other files call wl_roaming_suspect() and wl_roaming_router_sees(). */
typedef struct {
    WlRoamingPhase phase;
    gboolean suspect;         /* the current endpoint may not work */
    gboolean moved;           /* and a router that saw the peer there sees it elsewhere */
    gboolean upgrading;       /* trying an on-link candidate while the current endpoint works */
    WlEndpoint target;        /* of the upgrade */
    gboolean target_answered; /* packets arrived from the target */
    guint reasserts;          /* times that the target was set */
    WlEndpoint sightings[WL_ROAMING_SIGHTINGS]; /* that routers began to advertise, to be judged */
    guint n_sightings;
    WlRateLimit sighting_rate; /* of those that cause a check */
    WlRateLimit heard_rate;    /* of checks at the word of third parties */
    guint serial;              /* of the check, never repeated */
    gint64 started;
    gint64 due; /* while there is a phase */
    gint64 backoff;
    gint64 retry; /* after all candidates were silent; WL_NEVER: none */
    gboolean has_baseline;
    guint64 baseline; /* rx when the current endpoint was set */
    WlEndpoint original;
    WlIp on_link; /* of the last endpoint on a network of this machine */
} WlRoaming;

/** Endpoints inside the tunnel that the device showed. Written by paths/wl-outer-endpoint.c. */
typedef struct {
    gint64 since;    /* the first of those that belong together; WL_LONG_AGO: none yet */
    gint64 restored; /* when the last endpoint outside was set again; WL_LONG_AGO: never */
    gint64 next;     /* when it may be set again after the grace time */
    gint64 interval; /* until then, after the next time */
    gint64 check;    /* when the device is read to see whether that helped; WL_NEVER */
    gint64 log_next;
    WlEndpoint inside; /* the last one, while there is no endpoint outside; as a reason */
} WlOuterEndpoint;

/** A direct path that failed: the peer at @endpoint, from the present uplink. */
typedef struct {
    WlEndpoint endpoint; /* family NONE: unused */
    gint64 when;
    gint64 hold_down; /* from then on, before promoting it again */
} WlPathFailure;

/** Endpoints of one peer whose failures are remembered. */
#define WL_PATH_FAILURES 4

/** The path agreement of two native members (docs/protocol.md 15). Written by paths/wl-path.c;
 * `check_until` and `urgent_since` by wl_path_request_check() and the next one, `request_pending`
 * by wl_connect_demand(). */
typedef struct {
    guint32 epoch;
    gboolean live; /* there is a session */
    gboolean direct;
    gboolean acked;      /* the peer is known to follow this epoch */
    guint announcements; /* of this epoch, since it was last acked */
    gint64 announce_due;
    guint16 probe;           /* the last probe sent; 0: none yet */
    guint16 fell_back_probe; /* the last probe sent before falling back */
    guint16 pending_ack;     /* the peer's probe, to be acked in this turn; 0: none */
    gboolean send_pending;   /* a message must be sent in this turn */
    gboolean probe_pending;  /* and it carries the last probe */
    guint unacked;           /* probes since the last sign of life */
    gint64 last_probe, probe_due;
    gint64 probes[WL_PATH_ACK_WINDOW]; /* when the last ones were sent, by number */
    gint64 routed_since;               /* while it is not direct */
    gint64 last_ack;                   /* of a probe: both directions work */
    gint64 watched_since; /* since when the path is checked for silence; WL_NEVER: not checked */
    gint64 watched_until; /* as of the last check */
    gint64 check_until;   /* checked until then, with or without traffic */
    gint64 urgent_since;  /* the last urgent check */
    gboolean request_pending; /* a probe request is sent through the router in this turn */
    WlRateLimit send_rate;
    WlRateLimit requests; /* of the peer to probe, that were relayed */
} WlPathAgreement;

/** The inference of the path of one Go member. Owned by paths/wl-path-go.c. */
typedef struct _WlPeerInference WlPeerInference;

/** ICMP echoes to the link-local address, for members without path probes. Written by
 * paths/wl-peer-echo.c; `suspected_since` by wl-path-liveness.c. */
typedef struct {
    guint16 sequence;  /* of the last request */
    gboolean responds; /* a reply arrived in this session, so that silence is significant */
    gint64 sent, last_reply;
    gint64 session_since;
    gint64 suspected_since; /* since when the peer seems unreachable; WL_LONG_AGO: it does not */
} WlEcho;

/** The path: direct, or through a router. Written by paths/wl-path.c for a native member and by
 * paths/wl-path-go.c for a go member. */
typedef struct {
    gboolean direct;
    gint64 promoted, fell_back; /* the last times */
    WlPathFailure failures[WL_PATH_FAILURES];
    WlRoundTrip round_trip; /* of the direct path; added to by exchange/wl-acks.c as well */
    WlPathAgreement agreement;
    WlPeerInference *inference; /* NULL: none */
    WlRateLimit promotions;     /* of a native member */
    WlRateLimit windows;        /* observation windows, across inferences */
    WlRateLimit introductions;  /* requests for an Alive that was lost */
    WlEcho echo;
} WlPeerPath;

/** Whether the peer answers. Written by paths/wl-silence.c. */
typedef struct {
    gint64 asked; /* since when something was sent without an answer; WL_LONG_AGO: nothing was */
    gint64 probed;
    guint probes; /* since `asked` */
    gboolean silent;
} WlPeerSilence;

/** One name of the profile. Owned by the peer, written by paths/wl-endpoint-dns.c. */
typedef struct {
    char *name;        /* "host:port" */
    GArray *addresses; /* of WlEndpoint: the last result */
    gint64 due;        /* of the next request */
    gint64 backoff;
    gboolean outstanding;
    gboolean unresolved; /* the last request failed, which was logged */
} WlEndpointDns;

/** The place of the peer in the turn. Written by state/wl-scheduler.c and wl-engine-turn.c;
 * `served` also by exchange/wl-advertise.c. */
typedef struct {
    gboolean scheduled, running, served, awaits_snapshot; /* the lists that contain the peer */
    gint64 wake_at[WL_STEP_N];                            /* of each step; WL_NEVER */
    WlTimerEntry timer;                                   /* the first of them */
} WlPeerTurn;

/** The trust in the peer, and whether facts still name it. Written by facts/wl-members.c. */
typedef struct {
    WlTrust trust;
    WlTrustSource trust_source;
    gboolean orphaned;
    gboolean displaced; /* it leaves in this turn, to make room for another learned member */
} WlPeerMembership;

/** An endpoint of a peer as a full-length prefix. All bytes are compared: keep them zeroed. */
typedef struct {
    WlPrefix prefix;
    gint32 weight; /* the trust in the peer, or WL_HOST_CONFIGURED: no fact from a source with as
                      much trust or less may claim it */
} WlHost;

#define WL_HOST_CONFIGURED (WL_TRUST_DELEGATE + 1)

/** The prefixes of the peer: sorted arrays of WlPrefix, owned. */
typedef struct {
    GArray *static_ips;  /* configured, not inside another peer's: never withdrawn. Written by
                            facts/wl-profile-apply.c, as the next ones */
    GArray *direct_ips;  /* configured, inside a router's: only on the direct path */
    GArray *learned_ips; /* accepted from facts. Written by facts/wl-prefix-owner.c */
    GArray *hosts;       /* of WlHost: its endpoints, which not every fact may claim. Written by
                            state/wl-prefix-table.c */
} WlPeerPrefixes;

/** The state of the peer in the device, as of the last snapshot or change. Written by
 * paths/wl-health.c from each snapshot and by paths/wl-reconcile.c with each change. */
typedef struct {
    gboolean present;
    gboolean link_local; /* the allowed IPs contain its link-local address */
    GArray *allowed;     /* of WlPrefix, sorted, without the link-local one; owned */
    guint allowed_serial;
    WlEndpoint endpoint;
    gint64 handshake; /* -1: none */
    guint64 rx, tx;
    gint64 snapshot; /* the last one; WL_LONG_AGO: none */
    gint64 rx_time;  /* the last snapshot in which rx had grown */
} WlPeerDevice;

/** The changes that reconciling must make in the device. Written by paths/wl-reconcile.c;
 * requested by paths/ and by the profile reload. `retry` ends with wl_reconcile_retry_now(). */
typedef struct {
    gboolean recreate;     /* with `endpoint`; family NONE removes it */
    gboolean set_endpoint; /* to `endpoint` */
    gboolean set_settings; /* another preshared key or keepalive */
    WlEndpoint endpoint;
    gint64 retry, backoff; /* after the link refused a change */
    guint64 change;        /* number of the last change, in WlOutputs.changes */
} WlPeerReconcile;

/** Health of the peer (docs/protocol.md 5.4, 7.2). Written by paths/wl-health.c; the times of
 * Alives and datagrams by wl_peer_alive_received() and wl_peer_heard(). */
typedef struct {
    gboolean healthy, alive;
    gboolean lost; /* it was present and does not answer any more, and is used by no direct path.
                      Written by facts/wl-claim-rivals.c */
    gboolean authoritative;
    gint64 alive_since; /* continuously healthy and alive since then; WL_NEVER: not now */
    gint64 alive_until; /* by its Alives */
    gint64 last_alive;  /* -1: none */
    gint64 last_heard;  /* a datagram or an echo reply */
} WlPeerLiveness;

/** The boot id of the peer, from its Alives. Written by exchange/wl-receive.c. */
typedef struct {
    gboolean known;
    gboolean native; /* as it shows */
    WlBootId id;
} WlPeerBoot;

/** Limits on received datagrams. Written by exchange/wl-receive.c. */
typedef struct {
    WlRateLimit datagrams;
    WlRateLimit alive_replies;
    gint64 full_logged;            /* when its limit of facts was last logged */
    WlFairShare tried;             /* initiations at its word about other members */
    WlFairShare lookups;           /* neighbors resolved at its word */
    WlRateLimit lookup_rate;       /* of these, without regard to others */
    guint tried_in_vain;           /* of these, since the last one that led to a session */
    gint64 tried_last;             /* the last one */
    WlRateLimit snapshots;         /* read because of its datagrams while there is a session */
    WlRateLimit own_endpoints;     /* new ones */
    WlRateLimit new_facts;         /* accepted ones that were not held */
    WlRateLimit short_lives;       /* of these, those that end soon */
    WlRateLimit restarts;          /* that count for its path */
    guint64 nonces[WL_MAX_NONCES]; /* beginnings of the last ones; 0: none */
    guint next_nonce;
} WlPeerReceive;

/** Advertising every fact again. Written by exchange/wl-resync.c. */
typedef struct {
    gint64 last;
    gint64 due; /* WL_NEVER: not */
    WlRateLimit rate;
} WlPeerResync;

/** What is advertised to the peer (docs/engine.md "Advertising"). Written by
 * exchange/wl-advertise.c; `partial` and `position` by wl-due-facts.c. */
typedef struct {
    gboolean force_alive;   /* an Alive is sent in this turn */
    gboolean request_alive; /* that Alive requests one in return */
    gint64 alive_expires;   /* until when the peer knows our Alive; 0: it does not */
    gint64 alive_sent, alive_sent_before;
    gint64 facts_sent;
    gint64 retry;     /* nothing is sent before this time, since the last datagram failed */
    gboolean partial; /* the send window was full */
    guint64 position; /* in the change log: the last change considered for the peer */
} WlPeerAdvertise;

/** The place of the peer among the subscribers. Written by state/wl-subscribers.c and
 * exchange/wl-subscription.c. */
typedef struct {
    guint index; /* from 1; 0: not a subscriber */
    WlTimerEntry alive_due;
} WlPeerSubscription;

/** Datagrams of facts without ack. Written by exchange/wl-acks.c. */
typedef struct {
    WlSendWindow *window; /* NULL: nothing is in flight */
    guint earned;         /* datagrams that may be in flight, in addition to the first ones */
    guint counted;        /* of those in flight, counted for all peers ... */
    gboolean counted_go;  /* ... of Go daemons */
    WlRateLimit resends;  /* of datagrams that may be lost */
    WlRateLimit at_once;  /* acks that wait for no other datagram */
} WlPeerAcks;

/** The endpoints of the peer. */
typedef struct {
    GArray *candidates;   /* of WlCandidate. Written by paths/wl-candidates-gather.c; the history of
                             each by the files of paths/ that try it */
    WlEndpoint inside[2]; /* of each family: the last one logged as inside the tunnel. Written by
                             paths/wl-candidates-gather.c */
    gint64 refused_logged; /* when an address of a name was last logged as not tried. Likewise */
    GPtrArray *dns_names;  /* of WlEndpointDns, owned. Written by paths/wl-endpoint-dns.c */
    WlEndpoint worked;     /* the last one with a session. Written by paths/wl-health.c, restored by
                              facts/wl-state-cache.c, dropped by paths/wl-endpoint-forget.c */
    gint64 worked_until;   /* until when that one is tried first */
    GArray *history;       /* of WlPastEndpoint. Written by state/wl-peer.c */
} WlPeerEndpoints;

/** Overlay traffic. Written by paths/wl-traffic.c. */
typedef struct {
    gboolean on_demand;     /* tried when there is overlay traffic for it */
    gboolean watched;       /* its overlay traffic is watched, because it could use another path */
    gboolean named;         /* likewise, because its name could have another address */
    gint64 flow_until;      /* the peer is assumed to have overlay traffic until then */
    gint64 rx_seen;         /* as rx_time of the device, or earlier if that snapshot came late */
    guint64 own_rx, own_tx; /* bytes of facts and echoes since the last snapshot */
} WlPeerTraffic;

/** What must be computed again. Set by state/wl-engine-marks.c, cleared by the file that computes
 * it. */
typedef struct {
    gboolean candidates;  /* paths/wl-candidates-gather.c */
    gboolean local_facts; /* facts/wl-local-facts.c */
    gboolean name;        /* facts/wl-display-names.c */
} WlPeerDirty;

/** The names of the peer. Written by facts/wl-display-names.c. */
typedef struct {
    WlMetadata *metadata; /* best learned; owned */
    char *learned;        /* display name without suffix; NULL: none */
    char *folded;         /* under which its name is counted; NULL: none */
    char *shown;          /* NULL until first published */
    guint serial;         /* of `shown` */
} WlPeerNames;

/** What was last published, in a form that is cheap to compare. All bytes are compared: keep it
 * zeroed. */
typedef struct {
    WlEndpoint endpoint, last_tried;
    WlKey via; /* if not has_via, the router whose word is awaited */
    guint32 state, reason, candidates, unresolved, allowed_serial, name_serial;
    gint32 trust;
    guint8 basic, has_via;
} WlPublished;

/** The published state of the peer. Written by view/wl-peer-status.c. */
typedef struct {
    gboolean is_published;
    WlPublished published;
    WlReason *reason;      /* NULL until first published; owned */
    WlFairShare log_share; /* lines about the peer, from anywhere. Written by wl_engine_log() */
} WlPeerStatus;

typedef struct _WlPeer WlPeer;

/** A router of the set, or a leaf as its routers see it (docs/engine.md "Several routers"). Written
 * by paths/wl-failover.c and paths/wl-attachment.c. */
typedef struct {
    gboolean lost;               /* a router that does not answer */
    gboolean judged;             /* a fellow: WL_ROUTER_ALONE is over */
    gint64 fine_since;           /* a router that does; WL_NEVER: it does not */
    gint64 watched_since, asked; /* questions to it */
    guint unanswered;            /* since it was heard */
    gint64 announce_due;         /* of the choice to it, or of the leaf to fellows; WL_NEVER */
    guint announcements;         /* so far */
    gboolean sent_facts;         /* the leaf did, since the last turn */
    gboolean here;               /* this router is the one for the leaf, as far as is known */
    gint64 call_due;             /* of the call to come, which is repeated; WL_NEVER: none */
    guint calls;                 /* so far */
    gboolean said;               /* the leaf named its router in this session */
    gboolean attached;           /* the router of the leaf is known */
    guint32 epoch;               /* of that */
    WlKey at;                    /* the router */
    WlPeer *holder;              /* the fellow that holds the leaf; NULL: nobody or this router */
    guint32 answered;            /* bit of each fellow that knows it */
    gint64 claim_due, claimed_next; /* see WL_ROUTER_CLAIM */
} WlPeerFailover;

/** A member other than the own one, configured or learned. Each part is written by the files that
 * its type names; other files read it and call functions of the writer. */
struct _WlPeer {
    WlKey key;
    WlIp link_local;
    guint slot;                 /* index for WlKnowledge */
    const WlPeerConfig *config; /* NULL: learned. Written by wl_peer_set_config(), as `router` */
    gboolean router;            /* by the profile */
    gboolean basic;             /* by the profile, or by the metadata of facts/wl-display-names.c */

    WlPeerTurn turn;
    WlPeerDirty dirty;
    WlPeerMembership membership;
    WlPeerPrefixes prefixes;
    WlPeerNames names;

    WlPeerDevice device;
    WlPeerReconcile reconcile;
    WlPeerTraffic traffic;
    WlPeerLiveness liveness;
    WlPeerEndpoints endpoints;
    WlConnect connect;
    WlRoaming roaming;
    WlOuterEndpoint outer;
    WlPeerPath path;
    WlPeerSilence silence;
    WlPeerFailover failover;
    WlHeldBack held_back;

    WlPeerBoot boot;
    WlPeerReceive receive;
    WlPeerResync resync;
    WlPeerAdvertise advertise;
    WlPeerSubscription subscription;
    WlPeerAcks acks;

    WlPeerStatus status;
};

WlPeer *wl_peer_new(const WlKey *key, const WlPeerConfig *config, guint slot);
void wl_peer_free(WlPeer *self);

/** docs/protocol.md 7.3: it may have its allowed IPs. */
gboolean wl_peer_is_ready(const WlPeer *self, gint64 now);
WlTrust wl_peer_get_configured_trust(const WlPeer *self);
/** TRUE for a member whose word about where others are counts most: a router of the profile, or one
 * that the profile trusts with Membership. */
gboolean wl_peer_is_observer(const WlPeer *self);
/** TRUE if the peer has allowed IPs, whether it may use them now or not. */
gboolean wl_peer_owns_prefix(const WlPeer *self);
/** Replaces the entry of the profile; @config may be NULL. Names that stay keep their addresses. */
void wl_peer_set_config(WlPeer *self, const WlPeerConfig *config);
/** Returns the name, or the beginning of the key. The caller frees it. */
char *wl_peer_dup_label(const WlPeer *self);
/** Stops connecting. */
void wl_peer_reset_connect(WlPeer *self);

/* Requests to paths/ and exchange/ that other rooms may make. Each takes effect when the steps of
 * the peer run; none schedules it. */

/** Connecting begins again with a first round: there is a new candidate or uplink. */
void wl_connect_restart(WlPeer *peer);
/** The same because of an endpoint of @source, except for SOURCE_PROFILE limited like the
 * initiations to one address. The word of a router does not spend what the peer may, nor the other
 * way round. Third parties begin no round: their endpoint is tried between two of them. */
gboolean wl_connect_restart_heard(WlPeer *peer, WlCandidateSource source, gint64 now);
/** Overlay traffic is waiting for the peer: it is tried in this turn, and asked through the router
 * to try this member as well. */
void wl_connect_demand(WlPeer *peer, gint64 now);
/** The peer asks to be tried now, because it tries this member. */
void wl_connect_asked(WlPeer *peer);
/** A packet was sent, so WireGuard initiates by itself. */
void wl_connect_packet_sent(WlPeer *peer);
/** The peer of the device is new: WireGuard has nothing to send yet. */
void wl_connect_recreated(WlPeer *peer);
/** The profile dropped an endpoint, which is removed from the device unless there is a session. */
void wl_connect_endpoint_dropped(WlPeer *peer);
/** The current endpoint may not work any more: it is checked, and other candidates are tried. */
void wl_roaming_suspect(WlPeer *peer);
/** A router began to advertise @endpoint: the peer may have moved there. */
void wl_roaming_router_sees(WlPeer *peer, const WlEndpoint *endpoint);
/** The same by a third party, while there is no router. */
gboolean wl_roaming_third_party_sees(WlPeer *peer, gint64 now);
/** A change that the link refused is tried again in this turn, for instance because another peer
 * gets prefixes of this one. */
void wl_reconcile_retry_now(WlPeer *peer);
/** The direct path is checked for silence from @now on for WL_PATH_CHECK, also without traffic. */
void wl_path_request_check(WlPeer *peer, gint64 now);
/** The same at once, because the path has most likely failed: it is left as soon as it does not
 * answer. A check that is under way goes on. */
void wl_path_request_urgent_check(WlPeer *peer, gint64 now);
/** Another uplink, or the peer started anew: what was learned about the direct path means nothing
 * any more, and it is probed at once. */
void wl_path_start_over(WlPeer *peer, gint64 now);
/** The peer sent facts: as a leaf it does that to its own router alone. */
void wl_peer_note_facts(WlPeer *peer);
/** Facts that the peer was not sent may concern it now. */
void wl_peer_reconsider_facts(WlPeer *peer);
/** An Alive is sent in this turn. */
void wl_peer_force_alive(WlPeer *peer);
/** An Alive is sent in this turn; of a native peer it requests one in return (docs/protocol.md 17).
 */
void wl_peer_request_alive(WlPeer *peer);
/** The same for a peer whose boot id is unknown, but which is native: it sent an extension fact. */
void wl_peer_request_introduction(WlPeer *peer);
/** The peer does not know the own Alive any more. */
void wl_peer_forget_own_alive(WlPeer *peer);

/* Notes for paths/ that other rooms may make. */

/** Something authenticated came from the peer at @now: a datagram or an echo reply. */
void wl_peer_heard(WlPeer *peer, gint64 now);
/** An Alive of the peer came that is valid until @expires. @restarted: with another boot id. */
void wl_peer_alive_received(WlPeer *peer, gint64 now, gint64 expires, gboolean restarted);
/** Bytes of facts and echoes, which are no overlay traffic, as the device counts them. */
void wl_peer_add_own_rx(WlPeer *peer, guint64 bytes);
void wl_peer_add_own_tx(WlPeer *peer, guint64 bytes);
/** There was a session at @endpoint at @seen; it is tried first until @until. */
void wl_peer_set_worked(WlPeer *peer, const WlEndpoint *endpoint, gint64 seen, gint64 until);
/** FALSE: there was no session at @endpoint. */
gboolean wl_peer_forget_worked(WlPeer *peer, const WlEndpoint *endpoint);
