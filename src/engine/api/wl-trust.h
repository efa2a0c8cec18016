/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

/** What a source may tell us (docs/protocol.md 6.1); each level includes those before it. */
typedef enum {
    WL_TRUST_UNSET = -1, /* no opinion */
    WL_TRUST_UNTRUSTED = 0,
    WL_TRUST_ENDPOINT = 1,
    WL_TRUST_ALLOWED_IPS = 2,
    WL_TRUST_MEMBERSHIP = 3,
    WL_TRUST_DELEGATE = 4,
} WlTrust;

/** "Untrusted", "Endpoint", "AllowedIPs", "Membership", "DelegateTrust". */
const char *wl_trust_to_string(WlTrust trust);

/** Which evaluator had the opinion (docs/protocol.md 6.2), in their order. */
typedef enum {
    WL_TRUST_BY_NONE,
    WL_TRUST_BY_CONFIGURATION,
    WL_TRUST_BY_ROUTE,
    WL_TRUST_BY_KNOWN_PEER,
} WlTrustSource;

const char *wl_trust_source_to_string(WlTrustSource source);

typedef struct {
    WlTrust configured;      /* of the source, UNSET if none */
    gboolean any_configured; /* some configured peer, the own key included, has a trust value */
    gboolean source_is_router;
    gboolean source_is_peer; /* of the device */
} WlTrustQuestion;

/** First opinion wins; WL_TRUST_UNSET and BY_NONE if nobody has one. */
WlTrust wl_trust_evaluate(const WlTrustQuestion *question, WlTrustSource *by);
/** Acceptance by attribute and level (docs/protocol.md 6.3). */
gboolean wl_trust_should_accept(guint8 attribute, gboolean subject_known, WlTrust level);
