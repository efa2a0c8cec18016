/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Why a peer is in its state, and why a fact is believed or not: each sentence under a name that
 * lasts, with what is filled in, so that whoever shows it can say it in another language. */

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
    WL_REASON_ROUTED,
    WL_REASON_ROUTED_NO_ENDPOINT,
    WL_REASON_ROUTED_VERIFYING,
    WL_REASON_ROUTED_SILENT,
    WL_REASON_DIRECT_LAN,
    WL_REASON_DIRECT,
    /* of a fact that is believed */
    WL_REASON_SELF,
    WL_REASON_CONFIGURED_TRUST,
    WL_REASON_TRUSTED_ROUTER,
    WL_REASON_TRUSTED_PEER,
    WL_REASON_TRUSTED,
    WL_REASON_TRUSTED_SOURCE_GONE,
    /* the same, kept beyond its time, in the same order */
    WL_REASON_STALE_CONFIGURED_TRUST,
    WL_REASON_STALE_ROUTER,
    WL_REASON_STALE_PEER,
    WL_REASON_STALE,
    WL_REASON_STALE_SOURCE_GONE,
    /* of a fact that is not */
    WL_REASON_PENDING,
    WL_REASON_UNKNOWN_SUBJECT_SOURCE,
    WL_REASON_NOT_ALLOWED_ENDPOINTS,
    WL_REASON_NOT_ALLOWED_PREFIXES,
    WL_REASON_NOT_ALLOWED_MEMBERS,
    /* the same, where it has a trust */
    WL_REASON_TRUST_TOO_LOW_ENDPOINTS,
    WL_REASON_TRUST_TOO_LOW_PREFIXES,
    WL_REASON_TRUST_TOO_LOW_MEMBERS,
    /* by verdict, from here on */
    WL_REASON_REFUSED,
    WL_REASON_N = WL_REASON_REFUSED + WL_VERDICT_N,
} WlReasonId;

typedef struct {
    WlReasonId id;
    char *arguments[WL_REASON_MAX_ARGUMENTS + 1]; /* ends with NULL */
    char *text;                                   /* the whole sentence */
} WlReason;

/** With a `const char *` for each argument that the sentence has, copied. */
WlReason *wl_reason_new(WlReasonId id, ...);
void wl_reason_free(WlReason *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlReason, wl_reason_free)

/** "direct-lan": a name that stays the same in later versions. */
const char *wl_reason_id_to_string(WlReasonId id);

/** What the sentence with that name is made of: printf's %s, or %1$s, for each argument. NULL if
 * there is none. */
const char *wl_reason_find_template(const char *name);
guint wl_reason_count_arguments(WlReasonId id);
/** Whether that argument is a level of trust, as profiles spell it. */
gboolean wl_reason_is_trust(const char *name, guint argument);
/** @template: that of a reason, or a translation of it; of @arguments what is missing is "". */
char *wl_reason_fill(const char *template, const char *const *arguments);
