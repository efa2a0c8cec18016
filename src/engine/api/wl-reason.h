/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Why a peer is in its state and why a fact is accepted or refused: a stable id, a sentence, and
 * its arguments, so a front end can translate the sentence. Pure functions over a static table.
 */

#include <glib.h>

#include "wl-verdict.h"

#define WL_REASON_MAX_ARGUMENTS 2

typedef enum {
    /* of a peer */
    WL_REASON_NO_UPLINK,
    WL_REASON_WAITING_FOR_PEER,
    WL_REASON_WAITING_FOR_ENDPOINT,
    WL_REASON_WAITING_FOR_ROUTER,
    WL_REASON_NAME_UNRESOLVED,
    WL_REASON_CANDIDATES_PENDING_ONE,
    WL_REASON_CANDIDATES_PENDING,
    WL_REASON_TRYING_ONE,
    WL_REASON_TRYING,
    WL_REASON_NO_ANSWER_ONE,
    WL_REASON_NO_ANSWER,
    WL_REASON_ADDRESS_UNUSED,
    WL_REASON_NOT_ALIVE,
    WL_REASON_NO_REPLY,
    WL_REASON_ROUTED,
    WL_REASON_ROUTED_NO_ENDPOINT,
    WL_REASON_ROUTED_INNER,
    WL_REASON_INNER,
    WL_REASON_ROUTED_VERIFYING,
    WL_REASON_ROUTED_SILENT,
    WL_REASON_ROUTED_STANDBY,
    WL_REASON_DIRECT_LAN,
    WL_REASON_DIRECT,
    /* of an accepted fact */
    WL_REASON_SELF,
    WL_REASON_CONFIGURED_TRUST,
    WL_REASON_TRUSTED_ROUTER,
    WL_REASON_TRUSTED_PEER,
    WL_REASON_TRUSTED,
    WL_REASON_TRUSTED_SOURCE_GONE,
    /* of a stale fact, in the same order */
    WL_REASON_STALE_CONFIGURED_TRUST,
    WL_REASON_STALE_ROUTER,
    WL_REASON_STALE_PEER,
    WL_REASON_STALE,
    WL_REASON_STALE_SOURCE_GONE,
    /* of a refused fact */
    WL_REASON_PENDING,
    WL_REASON_UNKNOWN_SUBJECT_SOURCE,
    WL_REASON_NOT_ALLOWED_ENDPOINTS,
    WL_REASON_NOT_ALLOWED_PREFIXES,
    WL_REASON_NOT_ALLOWED_MEMBERS,
    /* of a refused fact whose source has a trust, in the same order */
    WL_REASON_TRUST_TOO_LOW_ENDPOINTS,
    WL_REASON_TRUST_TOO_LOW_PREFIXES,
    WL_REASON_TRUST_TOO_LOW_MEMBERS,
    /* plus a WlVerdict */
    WL_REASON_REFUSED,
    WL_REASON_N = WL_REASON_REFUSED + WL_VERDICT_N,
} WlReasonId;

typedef struct {
    WlReasonId id;
    char **arguments; /* NULL-terminated */
    char *text;       /* the sentence with its arguments */
} WlReason;

/** Takes one `const char *` for each argument of the sentence and copies it. */
WlReason *wl_reason_new(WlReasonId id, ...);
void wl_reason_free(WlReason *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlReason, wl_reason_free)

/** "direct-lan" and so on: stable names. */
const char *wl_reason_id_to_string(WlReasonId id);

/** The sentence with that name, with %s or %1$s for each argument; NULL if there is none. */
const char *wl_reason_find_template(const char *name);
guint wl_reason_count_arguments(WlReasonId id);
/** TRUE if that argument, from 0, is a trust level in the spelling of profiles. */
gboolean wl_reason_is_trust(const char *name, guint argument);
/** Fills in @template, a sentence or its translation; missing arguments become "". Free with
 * g_free(). */
char *wl_reason_fill(const char *template, const char *const *arguments);
