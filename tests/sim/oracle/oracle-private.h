/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "oracle/oracle.h"

/** The facts that a host received, by source. Facts are never removed. */
typedef struct _Heard Heard;

Heard *heard_new(void);
void heard_free(Heard *self);
void heard_note(Heard *self, gint64 now, const SimHost *source, const WlFact *fact);
/** When the last copy of @fact expires, of those received at @since or later from a source that the
 * profile of @host trusts with it, µs; -1: none. */
gint64 heard_expires(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since);
/** The greatest trust in a source that has ever advertised @fact. */
WlTrust heard_get_trust(const Heard *heard, const SimHost *host, const WlFact *fact);
/** The same, received from the subject of @fact itself. */
gint64 heard_from_subject(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since);
/** TRUE if a source that the profile of @host trusts with membership has ever named @key. */
gboolean heard_was_named(const Heard *self, const SimHost *host, const WlKey *key);

/** The endpoints of peers that a host saw in its device. */
typedef struct _Seen Seen;

Seen *seen_new(void);
void seen_free(Seen *self);
/** Records a snapshot of the device of @host. TRUE if a peer has moved. */
gboolean seen_note(Seen *self, const SimHost *host, const WlDevice *device);
/** TRUE if @key was there at the last snapshot or shortly before. */
gboolean seen_is_at(const Seen *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint);
/** TRUE if @key was ever there. */
gboolean seen_was_at(const Seen *self, const WlKey *key, const WlEndpoint *endpoint);
/** TRUE if a peer with a session, and at least @trust, has an address in @prefix. */
gboolean seen_is_anybody_in(const Seen *self, const SimHost *host, WlTrust trust,
                            const WlPrefix *prefix);

/* ---- the rules of docs/protocol.md 6 and docs/engine.md "What a fact may do": rules.c,
 * independent of the engine. */

const WlPeerConfig *rules_find_config(const SimHost *host, const WlKey *key);
gboolean rules_has_prefix(const GArray *prefixes, const WlPrefix *prefix);
/** TRUE if the profile gives the prefix, or one that contains it, to a peer other than @owner. */
gboolean rules_is_of_another(const SimHost *host, const WlKey *owner, const WlPrefix *prefix,
                             gboolean of_leaves);
/** TRUE if the allowed IPs in the profile make the peer a router. */
gboolean rules_is_router_peer(const WlPeerConfig *config);
gboolean rules_is_router(const SimHost *host);
/** TRUE if the trust of @host in @source permits this fact. */
gboolean rules_may_advertise(const SimHost *host, const SimHost *source, const WlFact *fact);
gboolean rules_is_configured_endpoint(const SimHost *host, const WlPeerConfig *config,
                                      const WlEndpoint *endpoint);
/** NULL, or the reason why no fact may give the prefix to @owner, as the predicate of a
 * sentence. @trust: the greatest in a source of it. */
const char *rules_forbid_prefix(const SimHost *host, const Seen *seen, WlTrust trust,
                                const WlKey *owner, const WlPrefix *prefix);
WlTrust rules_get_trust(const SimHost *host, const WlKey *key);
const char *rules_forbid_endpoint(const SimHost *host, const WlEndpoint *endpoint);
/** The kernel of @host sends packets to @ip into the tunnel: by the subnets of its addresses, the
 * allowed IPs of its profile, and the networks that it is attached to. */
gboolean rules_is_inside(const SimHost *host, const WlIp *ip);
/** NULL, or the reason why two members that are not routers may not have both prefixes. */
const char *rules_forbid_both(const SimHost *host, const WlKey *a, const WlPrefix *of_a,
                              const WlKey *b, const WlPrefix *of_b);

/* ---- checks: each returns NULL or a sentence about the violation, which the caller frees */

/** @from advertises a fact. */
char *check_fact_sent(const SimHost *from, const Heard *heard, const Seen *seen,
                      const WlFact *fact);
/** @host changes its device. */
char *check_change(const SimHost *host, const Heard *heard, const Seen *seen,
                   const WlPeerChange *change);
/** The device and the routes of @host at this moment. */
char *check_device(const SimHost *host, const Heard *heard, const Seen *seen);
/** The tables of @host after it received @facts. */
char *check_tables(const SimHost *host, const GArray *facts);

/** How often a host attempts a handshake. */
typedef struct _Attempts Attempts;

Attempts *attempts_new(void);
void attempts_free(Attempts *self);
/** The host replied to an initiation from there. */
void attempts_note_answer(Attempts *self, const WlEndpoint *to);
/* NULL, or a sentence; to be freed. */
char *attempts_note_initiation(Attempts *self, const SimHost *host, const WlEndpoint *to);
char *attempts_note_change(Attempts *self, const SimHost *host, const WlPeerChange *change);

typedef enum {
    PATH_IMPOSSIBLE, /* no direct path */
    PATH_UNCERTAIN,
    PATH_POSSIBLE,
} PathChance;

/** Whether the networks between two hosts permit a direct path. */
PathChance check_path(const SimHost *a, const SimHost *b);
