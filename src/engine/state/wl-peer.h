/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-send-window.h"
#include "state/wl-timing.h"
#include "wl-engine-config.h"
#include "wl-rate-limit.h"
#include "wl-reason.h"
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

/** Establishing a session (docs/engine.md "Connect"). Written by paths/wl-connect.c; `demanded` and
 * `due` also by wl-traffic.c, `initiated` also by wl-reconcile.c and exchange/wl-advertise.c. Other
 * files call wl_connect_restart() and wl_connect_endpoint_dropped(). */
typedef struct {
    WlConnectPhase phase;
    gboolean restart;          /* a new candidate or uplink: begin with a first round */
    gboolean endpoint_dropped; /* the profile dropped an endpoint: the device may still have it */
    guint round;               /* since the restart */
    guint serial;              /* of the round, never repeated */
    gint64 due;                /* of the next step */
    gint64 backoff;
    gint64 poll[3];        /* snapshots pending in this slot; WL_NEVER: none */
    gboolean initiated;    /* a packet was sent since the peer was last (re)created */
    gint64 tried;          /* the last try */
    gint64 demanded;       /* the last try that overlay traffic caused */
    gint64 off_link_tried; /* the last try of a candidate that is not on-link */
    guint holds;           /* times that a handshake of the peer put the next try off */
    gboolean crossed;      /* packets arrived in this slot, but no session */
    WlEndpoint last;       /* endpoint tried last */
} WlConnect;

typedef enum {
    WL_ROAMING_NONE,
    WL_ROAMING_CHECK, /* is the current endpoint silent? */
    WL_ROAMING_TRY,   /* another candidate inside the live session */
} WlRoamingPhase;

/** Trying other endpoints inside a live session (docs/engine.md "Roaming"). Written by
 * paths/wl-roaming.c; `original` also by wl-health.c, which sees the peer roam. Other files call
 * wl_roaming_suspect(). */
typedef struct {
    WlRoamingPhase phase;
    gboolean suspect;         /* there is a reason to doubt the current endpoint */
    gboolean upgrading;       /* trying an on-link candidate while the current endpoint works */
    WlEndpoint target;        /* of the upgrade */
    gboolean target_answered; /* packets arrived from the target */
    guint reasserts;          /* times that the target was set */
    WlRateLimit suspect_rate; /* of suspicions caused by relayed endpoints */
    guint serial;             /* of the check or upgrade, never repeated */
    gint64 started;
    gint64 due;
    gint64 backoff;
    gint64 retry; /* after all candidates were silent; WL_NEVER: none */
    gboolean has_baseline;
    guint64 baseline; /* rx when the current endpoint was set */
    WlEndpoint original;
} WlRoaming;

/** The path agreement of two native members (docs/protocol.md 15). Written by paths/wl-path.c;
 * `promoted` and `fell_back` also by wl-path-go.c, `check_until` by wl_path_request_check(). */
typedef struct {
    guint32 epoch;
    gboolean live; /* there is a session */
    gboolean direct;
    gboolean acked;      /* the peer is known to follow this epoch */
    guint announcements; /* of this epoch, since it was last acked */
    gint64 announce_due;
    guint16 probe;           /* the last one sent; 0: none yet */
    guint16 fell_back_probe; /* the last one sent before falling back */
    guint16 pending_ack;     /* the peer's probe, to be acked in this turn; 0: none */
    gboolean send_pending;   /* a message is to be sent in this turn */
    guint unacked;           /* probes since the last sign of life */
    gint64 last_probe, probe_due, probe_backoff;
    gint64 last_ack; /* of a probe: both directions work */
    gint64 fell_back;
    gint64 promoted;
    gint64 hold_down;     /* after falling back, before promoting again */
    gint64 watched_since; /* the path is checked for silence; WL_NEVER: it is not */
    gint64 watched_until; /* as of the last check */
    gint64 check_until;   /* checked until then, with or without traffic */
    WlRateLimit send_rate;
} WlPathState;

/** The inference of the path of one Go member. Owned by paths/wl-path-go.c. */
typedef struct _WlPeerInference WlPeerInference;

/** ICMP echoes to the link-local address, for members without path probes. Written by
 * paths/wl-peer-echo.c; `suspected_since` by wl-path-liveness.c, `session_since` by wl-health.c,
 * and `responds` also by wl-path.c. */
typedef struct {
    guint16 sequence;  /* of the last request */
    gboolean responds; /* a reply came in this session, so that silence is significant */
    gint64 sent, last_reply;
    gint64 session_since;
    gint64 suspected_since; /* it seems to be unreachable; WL_LONG_AGO: it does not */
} WlEcho;

/** One name of the profile. Owned by the peer, written by paths/wl-endpoint-dns.c. */
typedef struct {
    char *name;        /* "host:port" */
    GArray *addresses; /* of WlEndpoint: the last result */
    gint64 due;        /* of the next request */
    gint64 backoff;
    gboolean outstanding;
    gboolean unresolved; /* the last request failed, which was logged */
} WlEndpointDns;

/** What was last published, in a form that is cheap to compare. All bytes are compared: keep it
 * zeroed. */
typedef struct {
    WlEndpoint endpoint, last_tried;
    WlKey via;
    guint32 state, why, candidates, unresolved, allowed_serial, name_serial;
    gint32 trust;
    guint8 basic, has_via;
} WlPublished;

/** A member other than the own one, configured or learned. */
typedef struct {
    WlKey key;
    WlIp link_local;
    guint slot;                 /* index for WlKnowledge */
    const WlPeerConfig *config; /* NULL: learned */
    gboolean router;            /* by the profile */
    gboolean refused_logged;
    WlTrust trust;
    WlTrustSource trust_source;

    /* Turn; written by state/wl-scheduler.c and wl-engine-turn.c */
    gboolean scheduled, running, served, awaits_snapshot; /* in which lists it is */
    gint64 wake_at[WL_STEP_N];                            /* of each step; WL_NEVER */
    WlTimerEntry timer;                                   /* the first of them */

    /* Allowed IPs: of WlPrefix, sorted */
    GArray *static_ips;  /* configured, not inside another peer's: never withdrawn */
    GArray *direct_ips;  /* configured, inside a router's: only on the direct path */
    GArray *learned_ips; /* accepted from facts */
    GArray *hosts;       /* its endpoints as full-length prefixes, which no fact may claim */

    /* Device, as last read or as changed since; written by paths/wl-health.c and wl-reconcile.c */
    gboolean in_device;
    GArray *device_allowed; /* of WlPrefix, sorted, without the link-local one */
    gboolean device_link_local;
    WlEndpoint endpoint;
    gint64 handshake; /* -1: none */
    guint64 rx, tx;
    gint64 snapshot; /* the last one; WL_LONG_AGO: none */
    gint64 rx_time;  /* the last snapshot in which rx had grown */
    gint64 rx_seen;  /* the same, or earlier if that snapshot came late */
    gint64 change_retry, change_backoff;

    /* Liveness (docs/protocol.md 5.4, 7.2); written by paths/wl-health.c and exchange/wl-receive.c
     */
    gboolean healthy, alive, direct;
    gboolean authoritative;
    gboolean orphaned;
    gint64 alive_until, alive_since, last_alive, last_heard;
    gboolean has_boot_id, native;
    WlBootId boot_id;
    gint64 resynced;
    gint64 resync_due; /* WL_NEVER: none */
    WlRateLimit datagrams;
    guint64 nonces[WL_MAX_NONCES]; /* beginnings of the last ones; 0: none */
    guint next_nonce;

    /* Paths; written by paths/ */
    GArray *candidates; /* of WlCandidate */
    gboolean candidates_dirty, local_dirty, name_dirty;
    WlEndpoint worked;
    gint64 worked_until;
    WlEndpoint inside[2]; /* of each family: the last one logged as inside the tunnel */
    WlConnect connect;
    WlRoaming roaming;
    WlPathState path;
    WlPeerInference *inference; /* NULL: none */
    WlEcho echo;
    gboolean on_demand;     /* tried when there is overlay traffic for it */
    gboolean watched;       /* its overlay traffic is watched: it could take another path */
    gint64 flow_until;      /* it is taken to have overlay traffic until then */
    guint64 own_rx, own_tx; /* bytes of facts and echoes since the last snapshot */
    GPtrArray *dns_names;   /* of WlEndpointDns, owned */

    /* Requests to reconcile and to advertise in this turn */
    gboolean want_recreate, want_endpoint;
    gboolean want_settings; /* another preshared key or keepalive */
    WlEndpoint wanted;      /* with want_recreate: family NONE removes it */
    gboolean force_alive;   /* an Alive is sent in this turn */
    gboolean request_alive; /* that Alive requests one in return */

    /* Sending; written by exchange/ */
    gint64 alive_expires; /* until when the peer knows our Alive; 0: it does not */
    gint64 alive_sent, alive_sent_before;
    WlRateLimit alive_replies;
    gint64 facts_sent, send_retry;
    gboolean partial;     /* the send window was full */
    WlSendWindow *window; /* NULL: nothing is in flight */
    WlRateLimit resends;  /* of what may be lost */
    guint64 advertised;   /* in the change log: the last change considered for it */
    guint subscriber;     /* index among the subscribers, from 1; 0: none */
    WlTimerEntry alive_deadline;

    /* Published; written by facts/wl-display-names.c and view/wl-peer-status.c */
    WlMetadata *metadata; /* best learned; owned */
    char *learned_name;   /* display name without suffix; NULL: none */
    char *folded;         /* under which its name is counted; NULL: none */
    char *name;           /* NULL until first published */
    WlReason *reason;     /* the same */
    gboolean basic;
    guint name_serial, allowed_serial;
    WlPublished published;
    gboolean is_published;
} WlPeer;

WlPeer *wl_peer_new(const WlKey *key, const WlPeerConfig *config, guint slot);
void wl_peer_free(WlPeer *self);

/** docs/protocol.md 7.3: it may have its allowed IPs. */
gboolean wl_peer_is_ready(const WlPeer *self, gint64 now);
WlTrust wl_peer_get_configured_trust(const WlPeer *self);
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
/** The profile dropped an endpoint, which is removed from the device unless there is a session. */
void wl_connect_endpoint_dropped(WlPeer *peer);
/** The current endpoint may not work any more: it is checked, and other candidates are tried. */
void wl_roaming_suspect(WlPeer *peer);
/** The direct path is checked for silence from @now on for WL_PATH_CHECK, also without traffic. */
void wl_path_request_check(WlPeer *peer, gint64 now);
/** An Alive is sent in this turn. */
void wl_peer_force_alive(WlPeer *peer);
/** An Alive is sent in this turn that requests one in return (docs/protocol.md 17). */
void wl_peer_request_alive(WlPeer *peer);
