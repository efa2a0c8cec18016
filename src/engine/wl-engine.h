/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "wl-fact.h"
#include "wl-reason.h"
#include "wl-signer.h"
#include "wl-trust.h"
#include "wl-verdict.h"

/**
 * The protocol and every decision, as a pure machine: inputs are calls, effects are a list of
 * outputs, time and random bytes come from outside. Two engines given the same inputs do the same
 * things.
 *
 * All times are microseconds of CLOCK_BOOTTIME (any monotonic origin will do) and never go back.
 * After every input the caller takes the outputs (in order) and asks for the next deadline.
 */
typedef struct _WlEngine WlEngine;

#define WL_ENGINE_ERROR (wl_engine_error_quark())
typedef enum {
    WL_ENGINE_ERROR_KEY,       /* a key that cannot be used */
    WL_ENGINE_ERROR_DUPLICATE, /* two peers with one key or one link-local address */
    WL_ENGINE_ERROR_UNKNOWN,   /* no such peer, or no such address of it */
    WL_ENGINE_ERROR_PROFILE,   /* the profile says so, and only the profile can take it back */
    WL_ENGINE_ERROR_MEMORY,    /* what was stored cannot be read */
} WlEngineError;
GQuark wl_engine_error_quark(void);

typedef enum {
    WL_ROLE_AUTOMATIC, /* router while no peer is one (docs/protocol.md 6.5) */
    WL_ROLE_LEAF,
    WL_ROLE_ROUTER,
} WlRole;

/** A peer as the profile names it. */
typedef struct {
    WlKey public_key;
    char *name;           /* NULL: none */
    GPtrArray *endpoints; /* of char*: "host:port", literal or to be resolved */
    GArray *allowed_ips;  /* of WlPrefix, masked */
    WlTrust trust;        /* WL_TRUST_UNSET: none */
    gboolean basic;       /* runs WireGuard only */
    gboolean fact_exchanger;
    gboolean has_preshared_key;
    WlKey preshared_key;
    guint16 keepalive; /* s; 0: off */
} WlPeerConfig;

typedef struct {
    WlKey private_key;
    guint16 listen_port; /* of WireGuard; announced with our addresses */
    WlRole role;
    gboolean chatty;
    char *name;        /* own, NULL: none */
    GArray *addresses; /* of WlPrefix: own tunnel addresses, host bits kept */
    GArray *networks;  /* of WlPrefix: what facts may claim; empty: subnets of `addresses` */
    GPtrArray *peers;  /* of WlPeerConfig, owned; an entry for the own key sets own name, trust,
                          allowed IPs */
} WlEngineConfig;

WlPeerConfig *wl_peer_config_new(const WlKey *public_key);
void wl_peer_config_free(WlPeerConfig *config); /* wipes */
WlEngineConfig *wl_engine_config_new(void);
void wl_engine_config_free(WlEngineConfig *config); /* wipes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPeerConfig, wl_peer_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngineConfig, wl_engine_config_free)

/** An address of this machine, other than those of our link. */
typedef struct {
    WlPrefix address; /* host bits kept */
    char ifname[16];
    guint32 ifindex;
    gboolean announce; /* of a real uplink, neither tentative nor deprecated nor temporary */
} WlLocalAddress;

/* ---- outputs ------------------------------------------------------------------------------- */

typedef enum {
    WL_OUTPUT_SEND,          /* key, destination, bytes */
    WL_OUTPUT_CHANGE_PEER,   /* change */
    WL_OUTPUT_WANT_SNAPSHOT, /* read the device now and call wl_engine_snapshot() */
    WL_OUTPUT_RESOLVE,       /* name: "host:port"; answer with wl_engine_resolved() */
    WL_OUTPUT_ROUTES,        /* the result of wl_engine_dup_routes() changed */
    WL_OUTPUT_PEER_CHANGED,  /* key: something in its WlPeerView other than counters changed */
    WL_OUTPUT_PEER_GONE,     /* key: not a peer any more */
    WL_OUTPUT_PROBE,         /* key, probe: send one ICMP echo; wl_engine_probe_answered() */
    WL_OUTPUT_WATCH_TRAFFIC, /* prefixes: call wl_engine_traffic_began() once when a packet to one
                                of them, or if NULL any that is not link-local, goes through the
                                link; again only when asked again, which replaces what was asked
                                before */
    WL_OUTPUT_ASK_NEIGHBOUR, /* destination, ifindex: whether somebody has that address on the
                                network behind that interface; wl_engine_neighbour() */
    WL_OUTPUT_REMEMBER,      /* the result of wl_engine_dup_memory() is worth storing */
    WL_OUTPUT_LOG,           /* name: one sentence worth a line in the log */
} WlOutputKind;

/** An ICMP or ICMPv6 echo, by the family of its destination. Into the link, whose routes and
 * allowed IPs say which way it goes. */
typedef struct {
    WlIp source;      /* family NONE: our link-local address */
    WlIp destination; /* the peer's link-local address, one of its tunnel addresses, or the
                         link-local address of the router by which those are reached */
    guint16 sequence;
} WlProbe;

typedef struct {
    WlOutputKind kind;
    WlKey key;
    WlIp destination; /* link-local address of the peer; or the neighbour's */
    guint32 ifindex;
    GBytes *bytes;
    WlPeerChange *change;
    char *name;
    WlProbe probe;
    GArray *prefixes; /* of WlPrefix, or NULL */
} WlOutput;

void wl_output_free(WlOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlOutput, wl_output_free)

/* ---- life ---------------------------------------------------------------------------------- */

/**
 * @config is copied. The first turn emits one WL_PEER_ADD for each configured peer, so the link
 * must exist before the outputs are carried out. NULL with *error if the configuration contradicts
 * itself (the own key among others' duplicates, two peers with one link-local address, a key
 * without public key).
 */
WlEngine *wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                        gpointer user_data, GError **error);
/**
 * What the engine knew before it was last stopped: the result of wl_engine_dup_memory(), which may
 * be damaged or old. To be called right after wl_engine_new(). FALSE with *error, of one sentence,
 * if nothing of it can be used; then nothing is changed.
 */
gboolean wl_engine_recall(WlEngine *self, gint64 now, const char *memory, gsize length,
                          GError **error);
/** Learned members with their names, allowed IPs and addresses that worked, as text for
 * wl_engine_recall(); no secrets. To be freed with g_free(). */
char *wl_engine_dup_memory(const WlEngine *self);
void wl_engine_free(WlEngine *self); /* wipes all keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngine, wl_engine_free)

/* ---- inputs (each runs one turn) ----------------------------------------------------------- */

void wl_engine_time(WlEngine *self, gint64 now);
void wl_engine_snapshot(WlEngine *self, gint64 now, const WlDevice *device);
void wl_engine_datagram(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                        gsize length);
/** The whole list, whenever it changed. No address with `announce` and no default route: no uplink,
 * nothing is tried. */
void wl_engine_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses,
                               gsize n);
/** Answer to WL_OUTPUT_RESOLVE; @n = 0 if the name could not be resolved. */
void wl_engine_resolved(WlEngine *self, gint64 now, const char *name, const WlEndpoint *endpoints,
                        gsize n);
/** A WL_OUTPUT_CHANGE_PEER could not be carried out: the engine asks for a snapshot and tries
 * again. */
void wl_engine_change_failed(WlEngine *self, gint64 now, const WlKey *key);
/** A WL_OUTPUT_SEND failed for good (anything but "no endpoint", "unreachable", "no key"). */
void wl_engine_send_failed(WlEngine *self, gint64 now, const WlKey *key);
/** The echo of a WL_OUTPUT_PROBE with that sequence number came back. */
void wl_engine_probe_answered(WlEngine *self, gint64 now, const WlKey *key, guint16 sequence);
/** Answer to WL_OUTPUT_WATCH_TRAFFIC: a packet, for @destination (NULL: not known). */
void wl_engine_traffic_began(WlEngine *self, gint64 now, const WlIp *destination);
/** Answer to WL_OUTPUT_ASK_NEIGHBOUR, once for each, within 10 s; @reachable also where it cannot
 * be asked for: on links without neighbours. */
void wl_engine_neighbour(WlEngine *self, gint64 now, const WlIp *address, guint32 ifindex,
                         gboolean reachable);
/** The machine slept: sessions and NAT mappings may be gone, and others have forgotten us. */
void wl_engine_resumed(WlEngine *self, gint64 now);
typedef enum {
    WL_CONNECTIVITY_UNKNOWN, /* as good as full */
    WL_CONNECTIVITY_PORTAL,  /* peers without a live session are tried once a minute, LAN ones as
                                ever */
    WL_CONNECTIVITY_FULL,
} WlConnectivity;
/** What stands between this machine and the internet. */
void wl_engine_connectivity(WlEngine *self, gint64 now, WlConnectivity connectivity);
/** Gateways and DNS servers of this machine's uplinks: no fact may claim a prefix that has one. */
void wl_engine_local_servers(WlEngine *self, gint64 now, const WlIp *servers, gsize n);
/** Another default route or access point: a new uplink also where all addresses stay the same. */
void wl_engine_uplink_changed(WlEngine *self, gint64 now);
/**
 * The profile says something else than before: its peers, and the own name, role, networks and
 * `chatty`, are @config's from now on, and what was told is judged by that. Key, listen port and
 * addresses stay. Sessions of peers of which it says the same are not disturbed; a peer that is not
 * in it any more goes, unless somebody who is believed calls it a member. FALSE with *error if the
 * configuration contradicts itself; then nothing is changed.
 */
gboolean wl_engine_change_profile(WlEngine *self, gint64 now, const WlEngineConfig *config,
                                  GError **error);
/** The link was made anew and is empty: everything is added again and announced again. */
void wl_engine_link_recreated(WlEngine *self, gint64 now);
/** Sends and tries everything now (`Refresh` on D-Bus). FALSE: less than 5 s after the last time,
 * nothing is done. */
gboolean wl_engine_refresh(WlEngine *self, gint64 now);
/**
 * Forgets an address of a peer that others told or that worked before (`ForgetEndpoint` on D-Bus);
 * who still stands for it will tell it again. FALSE with *error, of one sentence, if there is no
 * such peer, no such address, or only the profile says so.
 */
gboolean wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key,
                                   const WlEndpoint *endpoint, GError **error);

/** The next output, to be freed by the caller; NULL when there is none. */
WlOutput *wl_engine_next_output(WlEngine *self);
/** When wl_engine_time() must be called at the latest; G_MAXINT64: never. */
gint64 wl_engine_get_deadline(const WlEngine *self);

/* ---- views --------------------------------------------------------------------------------- */

typedef enum {
    WL_PEER_OFFLINE,
    WL_PEER_CONNECTING,
    WL_PEER_ROUTED,
    WL_PEER_DIRECT,
    WL_PEER_DIRECT_LAN,
} WlPeerState;

/** "offline", "connecting", "routed", "direct", "direct-lan". */
const char *wl_peer_state_to_string(WlPeerState state);

/** What can be shown of a peer. Strings and arrays belong to the engine and last until its next
 * input. */
typedef struct {
    WlKey public_key;
    const char *name; /* display name: configured, else learned and made harmless, else "" */
    gboolean name_configured;
    WlPeerState state;
    const char *reason;  /* one sentence */
    const WlReason *why; /* what it is made of; NULL: it was not looked at yet */
    gboolean has_via;    /* routed: the router that carries it */
    WlKey via;
    WlEndpoint endpoint; /* family NONE: none */
    const GArray
        *allowed_ips; /* of WlPrefix: what the device has for it, without the link-local one */
    WlTrust trust;
    WlTrustSource trust_by;
    gboolean router;
    gboolean basic;
    gboolean configured;        /* in the profile, not learned */
    gboolean healthy;           /* it has a live session */
    gboolean alive;             /* its last Alive has not run out */
    gint64 last_handshake;      /* engine time; -1: never */
    gint64 last_alive;          /* engine time of the last Alive; -1: never */
    guint64 rx_bytes, tx_bytes; /* of the last snapshot */
} WlPeerView;

/** FALSE if there is no such peer. */
gboolean wl_engine_get_peer(const WlEngine *self, const WlKey *key, WlPeerView *view);
/** All peers, sorted by key; of WlKey; to be freed with g_array_unref(). */
GArray *wl_engine_dup_peers(const WlEngine *self);
const WlKey *wl_engine_get_public_key(const WlEngine *self);
gboolean wl_engine_is_router(const WlEngine *self);
/** WireGuard's UDP port: as configured, and once the device was read the one it really has. */
guint16 wl_engine_get_listen_port(const WlEngine *self);
guint wl_engine_get_fact_count(const WlEngine *self);
/** What NetworkManager should route into the link: masked, sorted, without duplicates, inside
 * `networks`; of WlPrefix. */
GArray *wl_engine_dup_routes(const WlEngine *self);
/** Small pieces of work done since the start: steps of single peers, facts looked at. It grows with
 * what changes, not with how many peers there are, and is the same on every machine. */
guint64 wl_engine_get_steps(const WlEngine *self);
/** Shared keys computed since the start: one with each member that was talked with. */
guint64 wl_engine_get_agreements(const WlEngine *self);
/** Datagrams by WlReceiveResult, since the start. */
const guint64 *wl_engine_get_received(const WlEngine *self);
/** What was told and not believed, by WlVerdict, since the start. */
const guint64 *wl_engine_get_refused(const WlEngine *self);
/** What became of a fact from @source that is held; WL_VERDICT_N if it is not held. */
WlVerdict wl_engine_get_verdict(const WlEngine *self, const WlFact *fact, const WlKey *source);

/** What came of an address. */
typedef enum {
    WL_OUTCOME_IN_USE,
    WL_OUTCOME_WORKED,
    WL_OUTCOME_NO_ANSWER,
    WL_OUTCOME_TRYING,
    WL_OUTCOME_NOT_TRIED,
} WlOutcome;

/** "in use", "worked", "no answer", "trying", "not tried". */
const char *wl_outcome_to_string(WlOutcome outcome);

/** An address that a peer may be reached at. */
typedef struct {
    WlEndpoint endpoint;
    const char *rank;   /* "on-link", "configured", "public", "private" */
    const char *teller; /* "profile", "router", "itself", "other", "memory" */
    WlOutcome outcome;
} WlCandidateView;

/** Best first, of WlCandidateView; NULL if there is no such peer. To be freed with
 * g_array_unref(). */
GArray *wl_engine_dup_candidates(const WlEngine *self, const WlKey *key);

/** What one source says. */
typedef struct {
    WlKey subject;
    char *subject_name;    /* "" if it has none */
    const char *attribute; /* "endpoint", "allowed-ips", "member" */
    char *value;           /* of a member its name, or "" */
    gboolean local;        /* we say so ourselves; then there is no source */
    WlKey source;
    char *source_name; /* "" if it has none */
    gboolean accepted;
    WlReason *why;  /* it is believed or refused */
    gint64 expires; /* engine time; what is stale has run out */
    gboolean stale; /* kept, because its source cannot be asked */
} WlFactView;

/**
 * Every fact held, sorted by subject, attribute, value and source; of WlFactView, to be freed with
 * g_ptr_array_unref(). Refused ones are held as long as they would have been if believed.
 */
GPtrArray *wl_engine_dup_facts(const WlEngine *self);
/** What facts may claim prefixes of: masked; of WlPrefix; to be freed with g_array_unref(). */
GArray *wl_engine_dup_networks(const WlEngine *self);
