/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-send-window.h"
#include "state/wl-timing.h"
#include "wl-engine-config.h"
#include "wl-rate-limit.h"
#include "wl-reason.h"
#include "wl-timer-queue.h"

/** The steps of a turn that a peer may need the time for, in their order. */
typedef enum {
    WL_STEP_INPUT, /* none of them */
    WL_STEP_HEALTH,
    WL_STEP_TRY,
    WL_STEP_PLAN,
    WL_STEP_SEND,
    WL_STEP_VIEW,
    WL_STEP_N,
} WlStep;

typedef enum {
    WL_ATTEMPT_IDLE,
    WL_ATTEMPT_SLOT,  /* an address is being tried */
    WL_ATTEMPT_ASK,   /* whether neighbours have addresses of it is not known yet */
    WL_ATTEMPT_WAIT,  /* the next address may not be tried yet */
    WL_ATTEMPT_PAUSE, /* between two rounds */
} WlAttemptPhase;

/** Trying to get a session (docs/engine.md "Connect"). */
typedef struct {
    WlAttemptPhase phase;
    gboolean restart; /* a new address or uplink: begin with a first round */
    gboolean fewer;   /* the profile took addresses away: the link may still have one of them */
    guint round;      /* since the restart */
    guint serial;     /* of the round, never repeated */
    gint64 due;       /* of the next step */
    gint64 backoff;
    gint64 look[3];     /* snapshots still wanted in this slot; WL_NEVER: none */
    gboolean initiated; /* something was sent since the peer was last (re-)created */
    gint64 tried;       /* the last try */
    gint64 woken;       /* when it was last tried because there is traffic for it */
    gint64 far_tried;   /* the last of an address that is not on a network of ours */
    guint64 rx;         /* before the try */
    gboolean crossed;   /* something came in this slot, but no session */
    WlEndpoint last;    /* address tried last */
} WlAttempt;

typedef enum {
    WL_MOVE_NONE,
    WL_MOVE_CHECK, /* is the present path silent? */
    WL_MOVE_TRY,   /* another address inside the live session */
} WlMovePhase;

/** Looking for a working address without giving up a live session. */
typedef struct {
    WlMovePhase phase;
    gboolean hint;   /* there is a reason to look */
    gboolean better; /* trying an address that is better than one that works */
    WlEndpoint target;
    gboolean answered; /* something came by it */
    guint pushes;      /* so often it was set */
    WlRateLimit hints;
    guint serial;
    gint64 started;
    gint64 due;
    gint64 backoff;
    gint64 retry; /* after a move that found nothing; WL_NEVER: none */
    gboolean has_baseline;
    guint64 baseline; /* rx when the present address was set */
    WlEndpoint original;
} WlMove;

/** Which way the two of a pair of ours take, and what is known of the direct one (wl-way.c). */
typedef struct {
    guint32 epoch;
    gboolean live; /* there is a session */
    gboolean direct;
    gboolean told; /* the other is known to follow this epoch */
    guint tries;   /* to tell it */
    gint64 send_due;
    guint16 question;  /* the last one asked; 0: none yet */
    guint16 left_with; /* the last one asked before the direct way was left */
    guint16 owed;      /* the other's, to be answered in this turn */
    gboolean reply;    /* something is to be said in this turn */
    guint unanswered;  /* questions since the last sign of life */
    gint64 asked, ask_due, ask_backoff;
    gint64 answered;    /* when a question last came back: both directions work */
    gint64 left;        /* when the direct way was last left */
    gint64 returned;    /* when it was last taken */
    gint64 hold;        /* after leaving, before it is taken again */
    gint64 watching;    /* since when it is looked at; WL_NEVER: it is not */
    gint64 watched_to;  /* when that ends, as of the last look */
    gint64 check_until; /* looked at until then, with or without traffic */
    WlRateLimit replies;
} WlPair;

/** Waiting until a Go daemon takes the direct way (wl-way-others.c). */
typedef struct _WlApproach WlApproach;

/** Echoes to the link-local address: of members that answer no questions of ours. */
typedef struct {
    guint16 sequence; /* of the last one */
    gboolean answers; /* one was answered in this session: silence says something */
    gint64 sent, answered;
    gint64 session; /* when the session began */
    gint64 doubted; /* since when it seems to be gone; WL_LONG_AGO: it does not */
} WlEcho;

/** One name of the profile being resolved. */
typedef struct {
    char *name;
    GArray *addresses; /* of WlEndpoint */
    gint64 due;
    gint64 backoff;
    gboolean outstanding;
} WlLookup;

/** What is shown of a peer, in a form that is cheap to compare. All bytes are compared: keep it
 * zeroed. */
typedef struct {
    WlEndpoint endpoint, last_tried;
    WlKey via;
    guint32 state, why, candidates, unresolved, allowed_serial, name_serial;
    gint32 trust;
    guint8 basic, has_via;
} WlPublished;

/** A configured or learned member other than ourselves. */
typedef struct {
    WlKey key;
    WlIp link_local;
    guint slot;                 /* index for WlKnowledge */
    const WlPeerConfig *config; /* NULL: learned */
    gboolean router;            /* by the profile */
    gboolean refused_logged;
    WlTrust trust;
    WlTrustSource trust_source;

    /* The turn */
    gboolean scheduled, running, served,
        awaits_snapshot;       /* whether it is in these lists of the engine */
    gint64 wake_at[WL_STEP_N]; /* when each step must run again; WL_NEVER */
    WlTimerEntry timer;        /* the first of them */

    /* Allowed IPs: of WlPrefix, sorted */
    GArray *static_ips;  /* configured, not inside another peer's: never withdrawn */
    GArray *direct_ips;  /* configured, inside a router's: only when direct */
    GArray *learned_ips; /* accepted from facts */
    GArray *hosts;       /* where it is reached, as full-length prefixes: no fact may claim them */

    /* The device, as last seen or as we changed it since */
    gboolean in_device;
    GArray *device_allowed; /* of WlPrefix, sorted, the link-local one left out */
    gboolean device_link_local;
    WlEndpoint endpoint;
    gint64 handshake; /* engine time, -1: none */
    guint64 rx, tx;
    gint64 snapshot; /* time of the last; WL_LONG_AGO: none */
    gint64 rx_time;  /* when rx was last seen to have grown */
    gint64 rx_seen;  /* the same, or before it where that was found out late */
    gint64 change_retry, change_backoff;

    /* Liveness (docs/protocol.md 5.4, 7.2) */
    gboolean healthy, alive, direct;
    gboolean authoritative; /* healthy enough */
    gboolean orphaned;      /* nobody calls it a member any more */
    gint64 alive_until, alive_since, last_alive, last_heard;
    gboolean has_boot_id, native;
    WlBootId boot_id;
    gint64 resynced;   /* when we last forgot what it knows */
    gint64 resync_due; /* WL_NEVER: nothing to forget */
    WlRateLimit datagrams;
    guint64 nonces[WL_MAX_NONCES]; /* beginnings of those that came last; 0: none */
    guint next_nonce;

    /* Getting to it */
    GArray *candidates; /* of WlCandidate */
    gboolean candidates_dirty, local_dirty, name_dirty;
    WlEndpoint worked;
    gint64 worked_until;
    WlEndpoint inside[2]; /* of each family: last said not to be tried, for it is in the tunnel */
    WlAttempt attempt;
    WlMove move;
    WlPair pair;
    WlApproach *approach; /* NULL: none */
    WlEcho echo;
    gboolean sleeps;        /* it is tried when there is traffic for it */
    gboolean watched;       /* its overlay traffic is: it could take another way */
    gint64 flow_until;      /* it is taken to have overlay traffic until then */
    guint64 own_rx, own_tx; /* bytes of facts since the last snapshot */
    GPtrArray *lookups;     /* of WlLookup, owned */

    /* What this turn wants of the device */
    gboolean want_recreate, want_endpoint;
    gboolean want_settings; /* another preshared key or keepalive */
    WlEndpoint wanted;      /* with want_recreate: family NONE takes it away */
    gboolean force_ping;
    gboolean ask; /* with an Alive that wants an answer */

    /* Sending */
    gint64 alive_expires; /* when our Alive runs out there; 0: not known there */
    gint64 alive_sent, alive_sent_before;
    WlRateLimit answers;
    gint64 facts_sent, send_retry;
    gboolean partial;     /* of what it is to be told, for want of room */
    WlSendWindow *window; /* NULL: there is nothing to remember */
    WlRateLimit resends;  /* of what may not have come */
    guint64 advertised;   /* the last change of a fact that it has been looked at for */
    guint subscriber;     /* place in the engine's list, from 1; 0: not in it */
    WlTimerEntry alive_deadline;

    /* Shown */
    WlMetadata *metadata; /* best learned; owned */
    char *learned_name;   /* display name without suffix; NULL: none */
    char *folded;         /* under which its name is counted; NULL: none */
    char *name;           /* NULL until first shown */
    WlReason *reason;     /* the same */
    gboolean basic;
    guint name_serial, allowed_serial;
    WlPublished published;
    gboolean is_published;
} WlPeer;

WlPeer *wl_peer_new(const WlKey *key, const WlPeerConfig *config, guint slot);
void wl_peer_free(WlPeer *self);

/** docs/protocol.md 7.2: an endpoint and a handshake younger than 165.334 s. */
gboolean wl_peer_is_live(const WlPeer *self, gint64 now);
/** docs/protocol.md 7.3: it may carry allowed IPs. */
gboolean wl_peer_is_ready(const WlPeer *self, gint64 now);
/** docs/protocol.md 6.4: what it no longer says is really gone. */
gboolean wl_peer_is_authoritative(const WlPeer *self, gint64 now);
WlTrust wl_peer_get_configured_trust(const WlPeer *self);
/** Another @config, which may be NULL, takes the place of the one before; names that stay keep what
 * they led to. */
void wl_peer_set_config(WlPeer *self, const WlPeerConfig *config);
/** Its name, or the beginning of its key. */
char *wl_peer_dup_label(const WlPeer *self);
/** Stops trying. */
void wl_peer_reset_attempt(WlPeer *self);
