/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "oracle/oracle.h"

/** What has reached a host, and of whom: it is only added to. */
typedef struct _Heard Heard;

Heard *heard_new(void);
void heard_free(Heard *self);
void heard_note(Heard *self, gint64 now, const SimHost *source, const WlFact *fact);
/** When the last copy of @fact runs out of those that came at @since or later from somebody whom
 * the profile of @host lets tell it; -1: none. */
gint64 heard_expires(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since);
/** Somebody whom the profile of @host lets name members called @key one, at any time. */
gboolean heard_was_named(const Heard *self, const SimHost *host, const WlKey *key);

/** What a host could see in its device: where its peers have really been. */
typedef struct _Seen Seen;

Seen *seen_new(void);
void seen_free(Seen *self);
/** @device is what is read from that of @host. TRUE if a peer is elsewhere than it was. */
gboolean seen_note(Seen *self, const SimHost *host, const WlDevice *device);
/** @key was there when the device was read last, or a moment before. */
gboolean seen_is_at(const Seen *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint);
/** Or at any time. */
gboolean seen_was_at(const Seen *self, const WlKey *key, const WlEndpoint *endpoint);
/** A peer with a session is at an address in @prefix. */
gboolean seen_is_anybody_in(const Seen *self, const WlPrefix *prefix);

/* ---- the rules, by docs/protocol.md 6 and docs/engine.md "What a fact may do" alone:
 * rules.c. Nothing of it is the engine's. */

const WlPeerConfig *rules_find_config(const SimHost *host, const WlKey *key);
gboolean rules_has_prefix(const GArray *prefixes, const WlPrefix *prefix);
/** The profile gives it, or more, to another than @owner. */
gboolean rules_is_of_another(const SimHost *host, const WlKey *owner, const WlPrefix *prefix,
                             gboolean of_leaves);
/** It routes for others, by the profile of whoever has it as a peer. */
gboolean rules_is_router_peer(const WlPeerConfig *config);
gboolean rules_is_router(const SimHost *host);
/** @source may tell @host that, whatever it is worth. */
gboolean rules_may_advertise(const SimHost *host, const SimHost *source, const WlFact *fact);
gboolean rules_is_configured_endpoint(const SimHost *host, const WlPeerConfig *config,
                                      const WlEndpoint *endpoint);
/** NULL, or why no fact may give that to @owner: half a sentence. */
const char *rules_forbid_prefix(const SimHost *host, const Seen *seen, const WlKey *owner,
                                const WlPrefix *prefix);
const char *rules_forbid_endpoint(const SimHost *host, const WlEndpoint *endpoint);
/** NULL, or why two members, neither of whom carries for others, may not both have these. */
const char *rules_forbid_both(const SimHost *host, const WlKey *a, const WlPrefix *of_a,
                              const WlKey *b, const WlPrefix *of_b);

/* ---- each NULL, or a sentence about what is wrong; to be freed */

/** @from tells a fact. */
char *check_fact_sent(const SimHost *from, const Heard *heard, const Seen *seen,
                      const WlFact *fact);
/** @host asks its device for a change. */
char *check_change(const SimHost *host, const Heard *heard, const Seen *seen,
                   const WlPeerChange *change);
/** Its device and its routes as they are. */
char *check_device(const SimHost *host, const Heard *heard, const Seen *seen);
/** Its tables, after it has taken @facts. */
char *check_tables(const SimHost *host, const GArray *facts);

/** How often a host tries to get sessions. */
typedef struct _Attempts Attempts;

Attempts *attempts_new(void);
void attempts_free(Attempts *self);
/** It was asked for a session and answered to there. */
void attempts_note_answer(Attempts *self, const WlEndpoint *to);
void attempts_note_initiation(Attempts *self, const SimHost *host, const WlEndpoint *to);
/** NULL, or a sentence; to be freed. */
char *attempts_note_change(Attempts *self, const SimHost *host, const WlPeerChange *change);

typedef enum {
    PATH_IMPOSSIBLE, /* no direct one */
    PATH_UNCERTAIN,
    PATH_POSSIBLE,
} PathChance;

/** Whether the networks between the two let a direct way be found. */
PathChance check_path(const SimHost *a, const SimHost *b);
